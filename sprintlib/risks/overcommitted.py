"""More in the sprint than it will probably finish, early enough to change that."""

from sprintlib.forecast import chance, clamp, count
from sprintlib.risks.model import Risk
from sprintlib.risks.situation import Situation, a_chance

KIND = "overcommitted"
PLACE = 140


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
                f"{count(len(refs), 'item')} still open {gone:.0%} of the way through; {a_chance(clamp(raw))} of "
                f"finishing {'it' if len(refs) == 1 else 'them all'} in time."
            ),
            rule=(
                "The chance that every item is done or dropped in time is below "
                f"{limits.overcommitted_probability:.0%} once {limits.overcommitted_time:.0%} of the time has passed; "
                "high below half of that when the deadline is near."
            ),
            items=tuple(refs),
            evidence=situation.cite(refs),
        )
    ]
