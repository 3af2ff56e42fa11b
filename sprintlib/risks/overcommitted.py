"""More in the sprint than it will probably finish, early enough to change that."""

from sprintlib.forecast import probability_in_time, clamp, count, percent
from sprintlib.risks.model import Risk
from sprintlib.risks.context import SprintContext

KIND = "overcommitted"


def detect(context: SprintContext) -> list[Risk]:
    """The probability is below the threshold after part of the time, and the deadline has not passed."""
    limits, gone, inputs = context.thresholds, context.time_gone, context.inputs
    if gone is None or gone < limits.overcommitted_time or context.sprint.overdue:
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
                f"{count(len(refs), 'item')} open with {gone:.0%} of the time gone: all of them in time has a "
                f"probability of {percent(clamp(raw))}."
            ),
            rule=(
                f"The probability that all is done or dropped in time is below {limits.overcommitted_probability:.0%} "
                f"after {limits.overcommitted_time:.0%} of the time; high below half of that with the "
                "deadline near."
            ),
            items=tuple(refs),
            evidence=context.cite(refs),
        )
    ]
