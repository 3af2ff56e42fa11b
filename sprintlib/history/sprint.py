"""One sprint: the milestones of a project that belong together (history.sprint_grouping), with the items now inside."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

import polars as pl

from sprintlib.calendar import WorkingCalendar
from sprintlib.history.closing_pull_requests import closing_pull_requests
from sprintlib.history.scope import ScopeHistory, scope, start_of
from sprintlib.history.selection import due_next
from sprintlib.history.sprint_grouping import Row, group_milestones, same_name
from sprintlib.history.sprint_key import SprintKey
from sprintlib.history.state import ProjectState


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
    scope: ScopeHistory
    due_on: date | None
    deadline: datetime | None
    created_at: datetime
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
    def key(self) -> SprintKey:
        """The identity of the sprint: its oldest milestone."""
        oldest = min(self.parts, key=lambda part: (part.created_at, part.repository_id, part.number))
        return SprintKey(oldest.repository_id, oldest.number)

    @property
    def keys(self) -> tuple[SprintKey, ...]:
        """Every key under which the sprint may have been known: one a part."""
        return tuple(SprintKey(part.repository_id, part.number) for part in self.parts)

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
    past: ProjectState,
    calendar: WorkingCalendar,
    wanted: str | None = None,
) -> list[Sprint]:
    """The sprints that were open then, by due date, those without one last; or only the one called `wanted`.

    wanted: a title of today or then, a SprintKey as written, a milestone's number, or the beginning of one title. Of
    several with one title, an open one, else the one due last.
    """
    groups = sprint_groups(past)
    chosen = [group for group in groups if _is_open(group)] if wanted is None else meant_groups(groups, wanted)
    found = [_sprint(past, calendar, group) for group in chosen]
    return sorted(found, key=lambda sprint: (sprint.due_on or date.max, sprint.title))


def select_sprint(sprints: Sequence[Sprint], as_of: datetime) -> Sprint | None:
    """The sprint that is meant where nobody names one (`selection.due_next`); None of none."""
    return due_next(sprints, lambda sprint: sprint.deadline, as_of)


def sprint_groups(past: ProjectState) -> list[list[Row]]:
    """Rows of `past.milestones` by sprint, ended ones too (`sprint_grouping`)."""
    return group_milestones(past.milestones, past.sprint_parts)


def leading_first(group: Sequence[Row]) -> list[Row]:
    """The milestones of a sprint, open ones first: the first one's title is the sprint's."""
    return sorted(group, key=lambda row: (row["state"] != "open", row["repo"], row["number"]))


def _is_open(group: Sequence[Row]) -> bool:
    return any(row["state"] == "open" for row in group)


def meant_groups(groups: Sequence[list[Row]], wanted: str) -> list[list[Row]]:
    """The group that is meant, in a list; empty where none is, or where several could be.

    wanted: a title, a SprintKey as written, a milestone's number, or the beginning of one title.
    """
    key = SprintKey.parse(wanted)
    if key is not None:
        return [group for group in groups if any(key == (row["repository_id"], row["number"]) for row in group)]
    exact = [group for group in groups if wanted in _titles(group)]
    if not exact and wanted.isdigit():
        exact = [group for group in groups if any(row["number"] == int(wanted) for row in group)]
    if exact:
        return [max(exact, key=lambda group: (_is_open(group), *_latest(group)))]
    low = same_name(wanted)
    for alike in (str.__eq__, str.startswith):
        close = [group for group in groups if low and any(alike(same_name(title), low) for title in _titles(group))]
        if len(close) == 1:
            return close
    return []


def _titles(group: Sequence[Row]) -> set[str]:
    return {title for row in group for title in (row["title"], row["title_then"]) if title}


def _latest(group: Sequence[Row]) -> tuple[date, datetime]:
    return max(row["due_on"] or date.min for row in group), max(row["created_at"] for row in group)


def _sprint(past: ProjectState, calendar: WorkingCalendar, group: Sequence[Row]) -> Sprint:
    rows = leading_first(group)
    title = rows[0]["title"]
    due_on = max((row["due_on"] for row in rows if row["due_on"]), default=None)
    parts = tuple(_part(past, calendar, row, due_on) for row in rows)
    keys = pl.DataFrame(
        {"repo": [part.repo for part in parts], "milestone": [part.number for part in parts]},
        schema={"repo": pl.String, "milestone": pl.Int64},
    )
    return Sprint(title, past, calendar, parts, past.items.join(keys, on=["repo", "milestone"], how="semi"))


def _part(
    past: ProjectState, calendar: WorkingCalendar, row: dict[str, Any], due_on_of_others: date | None
) -> SprintPart:
    due_on = row["due_on"] or due_on_of_others
    start = start_of(past, row["repository_id"], row["number"], calendar)
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
        deadline=calendar.deadline(due_on) if due_on else None,
        created_at=row["created_at"],
        known_later=tuple(row["known_later"] or ()),
    )
