"""Scope of a milestone and its course: what was committed, added, removed, done, dropped and is open.

Always committed + added - removed = done + dropped + open. Pure functions on a ProjectState; a milestone is named by
(repository_id, number), and a sprint that spans repositories is the sum of its parts.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sprintlib.calendar import WorkingCalendar
from sprintlib.history.state import ProjectState

_INSTANT = timedelta(microseconds=1)
_ITEM = ["repository_id", "number"]
BURN_UP = pl.Schema({"day": pl.Date, "scope": pl.Int64, "done": pl.Int64})


@dataclass(frozen=True)
class ScopeHistory:
    """Items (`owner/repo#n`, sorted) of one milestone as of a moment. Counts are the lengths.

    committed: inside at the start. added: came in later. removed: committed or added, and no longer inside.
    done, dropped, open: inside now, by state.
    """

    committed: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    done: tuple[str, ...]
    dropped: tuple[str, ...]
    open: tuple[str, ...]

    def __add__(self, other: "ScopeHistory") -> "ScopeHistory":
        """The scope of a sprint that spans both."""
        return ScopeHistory(
            *(tuple(sorted(mine + its)) for mine, its in zip(self._parts(), other._parts(), strict=True))
        )

    def _parts(self) -> tuple[tuple[str, ...], ...]:
        return (self.committed, self.added, self.removed, self.done, self.dropped, self.open)


def start_of(past: ProjectState, repository_id: int, milestone: int, calendar: WorkingCalendar) -> datetime | None:
    """When the scope counts as committed: the end of the first working day at whose end the milestone held an item.

    So an item that was put in by mistake and out again starts nothing. `past.first_days` decides instead where it
    names the milestone. The moment may lie after `past.as_of`: on the first day itself, or where the first day is yet
    to come. None before any item was inside.
    """
    first_day = past.first_days.get((repository_id, milestone))
    if first_day is not None:
        return calendar.end_of_day(first_day)
    ends = set()
    for member in _members(past, repository_id, milestone):
        end = calendar.end_of_day(_working_day(calendar.local_date(member.start), calendar))
        if member.end is None or end <= member.end:
            ends.add(end)
    return min(ends, default=None)


def scope(past: ProjectState, repository_id: int, milestone: int, start: datetime | None) -> ScopeHistory:
    """Scope as of `past.as_of`. Before the start, everything inside is committed.

    An item counts once however often it came and went: back again, a committed item was neither added nor removed.
    """
    members = _members(past, repository_id, milestone)
    committed_at = min(start - _INSTANT, past.as_of) if start else past.as_of
    at_start = {one.number for one in members if one.holds(committed_at)}
    since = {one.number for one in members if one.start > committed_at} - at_start
    inside = {one.number for one in members if one.end is None}
    items = past.items.filter(pl.col("repository_id") == repository_id, pl.col("number").is_in(at_start | since))
    states = dict(items.select("number", pl.coalesce("closed_as", "state")).iter_rows())
    repo = past.repositories.row(by_predicate=pl.col("repository_id") == repository_id, named=True)["repo"]

    def named(numbers: set[int]) -> tuple[str, ...]:
        return tuple(f"{repo}#{number}" for number in sorted(numbers))

    by_state = {
        state: {number for number in inside if states[number] == state} for state in ("done", "dropped", "open")
    }
    return ScopeHistory(
        committed=named(at_start),
        added=named(since),
        removed=named((at_start | since) - inside),
        **{state: named(numbers) for state, numbers in by_state.items()},
    )


def burn_up(
    past: ProjectState, repository_id: int, milestone: int, calendar: WorkingCalendar, start: datetime | None
) -> pl.DataFrame:
    """Scope and items done or dropped at the end of each local day (schema BURN_UP), from the start to as-of.

    The last row is the day of `past.as_of`, as of that moment. Empty before the start.
    """
    if start is None:
        return pl.DataFrame(schema=BURN_UP)
    members = _members(past, repository_id, milestone)
    closed = past.cached(_closed)
    days = list(_days(calendar.local_date(start - _INSTANT), calendar.local_date(past.as_of)))
    ends = [min(calendar.end_of_day(day) - _INSTANT, past.as_of) for day in days]
    numbers = list(dict.fromkeys(one.number for one in members))
    finished = (one for number in numbers for one in closed.get((repository_id, number), ()))
    inside, done = _by_day(members, numbers, ends), _by_day(finished, numbers, ends)
    counts = {"day": days, "scope": inside.sum(axis=0), "done": (inside & done).sum(axis=0)}
    return pl.DataFrame(counts, schema=BURN_UP)


class _Interval(NamedTuple):
    """Item `number` was in some state from `start` (inclusive) to `end` (exclusive, None: still)."""

    number: int
    start: datetime
    end: datetime | None

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment and (self.end is None or self.end > moment)


def _by_day(intervals: Iterable[_Interval], numbers: list[int], ends: list[datetime]) -> NDArray[np.bool_]:
    """Whether an interval of each of these items holds each of these moments: shape (numbers, ends)."""
    place = {number: row for row, number in enumerate(numbers)}
    held = np.zeros((len(numbers), len(ends)), dtype=np.bool_)
    for number, start, end in intervals:
        held[place[number], bisect_left(ends, start) : None if end is None else bisect_left(ends, end)] = True
    return held


def _members(past: ProjectState, repository_id: int, milestone: int) -> list[_Interval]:
    return past.cached(_stays).get((repository_id, milestone), [])


def _stays(past: ProjectState) -> dict[tuple[int, int], list[_Interval]]:
    """When items were inside each milestone: (repository_id, milestone) -> intervals."""
    return _intervals(past.memberships.select("repository_id", "milestone", "number", "entered_at", "left_at"))


def _closed(past: ProjectState) -> dict[tuple[int, int], list[_Interval]]:
    """When each item that was ever in a milestone was closed: (repository_id, number) -> intervals."""
    changes = past.transitions.join(past.memberships, on=_ITEM, how="semi", maintain_order="left")
    states = changes.with_columns(end=pl.col("at").shift(-1).over(_ITEM)).filter(pl.col("to") != "open")
    return _intervals(states.select(*_ITEM, pl.col("number").alias("item"), "at", "end"))


def _intervals(rows: pl.DataFrame) -> dict[tuple[int, int], list[_Interval]]:
    """rows: repository_id, number of a milestone or an item, item, start, end."""
    found: dict[tuple[int, int], list[_Interval]] = {}
    for repository_id, key, *interval in rows.iter_rows():
        found.setdefault((repository_id, key), []).append(_Interval(*interval))
    return found


def _working_day(day: date, calendar: WorkingCalendar) -> date:
    """The day itself, or the next that is worked."""
    return day if calendar.is_working_day(day) else next(calendar.following(day))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))
