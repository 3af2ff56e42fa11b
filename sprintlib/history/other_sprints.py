"""A past with sprints that are no milestones in place of milestones: everything above sees no difference."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import polars as pl

from sprintlib.calendar import WorkingCalendar
from sprintlib.history.presence import within
from sprintlib.history.state import MILESTONES, ProjectState
from sprintlib.settings import SprintSource
from sprintlib.store.frames import UTC_DATETIME

_ITEM = ["repository_id", "number"]
_INSTANT = timedelta(microseconds=1)
_NEVER_GONE = pl.DataFrame(schema={"repository_id": pl.Int64, "number": pl.Int64, "gone_at": UTC_DATETIME})


@dataclass(frozen=True)
class OtherSprint:
    """A sprint of all repositories, each with a part of the same number.

    begins, ends: its first moment, and the first one after it. created_at: since when it was known. title: of today.
    known_later: as in MILESTONES.
    """

    number: int
    title: str
    title_then: str
    first_day: date
    last_day: date
    begins: datetime
    ends: datetime
    created_at: datetime
    known_later: tuple[str, ...] = ()

    @property
    def ended_at(self) -> datetime:
        """When it was closed: it ends by itself on its last day, in time by definition."""
        return self.ends - _INSTANT

    def is_over(self, moment: datetime) -> bool:
        return self.ended_at <= moment


def with_other_sprints(
    past: ProjectState,
    source: SprintSource,
    sprints: Sequence[OtherSprint],
    stays: pl.DataFrame,
    calendar: WorkingCalendar,
) -> ProjectState:
    """The same past with these sprints in place of GitHub's milestones, one part in each repository.

    stays: schema MEMBERSHIPS, an item in one sprint at a time; what lies after the moment, or while an item was not
    there, is cut off. A sprint that ended without any item is left out.
    """
    memberships = _present(stays, past)
    used = set(memberships["milestone"])
    kept = [one for one in sprints if one.number in used or not one.is_over(past.as_of)]
    inside = memberships.filter(pl.col("left_at").is_null()).select(*_ITEM, "milestone")
    return replace(
        past,
        source=source,
        milestones=_milestones(past, kept),
        memberships=memberships,
        items=_placed(past.items, inside),
        holdings=replace(past.holdings, gone=_placed(past.holdings.gone, inside)),
        unresolved=past.unresolved.clear(),
        sprint_parts={},
        first_days=_first_days(past, kept, memberships, calendar),
    )


def _present(stays: pl.DataFrame, past: ProjectState) -> pl.DataFrame:
    """Stays as of the moment, while their item was there."""
    present = within(stays, past.holdings.presence, _NEVER_GONE).filter(pl.col("entered_at") <= past.as_of)
    until = pl.when(pl.col("left_at") <= past.as_of).then("left_at").alias("left_at")
    return present.with_columns(until).sort("repository_id", "entered_at", "number", maintain_order=True)


def _milestones(past: ProjectState, sprints: Sequence[OtherSprint]) -> pl.DataFrame:
    """The sprints as milestones of each repository (schema MILESTONES)."""
    rows = [
        {
            "repository_id": key,
            "repo": repo,
            "number": one.number,
            "title": one.title,
            "title_then": one.title_then,
            "state": "closed" if one.is_over(past.as_of) else "open",
            "due_on": one.last_day,
            "created_at": one.created_at,
            "closed_at": one.ended_at if one.is_over(past.as_of) else None,
            "html_url": f"{url}/issues?q=updated:{one.first_day}..{one.last_day}",
            "known_later": list(one.known_later),
        }
        for key, repo, url in past.repositories.select("repository_id", "repo", "html_url").iter_rows()
        for one in sprints
    ]
    return pl.DataFrame(rows, schema=MILESTONES).sort("repo", "number")


def _first_days(
    past: ProjectState, sprints: Sequence[OtherSprint], memberships: pl.DataFrame, calendar: WorkingCalendar
) -> dict[tuple[int, int], date]:
    """The days at whose end scopes count as committed, by (repository_id, number).

    The first working day on which the sprint held an item, as for a milestone, but none before the sprint begins.
    """
    first = dict(memberships.group_by("milestone").agg(pl.col("entered_at").min()).iter_rows())
    found = {}
    for one in sprints:
        entered_at = first.get(one.number)
        held = max(one.first_day, calendar.local_date(entered_at)) if entered_at else one.first_day
        found[one.number] = next(iter(calendar.working_days(held, one.last_day)), held)
    return {(key, number): day for key in past.repositories["repository_id"] for number, day in found.items()}


def _placed(items: pl.DataFrame, inside: pl.DataFrame) -> pl.DataFrame:
    """Items with the sprint that each is in. inside: repository_id, number, milestone."""
    found = items.drop("milestone").join(inside, on=_ITEM, how="left", maintain_order="left")
    return found.select(items.columns)
