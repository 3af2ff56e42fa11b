"""One sentence for the first screen."""

from collections.abc import Sequence

from sprintlib.forecast import ForecastInputs, a_percent, count, day_name
from sprintlib.forecast.model import Forecast, ForecastDates
from sprintlib.risks import Risk
from sprintlib.risks.blocked_item import CROSS_KIND
from sprintlib.risks.blocked_item import KIND as BLOCKED
from sprintlib.risks.failing_ci import KIND as CI
from sprintlib.risks.scope_creep import KIND as CREEP
from sprintlib.risks.stale_pull_request import KIND as STALE


def summary(inputs: ForecastInputs, forecast: Forecast, risks: Sequence[Risk]) -> str:
    """What a lead reads first: the answer, the pace it rests on and the worst risk. Plain text."""
    sprint = inputs.sprint
    left = sprint.open_items.height
    if not left:
        return f"{sprint.title}: {forecast.reason}"
    facts = f"{left} of {count(sprint.items.height, 'item')} {'is' if left == 1 else 'are'} open"
    if forecast.basis == "insufficient-data":
        missed = f"{forecast.reason} " if sprint.overdue else ""
        return f"{sprint.title}: {missed}{facts}, and there is too little history for a forecast."
    details = f"{facts}, the team closes {_pace(inputs.work.pace.mean)}{_worst(risks)}"
    if sprint.deadline is None:
        return f"{sprint.title} has no due date: {details}; {_two_weeks(forecast)}."
    if sprint.overdue:
        return f"{sprint.title} missed its deadline, {day_name(sprint.due_on)}: {details}; {_finish(forecast.dates)}."
    probability_in_time = f"{a_percent(forecast.probability)} chance to be done by {day_name(sprint.due_on)}"
    return f"{sprint.title} has {probability_in_time}: {details}."


def _pace(a_day: float) -> str:
    """`1.3 a working day`, or `one every 16 working days` where that is easier to picture."""
    if a_day >= 0.5:
        return f"{a_day:.2g} a working day"
    days = 1 / a_day
    return f"one every {days:,.0f} working days" if days >= 10 else f"one every {days:.2g} working days"


def _two_weeks(forecast: Forecast) -> str:
    low, _, high = forecast.closed_in_two_weeks or (0, 0, 0)
    return f"{low} to {high} of them close in the next two weeks" if low < high else f"{low} in the next two weeks"


def _finish(dates: ForecastDates) -> str:
    return f"even odds that it is done {'by ' if dates.p50 else ''}{day_name(dates.p50)}"


def _worst(risks: Sequence[Risk]) -> str:
    """The first risk that fits into half a sentence, with short names: `, and web#41 waits for api#12`."""
    for risk in risks:
        clause = _clause(risk) if risk.severity in ("high", "medium") else None
        if clause:
            return f", and {clause}"
    return ""


def _clause(risk: Risk) -> str | None:
    names = [ref.rpartition("/")[2] for ref in risk.items]
    if risk.kind in (BLOCKED, CROSS_KIND) and len(names) > 1:
        return f"{names[0]} waits for {names[1]}"
    if risk.kind == STALE:
        return f"{names[0]} waits for {risk.actor or 'a maintainer'}"
    if risk.kind == CREEP:
        return f"{count(len(names), 'item')} came in after the start"
    if risk.kind == CI and risk.evidence:
        return f"the default branch of {risk.evidence[0].ref.partition(' ')[0].rpartition('/')[2]} fails"
    return None
