"""One sprint: every milestone of a project that carries the same title, with the items now inside."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

import polars as pl

from sprintlib.calendar import WorkingCalendar
from sprintlib.history.closing_pull_requests import closing_pull_requests
from sprintlib.history.state import ProjectState
from sprintlib.history.scope import Scope, deadline, scope, start_of


@dataclass(frozen=True)
class SprintPart:
    """The share of one repository in a sprint: one GitHub milestone.

    start: when its scope counts as committed; None before any item was inside. scope: refs by what became of them.
    due_on: its own, else that of the other parts. deadline: end of that day in the project's time zone.
    """

    repository_id: int
    repo: str
    number: int
    title_then: str
    html_url: str
    state: str
    start: datetime | None
    scope: Scope
    due_on: date | None
    deadline: datetime | None
    known_later: tuple[str, ...]


@dataclass(frozen=True)
class Sprint:
    """Parts with one title, and the items (schema ITEMS) that are inside them as of the moment of `past`."""

    title: str
    past: ProjectState
    calendar: WorkingCalendar
    parts: tuple[SprintPart, ...]
    items: pl.DataFrame

    @property
    def due_on(self) -> date | None:
        """The latest due date of its parts."""
        return max((part.due_on for part in self.parts if part.due_on), default=None)

    @property
    def deadline(self) -> datetime | None:
        """The end of the day `due_on`."""
        return max((part.deadline for part in self.parts if part.deadline), default=None)

    @property
    def state(self) -> str:
        return "open" if any(part.state == "open" for part in self.parts) else "closed"

    @cached_property
    def open_items(self) -> pl.DataFrame:
        return self.items.filter(pl.col("state") == "open")

    @property
    def days_left(self) -> float | None:
        """Working days to the deadline; 0 once it has passed, None without one."""
        return None if self.deadline is None else self.calendar.working_time(self.past.as_of, self.deadline)

    @property
    def overdue(self) -> bool:
        return self.deadline is not None and self.deadline <= self.past.as_of

    @cached_property
    def additions(self) -> tuple[str, ...]:
        """Items that came in after the start and are still inside, without pull requests that carry another item."""
        added = {ref for part in self.parts for ref in part.scope.added} & set(self.items["ref"])
        return tuple(sorted(added - closing_pull_requests(self.past, added, self.items["ref"].to_list())))

    def only(self, part: SprintPart) -> "Sprint":
        """The sprint as if it had this part alone."""
        return replace(self, parts=(part,), items=self.items_of(part))

    def items_of(self, part: SprintPart) -> pl.DataFrame:
        """The items inside one part (schema ITEMS)."""
        return self.items.filter(pl.col("repo") == part.repo)


def find_sprints(
    past: ProjectState, calendar: WorkingCalendar, first_days: Mapping[str, date], wanted: str | None = None
) -> list[Sprint]:
    """The sprints that were open then, by due date, those without one last; or only the one called `wanted`.

    first_days: title -> first day of the sprint, where sprint.toml says so.
    """
    titles = past.milestones.filter(pl.col("state") == "open")["title"].to_list()
    if wanted is not None:
        titles = _matching(past.milestones, wanted)
    found = [_sprint(past, calendar, title, first_days.get(title)) for title in dict.fromkeys(titles)]
    return sorted(found, key=lambda sprint: (sprint.due_on or date.max, sprint.title))


def _matching(milestones: pl.DataFrame, wanted: str) -> list[str]:
    """Titles that read `wanted` today or then; else those of milestones with that number; else the only one alike.

    Alike: but for capital letters, or beginning so.
    """
    named = milestones.filter((pl.col("title") == wanted) | (pl.col("title_then") == wanted))
    if named.is_empty() and wanted.isdigit():
        named = milestones.filter(pl.col("number") == int(wanted))
    return named["title"].to_list() or _alike(milestones, wanted.strip().lower())


def _alike(milestones: pl.DataFrame, wanted: str) -> list[str]:
    names = [pl.col(name).str.to_lowercase() for name in ("title", "title_then")]
    for alike in ([name == wanted for name in names], [name.str.starts_with(wanted) for name in names]):
        found = milestones.filter(pl.any_horizontal(alike))["title"].unique().to_list()
        if len(found) == 1 and wanted:
            return found
    return []


def _sprint(past: ProjectState, calendar: WorkingCalendar, title: str, first_day: date | None) -> Sprint:
    rows = past.milestones.filter(pl.col("title") == title).sort("repo", "number").to_dicts()
    if any(row["state"] == "open" for row in rows):
        rows = [row for row in rows if row["state"] == "open"] + [row for row in rows if row["state"] != "open"]
    due_on = max((row["due_on"] for row in rows if row["due_on"]), default=None)
    parts = tuple(_part(past, calendar, row, first_day, due_on) for row in rows)
    keys = pl.DataFrame(
        {"repo": [part.repo for part in parts], "milestone": [part.number for part in parts]},
        schema={"repo": pl.String, "milestone": pl.Int64},
    )
    return Sprint(title, past, calendar, parts, past.items.join(keys, on=["repo", "milestone"], how="semi"))


def _part(
    past: ProjectState, calendar: WorkingCalendar, row: dict[str, Any], first_day: date | None, due_on_of_others: date | None
) -> SprintPart:
    due_on = row["due_on"] or due_on_of_others
    start = start_of(past, row["repository_id"], row["number"], calendar, first_day)
    return SprintPart(
        repository_id=row["repository_id"],
        repo=row["repo"],
        number=row["number"],
        title_then=row["title_then"] or row["title"],
        html_url=row["html_url"],
        state=row["state"],
        start=start,
        scope=scope(past, row["repository_id"], row["number"], start),
        due_on=due_on,
        deadline=deadline(due_on, calendar) if due_on else None,
        known_later=tuple(row["known_later"] or ()),
    )
