"""Every citation must check out against what is stored; one that does not is dropped and counted (design, rule 2)."""

from collections.abc import Collection, Iterable, Iterator
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
    """Looks citations up in a ProjectState and in the playbook. dropped: citations that did not resolve so far.

    past: whose items, comments, reviews, runs and milestones are known by (ref, url).
    """

    past: ProjectState
    dropped: int = 0

    def resolves(self, citation: Evidence) -> bool:
        """Whether ref and url are those of one stored row or of one playbook entry."""
        return bool(self._known([citation]))

    def _known(self, citations: Collection[Evidence]) -> set[tuple[str, str]]:
        """Those of the citations that resolve: only rows with one of their addresses are looked at."""
        wanted = {(one.ref, one.url) for one in citations}
        if not wanted:
            return set()
        urls = pl.col("html_url").is_in(sorted({url for _, url in wanted}))
        found = (
            row
            for frame, ref in self._places()
            for row in frame.filter(urls).select(ref, "html_url").drop_nulls().iter_rows()
        )
        playbook = ((entry.id, source.url) for entry in interventions().values() for source in entry.sources)
        return wanted & {*found, *playbook}

    def _places(self) -> Iterator[tuple[pl.DataFrame, pl.Expr]]:
        """Frames with `html_url`, and how people write what a row of it is about."""
        past, number = self.past, pl.concat_str("repo", pl.lit("#"), "number")
        yield past.items, pl.col("ref")
        yield past.comments, number
        yield past.reviews, number
        yield past.runs, pl.concat_str("repo", pl.lit(" run "), "id")
        yield past.milestones, pl.concat_str("repo", pl.lit(" milestone "), "number")

    def checked(self, claims: Iterable[Claim]) -> tuple[Claim, ...]:
        """The same claims with citations that resolve; a claim that had some and keeps none of them goes too."""
        kept, made = [], tuple(claims)
        known = self._known([citation for claim in made for citation in claim.evidence])
        for claim in made:
            good = tuple(citation for citation in claim.evidence if (citation.ref, citation.url) in known)
            self.dropped += len(claim.evidence) - len(good)
            if good or not claim.evidence:
                kept.append(claim.model_copy(update={"evidence": good}))
        return tuple(kept)
