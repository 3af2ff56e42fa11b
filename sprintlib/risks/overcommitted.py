"""More in the sprint than it will probably finish, early enough to change that."""

from sprintlib.forecast import clamp, count, probability_in_time
from sprintlib.risks.context import SprintContext, a_chance
from sprintlib.risks.model import Risk

KIND = "overcommitted"
PLACE = 140


def detect(context: SprintContext) -> list[Risk]:
    """The probability is below the threshold after part of the time, and the deadline has not passed.

    In a sprint of a cadence nobody committed to anything: work that goes along into the next one is no alarm.
    """
    limits, gone, inputs = context.thresholds, context.time_gone, context.inputs
    unplanned = context.sprint.past.source == "cadence"
    if unplanned or gone is None or gone < limits.overcommitted_time or context.sprint.overdue:
        return []
    raw = None if inputs.basis == "insufficient-data" else probability_in_time(inputs.work)
    if raw is None or raw >= limits.overcommitted_probability:
        return []
    refs = context.sprint.open_items["ref"].sort().to_list()
    return [
        Risk(
            kind=KIND,
            severity="high" if raw < limits.overcommitted_probability / 2 and context.near_due else "medium",
            statement=(
                f"{count(len(refs), 'item')} still open {gone:.0%} of the way through; {a_chance(clamp(raw))} of "
                f"finishing {'it' if len(refs) == 1 else 'them all'} in time."
            ),
            rule=(
                "The chance that every item is done or dropped in time is below "
                f"{limits.overcommitted_probability:.0%} once {limits.overcommitted_time:.0%} of the time has passed; "
                "high below half of that when the deadline is near."
            ),
            items=tuple(refs),
            evidence=context.cite(refs),
        )
    ]
