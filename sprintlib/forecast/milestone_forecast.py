"""From an outlook to the forecast that is shown: numbers with their range, or the reason why there is none."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from math import ceil

import numpy as np

from sprintlib.forecast.inputs import HIGHEST, LOWEST, MINIMUM_CLOSING_DAYS, ForecastInputs, clamp
from sprintlib.forecast.item_ends import HORIZON
from sprintlib.forecast.model import Forecast, ForecastDates, Interval
from sprintlib.forecast.queue import closings
from sprintlib.forecast.random_streams import Draws
from sprintlib.forecast.ranges import interval, quantile, whole_interval
from sprintlib.forecast.simulation import finish_days, present_closed, probability_in_time, projection
from sprintlib.forecast.words import count, day_name
from sprintlib.forecast.workload import Workload
from sprintlib.history.sprint import Sprint, SprintPart
from sprintlib.imports import special_functions

TWO_WEEKS = timedelta(days=14)
DONE = "Nothing is open: every item is done or dropped."
FINISHED_BY = 0.85  # the day by whose end so many futures are finished is shown beside the interval, and lies within
_PROJECTED_POINTS = 30
_SHOWN_DAYS, _NEARLY_ALL = 45, 0.97  # of the finish by day: nine weeks, or until few futures are left
_special = special_functions()


def forecast(inputs: ForecastInputs) -> Forecast:
    """What the futures say; or, where too little is known, the reason why there is no number."""
    known = headline(inputs)
    if inputs.basis == "insufficient-data" or inputs.sprint.open_items.is_empty():
        return known
    return known.model_copy(update=_simulated(inputs, known, undecided=_settled(inputs) is None))


def headline(inputs: ForecastInputs) -> Forecast:
    """Probability and reason, without dates."""
    probability, reason = _settled(inputs) or _by_chance(inputs)
    return Forecast(
        probability=probability,
        probability_delivered=probability,
        reason=reason,
        basis=inputs.basis,
        n_history=inputs.n_history,
    )


def part_forecast(inputs: ForecastInputs, part: SprintPart) -> tuple[float | None, str | None]:
    """Probability of one part alone, by its own deadline, and the reason where there is none or it is settled.

    The team works on all parts; too little history of the sprint is too little for its parts.
    """
    alone = replace(inputs, sprint=inputs.sprint.only(part))
    settled = _settled(alone)
    if settled or inputs.basis == "insufficient-data" or part.deadline is None:
        return settled or (None, _why_missing(alone))
    left = alone.sprint.days_left or 0.0
    return clamp(float(np.mean(finish_days(inputs.work, alone.sprint.open_items["ref"].to_list()) <= left))), None


def governing_part(inputs: ForecastInputs) -> str | None:
    """The repository whose part ends last most often; None with fewer than two parts that have open items."""
    if inputs.basis == "insufficient-data":
        return None
    busy = {part.repo: inputs.sprint.only(part).open_items["ref"].to_list() for part in inputs.sprint.parts}
    ends = {repo: finish_days(inputs.work, refs) for repo, refs in busy.items() if refs}
    if len(ends) < 2:
        return None
    last = np.argmax(np.stack(list(ends.values())), axis=0)
    return list(ends)[int(np.argmax(np.bincount(last, minlength=len(ends))))]


def _settled(inputs: ForecastInputs) -> tuple[float | None, str] | None:
    """The outcome where it is known already, with the words for it."""
    sprint = inputs.sprint
    if sprint.items.is_empty():
        return None, "The milestone holds no items."
    left = sprint.open_items.height
    if sprint.deadline is None:
        return None if left else (None, DONE)
    if not left:
        last = sprint.items["closed_at"].max()
        late = last is not None and last > sprint.deadline  # type: ignore[operator]
        if late:
            return (
                LOWEST,
                f"Every item is done or dropped, but the last one after the deadline, {day_name(sprint.due_on)}.",
            )
        return HIGHEST, DONE
    if sprint.overdue:
        return LOWEST, f"The deadline passed on {day_name(sprint.due_on)} with {count(left, 'item')} open."
    return None


def _by_chance(inputs: ForecastInputs) -> tuple[float | None, str | None]:
    raw = None if inputs.basis == "insufficient-data" else probability_in_time(inputs.work)
    return None if raw is None else clamp(raw), _why_missing(inputs)


def _why_missing(inputs: ForecastInputs) -> str | None:
    if inputs.basis == "insufficient-data":
        return (
            f"Only {count(inputs.closing_days, 'working day')} had a closing in this milestone and the project's "
            f"earlier ones; a forecast needs {MINIMUM_CLOSING_DAYS}."
        )
    if inputs.sprint.deadline is None:
        return "The milestone has no due date, so there is no deadline to meet: set one on GitHub."
    return None


def _simulated(inputs: ForecastInputs, known: Forecast, undecided: bool) -> dict[str, object]:
    """Dates, intervals and the projection of the futures."""
    sprint, work = inputs.sprint, inputs.work
    finish = finish_days(work)
    closed = sprint.items.height - sprint.open_items.height
    found: dict[str, object] = {
        "dates": ForecastDates(
            **{f"p{level}": _finish_date(sprint, finish, level / 100) for level in (50, 70, 85, 95)}
        ),
        "closed_in_two_weeks": _closed_in_two_weeks(sprint, work, finish),
        "projection": _projected(sprint, work, finish, closed),
        "finish_by_day": _finish_by_day(sprint, finish),
    }
    by_due = None
    if undecided and work.days_left is not None:
        ended = present_closed(work, work.days_left, finish)
        by_due = whole_interval(closed + ended)
        enough = (closings(work, work.days_left) >= len(work.open)) | (finish <= work.days_left)
        found |= _delivered(inputs, float(np.mean(enough)), known.probability or LOWEST)
    found["interval"] = Interval(items_closed_by_due=by_due, finish_date=_finish_interval(sprint, finish))
    return found


def _delivered(inputs: ForecastInputs, by_pace: float, probability: float) -> dict[str, object]:
    """Both layers have half of the log-odds; as the narrower event is at least as rare, never under `probability`."""
    learned = inputs.delivery_logit
    if learned is None:
        return {"probability_delivered": clamp(by_pace)}
    both = float(_special.expit((_special.logit(clamp(by_pace)) + learned) / 2))
    return {"probability_delivered": max(clamp(both), probability), "delivered_by": "layered"}


def _closed_in_two_weeks(sprint: Sprint, work: Workload, finish: Draws) -> tuple[int, int, int]:
    """Items now open that end within 14 days: the median within its 80 % interval."""
    days = sprint.calendar.working_time(sprint.past.as_of, sprint.past.as_of + TWO_WEEKS)
    closed = present_closed(work, days, finish)
    low, high = whole_interval(closed)
    return low, int(quantile(closed, 0.5)), high


def _projected(
    sprint: Sprint, work: Workload, finish: Draws, closed: int
) -> tuple[tuple[date, float, float, float], ...]:
    """Items done or dropped at the end of coming working days, up to the p85 finish or the deadline.

    Their 80 % intervals, as everywhere; an end never goes back, because what is done stays done.
    """
    days = _projected_days(sprint, finish)
    found: list[tuple[date, float, float, float]] = []
    low = high = 0
    for (day, _), items in zip(days, projection(work, [left for _, left in days], finish), strict=True):
        least, most = whole_interval(items)
        low, high = max(low, least), max(high, most)
        found.append((day, closed + float(low), closed + quantile(items, 0.5), closed + float(high)))
    return tuple(found)


def _projected_days(sprint: Sprint, finish: Draws) -> list[tuple[date, float]]:
    """(local day, working days until its end), thinned to at most _PROJECTED_POINTS and the last."""
    today = sprint.calendar.local_date(sprint.past.as_of)
    ends = [day for day in (_finish_date(sprint, finish, 0.85), sprint.due_on) if day is not None and day > today]
    last = max(ends, default=today)
    days = [today, *sprint.calendar.working_days(today + timedelta(days=1), last)]
    step = ceil(len(days) / _PROJECTED_POINTS)
    kept = sorted({*days[::step], days[-1]})
    return [(day, sprint.calendar.working_time(sprint.past.as_of, sprint.calendar.end_of_day(day))) for day in kept]


def _finish_by_day(sprint: Sprint, finish: Draws) -> tuple[tuple[date, float], ...]:
    """(local day, share of the futures finished by its end), working days from today on until nearly all are."""
    ahead = days_ahead(sprint, finish)
    shares = [(left, round(float(np.mean(ahead <= left)), 4)) for left in range(_SHOWN_DAYS)]
    last = next((place for place, (_, share) in enumerate(shares) if share >= _NEARLY_ALL), _SHOWN_DAYS - 1)
    named = ((_day(sprint, float(left)), share) for left, share in shares[: last + 1])
    return tuple((day, share) for day, share in named if day is not None)


def _finish_interval(sprint: Sprint, finish: Draws) -> tuple[date | None, date | None]:
    """The local days on which 80 % of the futures are finished; None beyond the horizon."""
    low, high = interval(days_ahead(sprint, finish), least_high=FINISHED_BY)
    return _day(sprint, low), _day(sprint, high)


def _finish_date(sprint: Sprint, finish: Draws, level: float) -> date | None:
    """The local day by whose end `level` of the futures are finished; None beyond the horizon."""
    return date_after(sprint, quantile(finish, level))


def date_after(sprint: Sprint, working_days: float) -> date | None:
    """The local day on which that many working days from now have passed; None beyond a year."""
    return _day(sprint, float(days_ahead(sprint, np.array([working_days]))[0]))


def days_ahead(sprint: Sprint, working_days: Draws) -> Draws:
    """How many working days after today they have passed, whole; 0 for today, inf beyond a year."""
    today = sprint.calendar.local_date(sprint.past.as_of)
    left_today = sprint.calendar.working_time(sprint.past.as_of, sprint.calendar.end_of_day(today))
    whole = np.maximum(np.ceil(working_days - left_today - 1e-9), 0.0)
    return np.where(working_days > HORIZON, np.inf, whole)


def _day(sprint: Sprint, ahead: float) -> date | None:
    """The local day so many working days after today."""
    today = sprint.calendar.local_date(sprint.past.as_of)
    if np.isinf(ahead):
        return None
    return today if ahead == 0 else next(islice(sprint.calendar.following(today), int(ahead) - 1, None))
