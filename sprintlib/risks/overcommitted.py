"""More in the sprint than it will probably finish, early enough to change that."""

from sprintlib.forecast import chance, clamp, count, percent
from sprintlib.risks.model import Risk
from sprintlib.risks.situation import Situation

KIND = "overcommitted"


def detect(situation: Situation) -> list[Risk]:
    """The probability is below the threshold after part of the time, and the deadline has not passed."""
    limits, gone, outlook = situation.thresholds, situation.time_gone, situation.outlook
    if gone is None or gone < limits.overcommitted_time or situation.sprint.overdue:
        return []
    raw = None if outlook.basis == "insufficient-data" else chance(outlook.work)
    if raw is None or raw >= limits.overcommitted_probability:
        return []
    refs = situation.sprint.open_items["ref"].sort().to_list()
    return [
        Risk(
            kind=KIND,
            severity="high" if raw < limits.overcommitted_probability / 2 and situation.near_due else "medium",
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
            evidence=situation.cite(refs),
        )
    ]
