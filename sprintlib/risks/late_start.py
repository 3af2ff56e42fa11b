"""A sprint that runs while hardly anything in it was begun."""

from sprintlib.forecast import count
from sprintlib.risks.context import SprintContext, listed
from sprintlib.risks.model import Play, Risk

KIND = "late_start"
PLACE = 70
PLAY = Play("PB-011", "Take one item a person, the riskiest dependency first: {items}.")
_LEAST_ITEMS = 3  # fewer can all be begun last without being late


def detect(context: SprintContext) -> list[Risk]:
    """Part of the time has gone and too few of the items were begun or closed.

    Not where most of the work names no issue: then nobody can see what is begun (untracked_board).
    """
    limits, gone = context.thresholds, context.time_gone
    closed = context.sprint.items.height - context.sprint.open_items.height
    whole = closed + len(context.work_items)
    if gone is None or gone < limits.late_start_time or whole < _LEAST_ITEMS:
        return []
    started = closed + len(context.started)
    if started >= limits.late_start_share * whole or context.unnamed_work.is_most:
        return []
    resting = [ref for ref in context.work_items if ref not in context.started]
    return [
        Risk(
            kind=KIND,
            severity="high" if context.near_due else "medium",
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
            evidence=context.cite(resting),
        )
    ]
