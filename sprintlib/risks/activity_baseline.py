"""How often this team moves: silence is judged by its own rhythm and by the time left, not by one number for all."""

from datetime import datetime
from typing import NamedTuple

import polars as pl

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast import count, working_days
from sprintlib.history import ProjectState, Sprint
from sprintlib.risks.next_actor import moves

WINDOW_DAYS = 180
_LEAST = 20  # gaps; a percentile of fewer says little
_PERCENTILE = 0.85
_KEY = ["repository_id", "number"]


class ActivityBaseline(NamedTuple):
    """85% of the gaps between one active working day and the next were at most `days`; n: how many gaps there were."""

    days: float
    n: int

    def words(self, what: str, where: str) -> str:
        """`85% of the team's 212 waits on pull requests in the 180 days before ended within 4 working days`."""
        return (
            f"{_PERCENTILE:.0%} of the team's {count(self.n, what)} {where} in the {WINDOW_DAYS} days before ended "
            f"within {working_days(round(self.days, 1))}"
        )


def inactivity_limit(least: float, baseline: ActivityBaseline | None, days_left: float | None) -> float:
    """Working days of silence that are nothing yet: the team's own, but at most half of the time left.

    least: the threshold of the settings; all there is for a team without enough history.
    """
    usual = baseline.days if baseline else 0.0
    return max(least, usual if days_left is None else min(usual, days_left / 2))


def activity_baseline(sprint: Sprint) -> ActivityBaseline | None:
    """Gaps between working days with a move on the same pull request, of every one in the sprint's repositories."""
    return sprint.past.cached(_of_pull_requests, sprint.calendar, _repositories(sprint))


def sprint_rhythm(sprint: Sprint) -> ActivityBaseline | None:
    """Gaps between working days with anything on an item that is or was in a milestone of the sprint's repositories."""
    return sprint.past.cached(_of_milestones, sprint.calendar, _repositories(sprint))


def human_events(sprint: Sprint) -> pl.DataFrame:
    """Everything people did on items of the project: repository_id, number, at."""
    return sprint.past.cached(_human_events)


def _human_events(past: ProjectState) -> pl.DataFrame:
    return pl.concat(
        [
            past.events.filter(~pl.col("actor_is_bot")).select(*_KEY, at="happened_at"),
            past.comments.filter(~pl.col("author_is_bot")).select(*_KEY, at="created_at"),
            past.reviews.filter(~pl.col("author_is_bot")).select(*_KEY, at="submitted_at"),
            past.commits.filter(pl.col("number").is_not_null()).select(*_KEY, at="committed_at"),
            past.items.filter(~pl.col("author_is_bot")).select(*_KEY, at="created_at"),
        ]
    )


def _repositories(sprint: Sprint) -> tuple[int, ...]:
    return tuple(sorted(part.repository_id for part in sprint.parts))


def _of_pull_requests(past: ProjectState, calendar: WorkingCalendar, ids: tuple[int, ...]) -> ActivityBaseline | None:
    pulls = past.items.filter((pl.col("kind") == "pull") & ~pl.col("author_is_bot")).select(*_KEY, "ref")
    return _rhythm(past.as_of, calendar, ids, moves(past, pulls).select(*_KEY, "at"), _KEY)


def _of_milestones(past: ProjectState, calendar: WorkingCalendar, ids: tuple[int, ...]) -> ActivityBaseline | None:
    inside = past.memberships.select(_KEY).unique()
    seen = past.cached(_human_events).join(inside, on=_KEY, how="semi")
    return _rhythm(past.as_of, calendar, ids, seen, ["repository_id"])


def _rhythm(
    as_of: datetime, calendar: WorkingCalendar, ids: tuple[int, ...], moments: pl.DataFrame, apart: list[str]
) -> ActivityBaseline | None:
    """The gaps in each group of `apart`, of these repositories, in the window."""
    since = as_of - pl.duration(days=WINDOW_DAYS)
    seen = moments.filter(pl.col("repository_id").is_in(ids) & (pl.col("at") > since) & (pl.col("at") <= as_of))
    zone = calendar.time_zone.key
    days = seen.select(*apart, day=pl.col("at").dt.convert_time_zone(zone).dt.date())
    worked = days.join(_numbered(as_of, calendar), on="day").select(*apart, "place").unique().sort(*apart, "place")
    gaps = worked.select(gap=pl.col("place").diff().over(apart)).drop_nulls()["gap"]
    return (
        ActivityBaseline(float(gaps.quantile(_PERCENTILE, "linear") or 0.0), len(gaps)) if len(gaps) >= _LEAST else None
    )


def _numbered(as_of: datetime, calendar: WorkingCalendar) -> pl.DataFrame:
    """day, place: every day of the window and the number of working days up to it, so that weekends are no gap."""
    last = calendar.local_date(as_of)
    days = pl.date_range(last - pl.duration(days=WINDOW_DAYS), last, eager=True)
    worked = pl.Series([calendar.is_working_day(day) for day in days])
    return pl.DataFrame({"day": days, "place": worked.cast(pl.Int64).cum_sum()})
