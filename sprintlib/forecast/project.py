"""The outlook of a project that has no dated milestone: how many items it closes in its cadence."""

from datetime import timedelta

import polars as pl

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast.developers import active_developers
from sprintlib.forecast.inputs import MINIMUM_CLOSING_DAYS, imported_pace
from sprintlib.forecast.queue import closings
from sprintlib.forecast.ranges import quantile, whole_interval
from sprintlib.forecast.rates import discounted_counts, starting_pace
from sprintlib.forecast.throughput_history import share_passed
from sprintlib.forecast.workload import Workload
from sprintlib.history import ProjectState

_LOOKBACK_DAYS = 365


def closed_in_cadence(past: ProjectState, calendar: WorkingCalendar, cadence_days: int) -> tuple[int, int, int] | None:
    """Items that close in the next `cadence_days` days: the median within its 80 % interval.

    Every item of every repository counts here, whether it is in a milestone or not. None with too few closings.
    """
    today = calendar.local_date(past.as_of)
    since = past.as_of - timedelta(days=_LOOKBACK_DAYS)
    recent = past.items.filter(pl.col("closed_at") > since)["closed_at"]
    closed = [calendar.local_date(moment) for moment in recent]
    if len({day for day in closed if calendar.is_working_day(day)}) < MINIMUM_CLOSING_DAYS:
        return None
    first = max(calendar.local_date(past.items["created_at"].min()), calendar.local_date(since))  # type: ignore[arg-type]
    worked = {day: share_passed(day, past.as_of, calendar) for day in calendar.working_days(first, today)}
    seen = discounted_counts(closed, worked, today, calendar)
    developers = sum(active_developers(past, repo) for repo in past.repositories["repo"])
    work = Workload(
        name="project",
        pace=starting_pace(developers, seen.days, imported_pace(past))[0].after(seen.events, seen.days),
        arrivals=None,
        open=tuple(past.items.filter(state="open")["ref"]),
    )
    days = calendar.working_time(past.as_of, past.as_of + timedelta(days=cadence_days))
    made = closings(work, days)
    low, high = whole_interval(made)
    return low, int(quantile(made, 0.5)), high
