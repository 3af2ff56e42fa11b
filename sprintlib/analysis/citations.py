"""Every citation must check out against what is stored; one that does not is dropped and counted (design, rule 2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from sprintlib.evidence import Evidence
from sprintlib.explain.model import Driver
from sprintlib.history import ProjectState
from sprintlib.recommend import Recommendation, interventions
from sprintlib.risks import Risk

Claim = TypeVar("Claim", Risk, Recommendation, Driver)


@dataclass
class CitationCheck:
    """Looks citations up in a ProjectState and in the playbook. dropped: citations that did not resolve so far."""

    known: frozenset[tuple[str, str]]
    dropped: int = 0

    @classmethod
    def of(cls, past: ProjectState) -> "CitationCheck":
        """Knows every (ref, url) of a project's items, comments, reviews, runs and milestones, and of the playbook."""
        ref = pl.concat_str("repo", pl.lit("#"), pl.col("number"))
        frames = (
            past.items.select("ref", "html_url"),
            past.comments.select(ref.alias("ref"), "html_url"),
            past.reviews.select(ref.alias("ref"), "html_url"),
            past.runs.select(pl.concat_str("repo", pl.lit(" run "), pl.col("id")).alias("ref"), "html_url"),
            past.milestones.select(
                pl.concat_str("repo", pl.lit(" milestone "), pl.col("number")).alias("ref"), "html_url"
            ),
        )
        stored = pl.concat(frames).drop_nulls().rows()
        playbook = ((entry.id, source.url) for entry in interventions().values() for source in entry.sources)
        return cls(frozenset([*stored, *playbook]))

    def resolves(self, citation: Evidence) -> bool:
        """Whether ref and url are those of one stored row or of one playbook entry."""
        return (citation.ref, citation.url) in self.known

    def checked(self, claims: Iterable[Claim]) -> tuple[Claim, ...]:
        """The same claims with citations that resolve; a claim that had some and keeps none of them goes too."""
        kept = []
        for claim in claims:
            good = tuple(citation for citation in claim.evidence if self.resolves(citation))
            self.dropped += len(claim.evidence) - len(good)
            if good or not claim.evidence:
                kept.append(claim.model_copy(update={"evidence": good}))
        return tuple(kept)
