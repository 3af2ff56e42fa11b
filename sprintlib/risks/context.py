"""What every detector looks at: one sprint, its thresholds, and who waits for what."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

import polars as pl

from sprintlib.evidence import Evidence
from sprintlib.features import MilestoneView
from sprintlib.forecast import (
    Absence,
    ForecastInputs,
    build_inputs,
    percent,
    recalibrated,
    with_absences,
    working_days,
)
from sprintlib.history import ProjectState, Sprint
from sprintlib.history.started_work import pulls_of, started_at
from sprintlib.knowledge.cleaning import heading
from sprintlib.risks import progress
from sprintlib.risks.activity_baseline import ActivityBaseline, activity_baseline
from sprintlib.risks.next_actor import NextMove, next_moves
from sprintlib.risks.on_hold import on_hold
from sprintlib.risks.unnamed_work import UnnamedWork, unnamed_work
from sprintlib.risks.waiting import BlockedItem, blocked_items
from sprintlib.settings import ActionSettings, RiskSettings

TITLE_LENGTH = 70
_LONGEST_TITLE = 1_000  # GitHub allows 256 characters
MOST_CITED = 10  # the rest is in `items`


class SprintItem(NamedTuple):
    """The columns of an item that statements need."""

    ref: str
    kind: str
    title: str
    html_url: str
    state: str
    author: str | None
    author_is_bot: bool
    assignees: list[str]


@dataclass(frozen=True)
class SprintContext:
    """One sprint as the detectors see it. edges: who waits for whom in the project (schema dependencies.EDGES).

    target: the probability that actions aim at. absences: planned ones, which lower the pace.
    """

    sprint: Sprint
    thresholds: RiskSettings
    edges: pl.DataFrame
    target: float = ActionSettings().target
    absences: tuple[Absence, ...] = ()

    @cached_property
    def items(self) -> Mapping[str, SprintItem]:
        """Every item of the project by its ref."""
        return self.sprint.past.cached(_ItemsByRef)

    @cached_property
    def pulls_of(self) -> dict[str, list[str]]:
        """Open items of the sprint -> open pull requests that carry them; a pull request carries itself."""
        return pulls_of(self.sprint)

    @cached_property
    def moves(self) -> dict[str, NextMove]:
        """Who owes the next move on each of these pull requests that is no draft."""
        drafts = set(self.sprint.past.items.filter(draft=True)["ref"])
        pulls = {pull for closing_pull_requests in self.pulls_of.values() for pull in closing_pull_requests} - drafts
        return next_moves(self.sprint.past, sorted(pulls))

    @cached_property
    def blocked_items(self) -> tuple[BlockedItem, ...]:
        """Open items of the sprint that wait for an open item."""
        return blocked_items(self.sprint, self.edges, self.pulls_of)

    @cached_property
    def waits_for(self) -> dict[str, set[str]]:
        """Blocked items -> the open items that they wait for, where somebody says which."""
        found: dict[str, set[str]] = {}
        for blocked_item in self.blocked_items:
            if blocked_item.blocker is not None:
                found.setdefault(blocked_item.item, set()).add(blocked_item.blocker)
        return found

    @cached_property
    def view(self) -> MilestoneView:
        """The sprint as the features see it."""
        return MilestoneView(
            past=self.sprint.past,
            calendar=self.sprint.calendar,
            numbers={part.repository_id: part.number for part in self.sprint.parts},
            started_at=self.started_at,
            deadline=self.sprint.deadline,
            known_edges=self.edges,
        )

    @cached_property
    def inputs(self) -> ForecastInputs:
        """What the forecast of the sprint rests on."""
        blocked = {blocked_item.item for blocked_item in self.blocked_items}
        return recalibrated(with_absences(build_inputs(self.sprint, blocked, self.waits_for), self.absences))

    @property
    def started_at(self) -> datetime | None:
        """When the first part of the sprint began."""
        return started_at(self.sprint)

    @cached_property
    def time_gone(self) -> float | None:
        """Share of the working time between start and deadline that has passed, 0-1; None without either."""
        return progress.time_gone(self.sprint)

    @cached_property
    def work_items(self) -> list[str]:
        """Open items, without the pull requests that carry another one of them."""
        return progress.work_items(self.sprint, self.pulls_of)

    @cached_property
    def started(self) -> list[str]:
        """The pieces that somebody has begun."""
        return progress.started(self.sprint, self.pulls_of)

    @cached_property
    def pulls(self) -> pl.DataFrame:
        """Open pull requests that carry open items and were opened by a person (schema ITEMS), by ref."""
        refs = {pull for closing_pull_requests in self.pulls_of.values() for pull in closing_pull_requests}
        return self.sprint.past.items.filter(pl.col("ref").is_in(refs) & ~pl.col("author_is_bot")).sort("ref")

    @cached_property
    def is_bucket(self) -> bool:
        """A milestone without a due date in a project that dates others: a place for work that may rest."""
        return self.sprint.deadline is None and self.sprint.past.milestones["due_on"].is_not_null().any()

    @cached_property
    def activity_baseline(self) -> ActivityBaseline | None:
        """How soon the team's pull requests move again; None with too little history."""
        return activity_baseline(self.sprint)

    @cached_property
    def on_hold(self) -> frozenset[str]:
        """Open items and pull requests that people have set aside (risks.parking)."""
        return on_hold(self.sprint, {*self.pulls_of, *self.pulls["ref"]})

    @cached_property
    def unnamed_work(self) -> UnnamedWork:
        """What people do in the sprint's repositories without naming an issue."""
        return unnamed_work(self.sprint)

    @property
    def near_due(self) -> bool:
        """The deadline is near, or has passed."""
        days = self.sprint.days_left
        return days is not None and days <= self.thresholds.near_due_days

    def cite(self, refs: Iterable[str], note: str = "") -> tuple[Evidence, ...]:
        """Evidence for the first MOST_CITED items; the note is an item's title unless given."""
        known = [self.items[ref] for ref in refs if ref in self.items][:MOST_CITED]
        return tuple(
            Evidence.model_validate(
                {"ref": item.ref, "kind": item.kind, "url": item.html_url, "note": note or shorten(item.title)}
            )
            for item in known
        )

    def called(self, ref: str) -> str:
        """`owner/repo#12 "Title"`."""
        return f'{ref} "{shorten(self.items[ref].title)}"' if ref in self.items else ref


