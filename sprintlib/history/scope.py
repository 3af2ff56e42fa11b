"""Scope of a milestone and its course: what was committed, added, removed, done, dropped and is open.

Always committed + added - removed = done + dropped + open. Pure functions on a Past; a milestone is named by
(repository_id, number), and a sprint that spans repositories is the sum of its parts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from sprintlib.calendar import WorkingCalendar
from sprintlib.history.past import Past
from sprintlib.store.frames import UTC_DATETIME

_INSTANT = timedelta(microseconds=1)
_ITEM = ["repository_id", "number"]
BURN_UP = pl.Schema({"day": pl.Date, "scope": pl.Int64, "done": pl.Int64})


@dataclass(frozen=True)
class Scope:
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

    def __add__(self, other: "Scope") -> "Scope":
        """The scope of a sprint that spans both."""
        return Scope(*(tuple(sorted(mine + its)) for mine, its in zip(self._parts(), other._parts(), strict=True)))

    def _parts(self) -> tuple[tuple[str, ...], ...]:
        return (self.committed, self.added, self.removed, self.done, self.dropped, self.open)


def deadline(due_on: date, calendar: WorkingCalendar) -> datetime:
    """The first moment (UTC) after the due date in the project's time zone; what is closed before it is in time."""
    return calendar.end_of_day(due_on)


def start_of(
    past: Past, repository_id: int, milestone: int, calendar: WorkingCalendar, first_day: date | None = None
) -> datetime | None:
    """When the scope counts as committed: the end of the first working day on which the milestone held an item.

    first_day: `start` of sprint.toml, which decides instead. The moment may lie after `past.as_of`: on the
    first day itself, or where the first day is yet to come. None before any item was inside.
    """
    if first_day is not None:
        return calendar.end_of_day(first_day)
    days = set()
    for entered_at, left_at in _members(past, repository_id, milestone).select("entered_at", "left_at").iter_rows():
        day = _working_day(calendar.local_date(entered_at), calendar)
        if left_at is None or calendar.start_of_day(day) < left_at:
            days.add(day)
    return calendar.end_of_day(min(days)) if days else None


def scope(past: Past, repository_id: int, milestone: int, start: datetime | None) -> Scope:
    """Scope as of `past.as_of`. Before the start, everything inside is committed.

    An item counts once however often it came and went: back again, a committed item was neither added nor removed.
    """
    members = _members(past, repository_id, milestone)
    committed_at = min(start - _INSTANT, past.as_of) if start else past.as_of
    at_start = set(members.filter(_during(committed_at))["number"])
    since = set(members.filter(pl.col("entered_at") > committed_at)["number"]) - at_start
    inside = set(members.filter(pl.col("left_at").is_null())["number"])
    items = past.items.filter(pl.col("repository_id") == repository_id, pl.col("number").is_in(at_start | since))
    refs = dict(items.select("number", "ref").iter_rows())
    states = dict(items.select("number", pl.coalesce("closed_as", "state")).iter_rows())

    def named(numbers: set[int]) -> tuple[str, ...]:
        return tuple(refs[number] for number in sorted(numbers))

    by_state = {
        state: {number for number in inside if states[number] == state} for state in ("done", "dropped", "open")
    }
    return Scope(
        committed=named(at_start),
        added=named(since),
        removed=named((at_start | since) - inside),
        **{state: named(numbers) for state, numbers in by_state.items()},
    )


def burn_up(
    past: Past, repository_id: int, milestone: int, calendar: WorkingCalendar, start: datetime | None
) -> pl.DataFrame:
    """Scope and items done or dropped at the end of each local day (schema BURN_UP), from the start to as-of.

    The last row is the day of `past.as_of`, as of that moment. Empty before the start.
    """
    if start is None:
        return pl.DataFrame(schema=BURN_UP)
    members = _members(past, repository_id, milestone)
    closed = _states(past).filter(pl.col("repository_id") == repository_id, pl.col("to") != "open")
    closed = closed.join(members.select("number").unique(), on="number", how="semi")
    days = list(_days(calendar.local_date(start - _INSTANT), calendar.local_date(past.as_of)))
    ends = [min(calendar.end_of_day(day) - _INSTANT, past.as_of) for day in days]
    series = pl.DataFrame({"day": days, "moment": ends}, schema={"day": pl.Date, "moment": UTC_DATETIME})
    inside = _items_by_day(series, members).with_columns(pl.lit(1).alias("inside"))
    finished = _items_by_day(series, closed).with_columns(pl.lit(1).alias("closed"))
    counted = inside.join(finished, on=["day", "number"], how="left").group_by("day")
    counts = counted.agg(pl.col("inside").sum().alias("scope"), pl.col("closed").sum().alias("done"))
    filled = series.join(counts, on="day", how="left", maintain_order="left").with_columns(
        pl.col("scope", "done").fill_null(0).cast(pl.Int64)
    )
    return filled.select(BURN_UP.names())


def _items_by_day(series: pl.DataFrame, intervals: pl.DataFrame) -> pl.DataFrame:
    """day, number of every item that an interval holds at the day's moment, once."""
    joined = series.join(intervals.select("number", "entered_at", "left_at"), how="cross")
    return joined.filter(_during(pl.col("moment"))).select("day", "number").unique()


def _states(past: Past) -> pl.DataFrame:
    """Transitions as intervals: each lasts until the item's next one (null for the last)."""
    return past.transitions.with_columns(pl.col("at").shift(-1).over(_ITEM).alias("left_at")).with_columns(
        pl.col("at").alias("entered_at")
    )


def _members(past: Past, repository_id: int, milestone: int) -> pl.DataFrame:
    return past.memberships.filter(repository_id=repository_id, milestone=milestone)


def _during(moment: datetime | pl.Expr) -> pl.Expr:
    """Whether the interval [entered_at, left_at) holds the moment."""
    return (pl.col("entered_at") <= moment) & (pl.col("left_at") > moment).fill_null(value=True)


def _working_day(day: date, calendar: WorkingCalendar) -> date:
    """The day itself, or the next that is worked."""
    return day if calendar.is_working_day(day) else next(calendar.following(day))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))
