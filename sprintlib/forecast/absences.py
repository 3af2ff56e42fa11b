"""Planned absences: a team of which somebody is away closes less. Only the number of days is ever used or shown."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast.inputs import ForecastInputs
from sprintlib.forecast.workload import Workload

NOBODY = 0.01  # share of the pace that is left where everybody is away


@dataclass(frozen=True)
class Absence:
    """Somebody is away from the first to the last day, both included. who: tells overlapping absences of one apart."""

    who: str
    first: date
    last: date


def days_away(absences: Sequence[Absence], calendar: WorkingCalendar, since: datetime, until: datetime) -> float:
    """Working days that people are away between two moments, added up over the people; each day of one counts once."""
    days: defaultdict[str, set[date]] = defaultdict(set)
    for one in absences:
        first, last = max(one.first, calendar.local_date(since)), min(one.last, calendar.local_date(until))
        days[one.who.lower()].update(first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return sum(
        calendar.working_time(max(calendar.start_of_day(day), since), min(calendar.end_of_day(day), until))
        for theirs in days.values()
        for day in theirs
    )


def with_absences(inputs: ForecastInputs, absences: Sequence[Absence]) -> ForecastInputs:
    """The same with the pace that is left until the deadline, if there is one; everybody closes the same share."""
    deadline, days_left = inputs.sprint.deadline, inputs.work.days_left
    if deadline is None or not days_left:
        return inputs
    away = days_away(absences, inputs.sprint.calendar, inputs.sprint.past.as_of, deadline)
    team = max(inputs.developers, 1.0)
    return replace(inputs, work=staffed(inputs.work, max((team - away / days_left) / team, NOBODY)))


def staffed(work: Workload, factor: float) -> Workload:
    """The work at another pace, a multiple of the present one."""
    return work if factor == 1 else replace(work, pace=replace(work.pace, days=work.pace.days / factor))
