"""One sentence for the first screen."""

from sprintlib.forecast import ForecastInputs, a_percent, count, day_name, item_words, most_in_doubt
from sprintlib.forecast.model import Forecast, ForecastDates

_NAMED = 2


def summary(inputs: ForecastInputs, forecast: Forecast) -> str:
    """What a lead reads first: the answer, and the items that move it most. Plain text."""
    sprint = inputs.sprint
    left = sprint.open_items.height
    if not left:
        return f"{sprint.title}: {forecast.reason}"
    facts = f"{left} of {count(sprint.items.height, 'item')} {'is' if left == 1 else 'are'} open"
    if forecast.basis == "insufficient-data":
        missed = f"{forecast.reason} " if sprint.overdue else ""
        return f"{sprint.title}: {missed}{facts}, and there is too little history for a forecast."
    details = f"{facts}, the team closes {_pace(inputs.work.pace.mean)}"
    if sprint.deadline is None:
        return f"{sprint.title} has no due date: {details}; {_two_weeks(forecast)}."
    if sprint.overdue:
        return f"{sprint.title} missed its deadline, {day_name(sprint.due_on)}: {details}; {_finish(forecast.dates)}."
    probability_in_time = f"{a_percent(forecast.probability)} chance to be done by {day_name(sprint.due_on)}"
    moves = "; ".join(item_words(inputs, most_in_doubt(inputs, _NAMED)))
    return f"{sprint.title} has {probability_in_time}: {f'{facts}; {moves}' if moves else details}."


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
