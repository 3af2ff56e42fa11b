"""A sprint that runs while hardly anything in it was begun."""

from sprintlib.forecast import count
from sprintlib.risks.model import Play, Risk
from sprintlib.risks.situation import Situation, listed

KIND = "late_start"
PLACE = 70
PLAY = Play("PB-011", "Take one item a person, the riskiest dependency first: {items}.")
_LEAST_ITEMS = 3  # fewer can all be begun last without being late


def detect(situation: Situation) -> list[Risk]:
    """Part of the time has gone and too few of the items were begun or closed.

    Not where most of the work names no issue: then nobody can see what is begun (untracked_board).
    """
    limits, gone = situation.thresholds, situation.time_gone
    closed = situation.sprint.items.height - situation.sprint.open_items.height
    whole = closed + len(situation.pieces)
    if gone is None or gone < limits.late_start_time or whole < _LEAST_ITEMS:
        return []
    started = closed + len(situation.begun)
    if started >= limits.late_start_share * whole or situation.unnamed_work.is_most:
        return []
    resting = [ref for ref in situation.pieces if ref not in situation.begun]
    return [
        Risk(
            kind=KIND,
            severity="high" if situation.near_due else "medium",
            statement=(
                f"{started or 'None'} of {count(whole, 'item')} started or closed {gone:.0%} of the way through. "
                f"Not started: {listed(resting, 4)}."
            ),
            rule=(
                f"After {limits.late_start_time:.0%} of the time less than {limits.late_start_share:.0%} of the items "
                "are closed or started: with a pull request, with somebody who took it, or with a commit that names "
                "it since the sprint started. Not where most of the work in these repositories names no issue, since "
                "then the items cannot tell; high when the deadline is near."
            ),
            items=tuple(resting),
            evidence=situation.cite(resting),
        )
    ]
