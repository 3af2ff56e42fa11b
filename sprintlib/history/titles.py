"""Which milestone number an old title belonged to, by proof.

GitHub's events name a milestone by its title of that day; only payloads carry the number, and titles change.
Three things prove that number N was called X at a moment:

1. a payload of the milestone, or of an item in it, showed N under X;
2. an item entered X, nothing moved it since, and its payload says N;
3. an item entered a milestone called X and left it under the title Y: both are the title of one number.

Whatever they leave open, or contradict, stays unresolved.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sprintlib.history.membership_intervals import MilestoneMembership


class TitleFact(NamedTuple):
    """At this moment the milestone with this number was called this."""

    title: str
    at: datetime
    number: int


def resolve(
    stays: Sequence[MilestoneMembership], sightings: Iterable[TitleFact], created_at: Mapping[int, datetime]
) -> list[int | None]:
    """A milestone number, or None, for each stay of one repository.

    sightings: what payloads showed. created_at: of each milestone, before which it held nothing.
    """
    given = set(sightings)
    facts = set(given)
    while True:
        known = _by_title(facts)
        numbers = [_number(stay, known, created_at) for stay in stays]
        learned = given | {fact for stay, number in zip(stays, numbers, strict=True) for fact in _facts(stay, number)}
        if learned <= facts:
            return numbers
        facts |= learned


def _number(
    stay: MilestoneMembership, known: Mapping[str, list[TitleFact]], created_at: Mapping[int, datetime]
) -> int | None:
    entry = _called(stay.entry_title, stay.entered_at, known, created_at)
    leaving = _called(stay.exit_title, stay.left_at, known, created_at)
    said = stay.payload_milestone
    if said is not None and entry in (None, said):
        return said
    if said is not None or (entry is not None and leaving is not None and entry != leaving):
        return None
    return entry if entry is not None else leaving


def _called(
    title: str | None, at: datetime | None, known: Mapping[str, list[TitleFact]], created_at: Mapping[int, datetime]
) -> int | None:
    """The number that had this title at that moment, if the facts leave one only."""
    if title is None or at is None:
        return None
    facts = [fact for fact in known.get(title, []) if created_at.get(fact.number, at) <= at]
    if len({fact.number for fact in facts}) <= 1:
        return facts[0].number if facts else None
    place = bisect_right([fact.at for fact in facts], at)
    around = {fact.number for fact in facts[max(place - 1, 0) : place + 1]}
    return around.pop() if len(around) == 1 else None


def _facts(stay: MilestoneMembership, number: int | None) -> list[TitleFact]:
    if number is None:
        return []
    found = []
    if stay.entry_title is not None:
        found.append(TitleFact(stay.entry_title, stay.entered_at, number))
    if stay.exit_title is not None and stay.left_at is not None:
        found.append(TitleFact(stay.exit_title, stay.left_at, number))
    return found


def _by_title(facts: Iterable[TitleFact]) -> dict[str, list[TitleFact]]:
    known: dict[str, list[TitleFact]] = {}
    for fact in sorted(facts, key=lambda fact: (fact.title, fact.at, fact.number)):
        known.setdefault(fact.title, []).append(fact)
    return known