class _ItemsByRef(Mapping[str, SprintItem]):
    """Reads an item when it is asked for: statements are about few of them, and mostly about open ones."""

    def __init__(self, past: ProjectState) -> None:
        self._rows = past.items.select(SprintItem._fields)
        opened = self._rows.filter(state="open")
        self._read = {row[0]: SprintItem(*row) for row in opened.iter_rows()}

    def __getitem__(self, ref: str) -> SprintItem:
        if ref not in self._read:
            found = self._rows.filter(pl.col("ref") == ref)
            if found.is_empty():
                raise KeyError(ref)
            self._read[ref] = SprintItem(*found.row(0))
        return self._read[ref]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows["ref"])

    def __len__(self) -> int:
        return self._rows.height


def shorten(text: str) -> str:
    """One line of at most TITLE_LENGTH characters, without links elsewhere and characters that nobody sees."""
    line = heading(text[:_LONGEST_TITLE])
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


def span(days: float) -> str:
    """`3.5 working days`, `12 working days`: tenths matter in the first days only."""
    return working_days(round(days) if days >= 10 else round(days, 1))


def a_chance(probability: float) -> str:
    """`a 20% chance`, `an 88% chance`, `less than a 5% chance`."""
    said = percent(probability)
    if said[0] in "<>":
        return f"{'less' if said[0] == '<' else 'more'} than a {said[1:]} chance"
    return f"{'an' if said[0] == '8' or said in ('11%', '18%') else 'a'} {said} chance"


def listed(refs: Iterable[str], most: int = 3) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b and 3 more`."""
    names = list(refs)
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} more"]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else "none"
