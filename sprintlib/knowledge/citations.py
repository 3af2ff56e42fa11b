"""Citations that hold: a claim stays only if what it says is in what it cites, and counted are those that fall."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sprintlib.evidence import Evidence
from sprintlib.history import ProjectState
from sprintlib.knowledge.hits import Hit
from sprintlib.knowledge.literals import Details, read_details
from sprintlib.knowledge.stored_facts import ItemFacts, StoredFacts
from sprintlib.knowledge.tokens import overlap, quotation, without_quotes, words

ClaimKind = Literal["fact", "inference", "advice"]
# Least share of a claim's own words that stand in what it cites; from seeded falsehoods, docs/knowledge.md.
SUPPORT: dict[str, float] = {"fact": 0.5, "inference": 0.4, "advice": 0.3}
_SOME = 0.15  # of the words: below it, and without a detail in common, a citation adds nothing
_NEGATED = re.compile(r"(?:\bnot|n't|\bno longer|\bnever|\bneither|\bwithout)\s+(?:\w+\s+){0,2}$", re.I)
# "has to be merged", "until it is closed": a state that is wished for or awaited is not said of the item
_SUPPOSED = re.compile(r"\b(?:be|gets?|(?:until|once|when|if|unless)(?:\s+\S+){1,3})\s+$", re.I)

# (text of a claim, text of a source) -> similarity 0-1; optional, as it needs the embedding model
Similarity = Callable[[str, str], float]


class Claim(BaseModel):
    """One sentence and the ids of the sources it rests on. Facts and inferences say what is, advice what to do."""

    model_config = ConfigDict(frozen=True)

    text: str
    evidence: tuple[str, ...]
    kind: ClaimKind = "fact"


class Source(BaseModel):
    """One thing that may be cited: its id in the context, all of its text, and the evidence it stands for."""

    model_config = ConfigDict(frozen=True)

    id: str
    text: str
    evidence: tuple[Evidence, ...]


class Dropped(BaseModel):
    """A claim that did not hold, and why."""

    model_config = ConfigDict(frozen=True)

    claim: Claim
    reason: str


class Report(BaseModel):
    """How well claims were cited.

    citation_precision: share of citations that support their claim. citation_recall: share of claims that their
    citations support in full (ALCE, Gao et al. 2023). unsupported_rate: share of claims that were dropped.
    coverage: share of the context that kept claims cite. All null where there is nothing to divide by.
    """

    model_config = ConfigDict(frozen=True)

    claims: int
    kept: int
    dropped: int
    citation_precision: float | None
    citation_recall: float | None
    unsupported_rate: float | None
    coverage: float | None


class Verified(BaseModel):
    """Claims that hold, in order, with only the citations that support them; those that do not; and the count."""

    model_config = ConfigDict(frozen=True)

    kept: tuple[Claim, ...]
    dropped: tuple[Dropped, ...]
    report: Report


def sources(hits: Iterable[Hit], first: int = 1) -> list[Source]:
    """Hits as sources with the ids E1, E2, ... in their order."""
    return [
        Source(
            id=f"E{place}", text=f"{hit.header}\n{hit.author or ''}\n{hit.title}\n{hit.body}", evidence=(hit.cite(),)
        )
        for place, hit in enumerate(hits, start=first)
    ]


def verify(
    claims: Sequence[Claim], context: Sequence[Source], past: ProjectState, similarity: Similarity | None = None
) -> Verified:
    """Check every claim against the sources it cites and against what is stored as of `past.as_of`.

    context: all that was there to cite. A claim falls when it cites nothing or something outside the context; names an
    item that its sources do not; holds a number, date, login, state or quotation that is in none of them nor stored
    of the items they are about; or shares too few words with them (with `similarity`: resembles them too little).
    """
    stored = StoredFacts.of(past)
    checks = {source.id: _Cited(source, stored) for source in context}
    kept: list[Claim] = []
    dropped: list[Dropped] = []
    cited = supporting = 0
    for claim in claims:
        reason = _objection(claim, checks, stored, similarity)
        good = [] if reason else _supporting(claim, [checks[one] for one in claim.evidence], stored)
        cited, supporting = cited + len(claim.evidence), supporting + len(good)
        if reason:
            dropped.append(Dropped(claim=claim, reason=reason))
        else:
            kept.append(claim.model_copy(update={"evidence": tuple(good)}))
    used = {one for claim in kept for one in claim.evidence}
    return Verified(
        kept=tuple(kept),
        dropped=tuple(dropped),
        report=Report(
            claims=len(claims),
            kept=len(kept),
            dropped=len(dropped),
            citation_precision=_share(supporting, cited),
            citation_recall=_share(len(kept), len(claims)),
            unsupported_rate=_share(len(dropped), len(claims)),
            coverage=_share(len(used), len(checks)),
        ),
    )


@dataclass(frozen=True)
class _Cited:
    """A source as the checks read it."""

    source: Source
    stored: StoredFacts

    @cached_property
    def text(self) -> str:
        """What it says: its own words and the notes of its evidence."""
        notes = (f"{one.ref} {one.note}" for one in self.source.evidence)
        return "\n".join([self.source.text, *notes])

    @cached_property
    def refs(self) -> frozenset[str]:
        """Items it stands for or mentions."""
        return frozenset(self.details.refs) | {one.ref for one in self.source.evidence}

    @cached_property
    def items(self) -> list[ItemFacts]:
        """Stored facts of the items it stands for or mentions."""
        return [found for ref in sorted(self.refs) if (found := self.stored.item(ref)) is not None]

    @cached_property
    def own_items(self) -> list[ItemFacts]:
        """Stored facts of the items it stands for."""
        refs = dict.fromkeys(one.ref for one in self.source.evidence)
        return [found for ref in refs if (found := self.stored.item(ref)) is not None]

    @cached_property
    def details(self) -> Details:
        return read_details(self.text, self.stored.resolver, self.stored.logins)

    @cached_property
    def words(self) -> frozenset[str]:
        told = " ".join(" ".join(item.words) for item in self.items)
        return words(f"{self.text} {told}")

    @cached_property
    def quotable(self) -> str:
        return quotation(self.text)


def _objection(
    claim: Claim, checks: dict[str, _Cited], stored: StoredFacts, similarity: Similarity | None
) -> str | None:
    """Why a claim does not hold, or None."""
    if not claim.evidence:
        return "cites nothing"
    unknown = [one for one in claim.evidence if one not in checks]
    if unknown:
        return f"cites {unknown[0]}, which is not in the context"
    cited = [checks[one] for one in dict.fromkeys(claim.evidence)]
    objections = [*_quotes(claim, cited), *_details(claim, cited, stored)]
    if objections:
        return objections[0]
    own = words(claim.text)
    share = overlap(own, frozenset().union(*(one.words for one in cited)))
    if similarity is not None:
        share = max(share, max(similarity(claim.text, one.text) for one in cited))
    if share < SUPPORT[claim.kind]:
        return f"only {share:.0%} of its words stand in what it cites"
    return None


def _quotes(claim: Claim, cited: Sequence[_Cited]) -> Iterator[str]:
    for quoted in read_quotes(claim.text):
        if not any(quotation(quoted) in one.quotable for one in cited):
            yield f'"{quoted[:60]}" is not written in what it cites'


def read_quotes(text: str) -> list[str]:
    """What stands between quotation marks, without the dots of an ending that was cut."""
    found = re.findall(r'"([^"]+)"|“([^”]+)”', text)
    return [quoted for pair in found if (quoted := "".join(pair).removesuffix("...").strip())]


def _details(claim: Claim, cited: Sequence[_Cited], stored: StoredFacts) -> Iterator[str]:
    said = read_details(without_quotes(claim.text), stored.resolver, stored.logins)
    items = [item for one in cited for item in one.items]
    for link in said.links:
        if not any(link.rstrip("/") == evidence.url for one in cited for evidence in one.source.evidence):
            yield f"the link {link[:60]} leads to nothing it cites"
    for ref in said.refs:
        if not any(ref in one.refs for one in cited):
            yield f"{ref} is not in what it cites"
    for sha in said.shas:
        if not any(sha in one.text.lower() for one in cited):
            yield f"commit {sha} is not in what it cites"
    for number in said.numbers:
        if not any(number in one.details.numbers for one in cited) and not any(
            number in item.numbers for item in items
        ):
            yield f"the number {number} is not in what it cites"
    for day in said.dates:
        known = [found for one in cited for found in one.details.dates] + [
            found for item in items for found in item.dates
        ]
        if not any(day.fits(other) for other in known):
            yield f"the date {day} is not in what it cites"
    for login in said.logins:
        if not any(login in one.details.logins for one in cited) and not any(login in item.logins for item in items):
            yield f"{login} is not in what it cites"
    if claim.kind != "advice":
        yield from _states(said, claim, cited, stored)


def _states(said: Details, claim: Claim, cited: Sequence[_Cited], stored: StoredFacts) -> Iterator[str]:
    """A state said of a named item must be the item's; one said of nothing in particular must be somewhere."""
    text = without_quotes(claim.text)
    for state in said.states:
        if _SUPPOSED.search(text[: state.start]):
            continue
        negated = bool(_NEGATED.search(text[: state.start]))
        item = stored.item(state.ref) if state.ref else None
        if item is not None:
            if item.has(state.name) == negated:
                yield f"{state.ref} is {'' if negated else 'not '}{state.name}"
        elif not any(_tells(one, state.name, negated=negated) for one in cited):
            yield f"nothing it cites is {'not ' if negated else ''}{state.name}"


def _tells(one: _Cited, state: str, *, negated: bool) -> bool:
    """Whether a source says the word, or an item that it stands for is (not) so."""
    if any(item.has(state) != negated for item in one.own_items):
        return True
    return bool(re.search(rf"\b{state}\b", one.text, re.I))


def _supporting(claim: Claim, cited: Sequence[_Cited], stored: StoredFacts) -> list[str]:
    """Ids of the citations that have a detail or enough words in common with the claim; the best one at least."""
    said = read_details(claim.text, stored.resolver, stored.logins)
    own = words(claim.text)
    shares = {one.source.id: overlap(own, one.words) for one in cited}
    good = [
        one.source.id
        for one in cited
        if shares[one.source.id] >= _SOME or one.refs & frozenset(said.refs) or one.details.numbers & said.numbers
    ]
    return list(dict.fromkeys(good)) or [max(shares, key=lambda key: shares[key])]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
