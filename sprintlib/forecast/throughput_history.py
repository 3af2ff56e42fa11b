"""What the milestones of one repository have seen so far: closings, working days with open work, arrivals.

These are the observations behind the rates of `rates`. Only milestone work counts, never the whole repository's:
on secp256k1 the repository's own pace forecasts 1.00 for milestones that were late.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import polars as pl

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast.rates import WINDOW
from sprintlib.history.closing_pull_requests import closing_pull_requests
from sprintlib.history.scope import start_of
from sprintlib.history.state import ProjectState


class MilestoneEntry(NamedTuple):
    """An item that was closed inside a milestone, or entered it, at a moment."""

    at: datetime
    ref: str
    milestone: int


class _Stay(NamedTuple):
    milestone: int
    item: int
    entered: datetime
    left: datetime  # as-of while inside


_Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class ThroughputHistory:
    """Observations of some milestones of one repository.

    closings: items done or dropped while inside. arrivals: open items that entered after a milestone's start. A pull
    request that carries another item of the milestones is the same work and in neither.
    Both oldest first. worked: working day -> 1 where at least one item inside was open (of today, the part that has
    passed). offered: working day -> number of milestones that could have grown on it.
    """

    repo: str
    closings: tuple[MilestoneEntry, ...]
    arrivals: tuple[MilestoneEntry, ...]
    worked: dict[date, float]
    offered: dict[date, float]


def throughput_history(past: ProjectState, calendar: WorkingCalendar, repo: str, number: int) -> ThroughputHistory:
    """Observe milestone `number` of a repository and the earlier ones.

    Earlier ones are dated milestones that started before this one: an undated bucket is no sprint and would set a pace
    of its own. One that never held an item for a day has not started, and nothing came into it later.
    """
    stays, starts = _stays(past, calendar, repo, number)
    open_spans = _open_spans(past, repo, {stay.item for stay in stays})
    arrivals = _arrivals(past, repo, stays, open_spans)
    return ThroughputHistory(
        repo,
        tuple(_closings(past, repo, stays)),
        tuple(entry for entry in arrivals if entry.milestone in starts and entry.at > starts[entry.milestone]),
        _worked(past.as_of, calendar, _common(stays, open_spans)),
        _offered(past, calendar, repo, starts),
    )


def _stays(
    past: ProjectState, calendar: WorkingCalendar, repo: str, number: int
) -> tuple[list[_Stay], dict[int, datetime]]:
    """Stays in the milestone and in the earlier dated ones of its repository, and when each of these started."""
    dated = past.milestones.filter((pl.col("repo") == repo) & pl.col("due_on").is_not_null())["number"].to_list()
    rows = past.memberships.filter((pl.col("repo") == repo) & pl.col("milestone").is_in([*dated, number]))
    first: dict[int, tuple[datetime, datetime]] = {}
    for repository_id, milestone, entered in (
        rows.group_by("repository_id", "milestone").agg(pl.col("entered_at").min()).iter_rows()
    ):
        start = start_of(past, repository_id, milestone, calendar)
        if start is not None:
            first[milestone] = start, entered
    family = {one for one, began in first.items() if number in first and began <= first[number]} | {number}
    stays = [
        _Stay(milestone, item, entered, left or past.as_of)
        for milestone, item, entered, left in rows.select("milestone", "number", "entered_at", "left_at").iter_rows()
        if milestone in family
    ]
    return stays, {milestone: start for milestone, (start, _) in first.items() if milestone in family}


def _open_spans(past: ProjectState, repo: str, items: set[int]) -> dict[int, list[_Span]]:
    """Item -> intervals in which it was open, oldest first."""
    rows = past.transitions.filter((pl.col("repo") == repo) & pl.col("number").is_in(sorted(items))).sort(
        "number", "at"
    )
    spans: dict[int, list[_Span]] = {item: [] for item in items}
    opened: dict[int, datetime] = {}
    for item, at, to in rows.select("number", "at", "to").iter_rows():
        if to == "open":
            opened.setdefault(item, at)
        elif item in opened:
            spans[item].append((opened.pop(item), at))
    for item, at in opened.items():
        spans[item].append((at, past.as_of))
    return spans


def _inside(moment: datetime, spans: Iterable[_Span]) -> bool:
    return any(start <= moment < end for start, end in spans)


def _closings(past: ProjectState, repo: str, stays: Iterable[_Stay]) -> Iterator[MilestoneEntry]:
    """The last closing of every item that is closed, where it happened inside; an earlier one was taken back.

    A pull request that closes another item of the milestones is no further work.
    """
    stays = list(stays)
    theirs = (pl.col("repo") == repo) & pl.col("number").is_in({stay.item for stay in stays})
    closed = past.items.filter(theirs & (pl.col("state") == "closed"))
    closed_at = dict(closed.select("number", "closed_at").iter_rows())
    inside = {
        MilestoneEntry(closed_at[stay.item], f"{repo}#{stay.item}", stay.milestone)
        for stay in stays
        if stay.item in closed_at and stay.entered < closed_at[stay.item] <= stay.left
    }
    carrying = closing_pull_requests(past, {entry.ref for entry in inside}, {f"{repo}#{stay.item}" for stay in stays})
    return iter(sorted(entry for entry in inside if entry.ref not in carrying))


def _arrivals(
    past: ProjectState, repo: str, stays: Iterable[_Stay], open_spans: dict[int, list[_Span]]
) -> list[MilestoneEntry]:
    """Open items that entered; a pull request that closes another item of the milestones is no further work."""
    entered = [
        MilestoneEntry(stay.entered, f"{repo}#{stay.item}", stay.milestone)
        for stay in stays
        if _inside(stay.entered, open_spans[stay.item])
    ]
    refs = {entry.ref for entry in entered}
    carrying = closing_pull_requests(past, refs, {f"{repo}#{item}" for item in open_spans})
    return sorted(entry for entry in entered if entry.ref not in carrying)


def _common(stays: Iterable[_Stay], open_spans: dict[int, list[_Span]]) -> Iterator[_Span]:
    """Intervals in which an item was both inside and open."""
    for stay in stays:
        for start, end in open_spans[stay.item]:
            if max(start, stay.entered) < min(end, stay.left):
                yield max(start, stay.entered), min(end, stay.left)


def _worked(as_of: datetime, calendar: WorkingCalendar, spans: Iterable[_Span]) -> dict[date, float]:
    today = calendar.local_date(as_of)
    days: set[date] = set()
    for start, end in spans:
        days.update(_days(calendar, start, end, today))
    return {day: share_passed(day, as_of, calendar) for day in days}


def _offered(
    past: ProjectState, calendar: WorkingCalendar, repo: str, starts: dict[int, datetime]
) -> dict[date, float]:
    """Days after the start of each milestone while it was open."""
    today = calendar.local_date(past.as_of)
    closed = past.milestones.filter((pl.col("repo") == repo) & (pl.col("state") == "closed"))
    ends = dict(closed.select("number", "closed_at").iter_rows())
    counts: Counter[date] = Counter()
    for milestone, start in starts.items():
        end = ends.get(milestone) or past.as_of
        counts.update(_days(calendar, start, end, today))
    return {day: count * share_passed(day, past.as_of, calendar) for day, count in counts.items()}


def _days(calendar: WorkingCalendar, start: datetime, end: datetime, today: date) -> list[date]:
    """Working days touched by [start, end) that the discount has not made worthless."""
    if end <= start:
        return []
    first = max(calendar.local_date(start), today - timedelta(days=2 * WINDOW))
    return calendar.working_days(first, calendar.local_date(end - timedelta(microseconds=1)))


def share_passed(day: date, as_of: datetime, calendar: WorkingCalendar) -> float:
    """How much of a working day has passed: 1 for every day before today."""
    start, end = calendar.start_of_day(day), calendar.end_of_day(day)
    return min((as_of - start) / (end - start), 1.0)
