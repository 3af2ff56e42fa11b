"""Which items were in which milestone, from when to when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import polars as pl

from sprintlib.history.membership_intervals import MilestoneEvent, MilestoneMembership, Payload, stays
from sprintlib.history.presence import within
from sprintlib.history.state import MEMBERSHIPS
from sprintlib.history.titles import TitleFact, resolve

_Key = tuple[int, int]


@dataclass(frozen=True)
class Memberships:
    """Intervals (schema MEMBERSHIPS, with `left_title` as the event of leaving called the milestone)."""

    resolved: pl.DataFrame
    unresolved: pl.DataFrame

    def within(self, presence: pl.DataFrame, milestones: pl.DataFrame) -> "Memberships":
        """Only while the item, and the milestone, was there (`sprintlib.history.presence`)."""
        parts = (within(part, presence, milestones) for part in (self.resolved, self.unresolved))
        return Memberships(*(part.sort("repository_id", "entered_at", "number", maintain_order=True) for part in parts))

    def as_of(self, moment: datetime) -> "Memberships":
        """Only what had happened by then: later entries vanish, later exits have not happened yet."""
        return Memberships(_cut(self.resolved, moment), _cut(self.unresolved, moment))


Stays = Mapping[_Key, Sequence[MilestoneMembership]]


def stays_by_item(items: pl.DataFrame, events: pl.DataFrame, milestones: pl.DataFrame, titles: pl.DataFrame) -> Stays:
    """Stays of each item that was ever in a milestone, by (repository id, number), not yet tied to numbers.

    items: newest payloads; events: MILESTONE_EVENTS of all times; milestones: newest payloads; titles: sightings.
    """
    created_at, deleted = _born(milestones), _deleted(milestones, _sightings(milestones, titles))
    by_item: dict[_Key, list[MilestoneEvent]] = {}
    rows = _rows(events, "repository_id", "number", "happened_at", "kind", "subject")
    for key, group in groupby(sorted(rows, key=itemgetter(0, 1, 2)), key=itemgetter(0, 1)):
        by_item[key] = [MilestoneEvent(at, kind, title) for _, _, at, kind, title in group]
    found: dict[_Key, Sequence[MilestoneMembership]] = {}
    columns = ("repository_id", "number", "milestone_number", "created_at", "updated_at")
    for repository_id, number, milestone, born, updated_at in _rows(items, *columns):
        own = by_item.get((repository_id, number), [])
        if own or milestone is not None:
            payload = Payload(milestone, born, updated_at)
            own_milestone = created_at.get((repository_id, milestone))
            found[repository_id, number] = stays(own, payload, own_milestone, deleted.get(repository_id))
    return found


def read_memberships(
    found: Stays, names: Mapping[int, str], milestones: pl.DataFrame, titles: pl.DataFrame
) -> Memberships:
    """Memberships of all times, with titles mapped to numbers by proof.

    found: stays of all items; names: of repositories by id; milestones: newest payloads; titles: sightings.
    Values must be cut with `as_of` afterwards; identity may use all of it.
    """
    created_at, sightings = _born(milestones), _sightings(milestones, titles)
    members: dict[int, list[tuple[int, MilestoneMembership]]] = {}
    for (repository_id, item), own in found.items():
        members.setdefault(repository_id, []).extend((item, stay) for stay in own)
    resolved: list[tuple[Any, ...]] = []
    unresolved: list[tuple[Any, ...]] = []
    for repository_id, pairs in sorted(members.items()):
        born = {number: at for (repository, number), at in created_at.items() if repository == repository_id}
        numbers = resolve([stay for _, stay in pairs], sightings.get(repository_id, []), born)
        for (item, stay), number in zip(pairs, numbers, strict=True):
            row = (repository_id, names[repository_id], number, stay.entry_title or stay.exit_title, item)
            (unresolved if number is None else resolved).append((*row, stay.entered_at, stay.left_at, stay.exit_title))
    return Memberships(_frame(resolved), _frame(unresolved))


def _born(milestones: pl.DataFrame) -> dict[_Key, datetime]:
    return {(row[0], row[1]): row[2] for row in _rows(milestones, "repository_id", "number", "created_at")}


def _deleted(milestones: pl.DataFrame, sightings: Mapping[int, Sequence[TitleFact]]) -> dict[int, dict[str, datetime]]:
    """By repository, every title that a deleted milestone had -> when it was last found to be gone."""
    gone = {(key, number): at for key, number, at in _rows(milestones, "repository_id", "number", "gone_at") if at}
    found: dict[int, dict[str, datetime]] = {}
    for key, facts in sightings.items():
        for fact in facts:
            at = gone.get((key, fact.number))
            if at is not None:
                own = found.setdefault(key, {})
                own[fact.title] = max(at, own.get(fact.title, at))
    return found


def _sightings(milestones: pl.DataFrame, titles: pl.DataFrame) -> dict[int, list[TitleFact]]:
    found: dict[int, list[TitleFact]] = {}
    for repository_id, number, title, at in _rows(titles, "repository_id", "number", "title", "seen_at"):
        found.setdefault(repository_id, []).append(TitleFact(title, at, number))
    columns = ("repository_id", "number", "title", "updated_at", "observed_at")
    for repository_id, number, title, updated_at, observed_at in _rows(milestones, *columns):
        times = {observed_at, updated_at or observed_at}
        found.setdefault(repository_id, []).extend(TitleFact(title, at, number) for at in times)
    return found


def _rows(table: pl.DataFrame, *columns: str) -> Iterable[tuple[Any, ...]]:
    return table.select(columns).iter_rows()


def _frame(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    schema = pl.Schema([*MEMBERSHIPS.items(), ("left_title", pl.String)])
    return pl.DataFrame(rows, schema=schema, orient="row").sort(
        "repository_id", "entered_at", "number", maintain_order=True
    )


def _cut(members: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    happened = pl.when(pl.col("left_at") <= moment).then("left_at")
    return members.filter(pl.col("entered_at") <= moment).with_columns(happened.alias("left_at"))
