"""How numbers and dates are said: the same words on every page."""

from datetime import date, datetime, tzinfo

from sprintlib import forecast
from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.clock import zone_name
from sprintlib.history.lateness import days_after
from sprintlib.recommend.model import Recommendation

_CHANCES = (
    (0.95, "almost certain", "Almost certain to land"),
    (0.80, "likely", "Likely to land"),
    (0.60, "rather likely", "Rather likely to land"),
    (0.40, "a toss-up", "A toss-up whether it lands"),
    (0.20, "unlikely", "Unlikely to land"),
    (0.05, "very unlikely", "Very unlikely to land"),
    (0.0, "almost certainly not", "Almost certain not to land"),
)
_BASIS = {
    "prior": "the pace of other teams; this team's own history is still too short",
    "learned": "this team's own history",
    "insufficient-data": "too little data",
}
_DELIVERED_BY = {"mechanistic": "pace alone", "layered": "pace and past sprints"}
SEVERITIES = {"high": "High", "medium": "Medium", "low": "Low", "unknown": "Unknown"}


def percent(probability: float | None) -> str:
    """`38%`; `>95%` and `<5%` at the ends, because nothing is certain while work remains; a dash for None."""
    return "–" if probability is None else forecast.percent(probability)


def chance(probability: float) -> str:
    """The probability as a word, for a table."""
    return next(word for floor, word, _ in _CHANCES if probability >= floor)


def gain(expected: float | None) -> str:
    """Probability points that an action adds: `+11 points`, or why there is none."""
    return forecast.points(expected)


def particulars(action: Recommendation) -> list[str]:
    """Effort, who can act unless the action names them, why, how the team took such actions, its lot; plain text."""
    effort = f"about {forecast.working_days(action.effort)}" if action.effort is not None else ""
    who = f"who: {action.actor}" if action.actor and action.actor not in action.action else ""
    drawn = str(action.experiment) if action.experiment else ""
    return [part for part in (effort, who, action.why or "", action.record or "", drawn) if part]


def in_points(milestone: MilestoneAnalysis) -> str:
    """The scope in points of a GitHub Project, in a sentence; empty where no item has any."""
    told = milestone.points
    if told is None:
        return ""
    pace = f"; {told.per_working_day:.1f} a working day" if told.per_working_day is not None else ""
    without = f"; {forecast.count(told.without, 'item')} without points" if told.without else ""
    return (
        f"In story points: {told.committed:g} committed + {told.added:g} added - {told.removed:g} removed = "
        f"{told.done:g} done + {told.dropped:g} dropped + {told.open:g} open{pace}{without}."
    )


def signed(points: float) -> str:
    """`+6`, `-14`, `0`: rounded, and nothing has no sign."""
    return f"{round(points):+d}" if round(points) else "0"


def day(value: date | None, missing: str = "beyond a year") -> str:
    """`Fri 27 Nov 2026`."""
    return forecast.day_name(value) if value else missing


def short_day(value: date | None, beside: date, missing: str = "beyond a year") -> str:
    """`Fri 27 Nov`; with its year where that is another one than that of the day `beside` it."""
    if value is None:
        return missing
    return f"{value:%a} {value.day} {value:%b}" if value.year == beside.year else day(value)


def between(early: date | None, late: date | None, beside: date) -> str:
    """Two ends of an interval, `Fri 27 Nov to Tue 15 Dec`; one where they are said alike."""
    return " to ".join(dict.fromkeys((short_day(early, beside), short_day(late, beside))))


def moment(value: datetime, zone: tzinfo) -> str:
    """`18 Nov 2026, 17:00 CET`: in the project's zone, which is named because its clocks may change."""
    local = value.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M} {zone_name(value, zone)}"


def age(value: datetime | None, as_of: datetime) -> str:
    """How old facts are as of a moment: `12 minutes old`, `27 hours old`, `5 days old`, `never collected`."""
    if value is None:
        return "never collected"
    minutes = int((as_of - value).total_seconds() // 60)
    if minutes < 0:
        return "collected later"
    for unit, length in (("day", 2880), ("hour", 120)):
        if minutes >= length:
            count = minutes // (1440 if unit == "day" else 60)
            return f"{count} {unit}s old"
    return f"{minutes} minute{'' if minutes == 1 else 's'} old"


def span(low: int, high: int) -> str:
    """`17 to 22`, or `20` where both ends are the same."""
    return f"{low} to {high}" if low < high else str(low)


def count(number: int, noun: str) -> str:
    """`1 item`, `2 items`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def basis(milestone: MilestoneAnalysis) -> str:
    """What the forecast rests on, with n."""
    said = f"{_BASIS[milestone.basis]} ({count(milestone.n_history, 'completed item')})"
    return "; ".join([said, *milestone.adopted])


def delivered(milestone: MilestoneAnalysis) -> str:
    """`52% (pace and past sprints)`: that at least the same amount is delivered, and what the number is made of."""
    return f"{percent(milestone.probability_delivered)} ({_DELIVERED_BY[milestone.delivered_by]})"


def today(analysis: Analysis, milestone: MilestoneAnalysis) -> date:
    """The local day of `as_of`: the last past day of the burn-up."""
    return milestone.burn_up.days[-1].day if milestone.burn_up.days else analysis.as_of.date()


def headline(analysis: Analysis, milestone: MilestoneAnalysis) -> tuple[str, str]:
    """The answer: a figure (`38%`) and the words beside it (`Unlikely to land by Fri 27 Nov`)."""
    if milestone.scope.open == milestone.scope.done == milestone.scope.dropped == 0:
        return "Empty", "No item is in it"
    if milestone.scope.open == 0:
        return "Done", "Every item is done or dropped"
    if milestone.state == "closed":
        return "Closed", f"The milestone was closed with {count(milestone.scope.open, 'item')} open"
    if milestone.due_on and milestone.due_on < today(analysis, milestone):
        late = days_after(milestone.due_on, today(analysis, milestone))
        return "Late", f"{count(late, 'day')} past the due date with {count(milestone.scope.open, 'item')} open"
    if milestone.due_on is None and milestone.closed_in_two_weeks:
        low, _, high = milestone.closed_in_two_weeks
        return span(low, high), "of the open items close in the next two weeks, with 80% probability"
    if milestone.probability is None:
        return "No number", milestone.reason or "The reason was not recorded"
    due = short_day(milestone.due_on, today(analysis, milestone), "its end")
    return percent(milestone.probability), f"{_outlook(milestone.probability)} by {due}"


def _outlook(probability: float) -> str:
    return next(phrase for floor, _, phrase in _CHANCES if probability >= floor)
