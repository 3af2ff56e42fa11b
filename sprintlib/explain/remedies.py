"""What would remove a bar of the account, in one plain sentence each; an honest one where nothing would.

points: how far the bar moves the score.
"""

from collections.abc import Iterator

from sprintlib.forecast import ForecastInputs, count, slowest_first
from sprintlib.risks import SprintContext, listed

_NAMED = 4


def base(_situation: SprintContext, inputs: ForecastInputs, _points: float) -> str:
    """The starting point."""
    if not inputs.sprint.open_items.height:
        return "Nothing is open."
    return "Nothing to remove, as every account starts here; fewer committed items or a later due date raise it."


def pace(_situation: SprintContext, inputs: ForecastInputs, points: float) -> str:
    """Own pace of closings, against the one of a team this size; it is surer too, which moves the score by itself."""
    own, general = inputs.work.pace.mean, inputs.prior.mean
    beside = f"the team closes {own:.2g} a working day, where {general:.2g} is general for its size"
    if (points >= 0) == (own >= general):
        return f"Nothing to remove: {beside}." if points >= 0 else f"Close more a day: {beside}."
    if not points:
        return f"Nothing to remove: {beside}, and here that moves nothing."
    return f"Nothing to remove: {beside}, and being surer of the pace moves the score more than that."


def added(_situation: SprintContext, inputs: ForecastInputs, _points: float) -> str:
    """Items added after the start that are still open."""
    still = sorted(set(inputs.sprint.additions) & set(inputs.work.open))
    if not still:
        return "Nothing to remove: nothing that came in after the start is still open."
    what = "the added item" if len(still) == 1 else f"the {count(len(still), 'added item')}"
    return f"Close {what} or move {'it' if len(still) == 1 else 'them'} out: {listed(still, _NAMED)}."


def arrivals(_situation: SprintContext, inputs: ForecastInputs, _points: float) -> str:
    """Items expected to come in."""
    rate = inputs.work.arrivals
    if rate is None:
        return "Nothing to remove: nothing is expected to come in."
    expected = f"{rate.mean:.2g} items a working day are expected, going by what came so far"
    return f"Let nothing more in until the due date: {expected}."


def standing(_situation: SprintContext, inputs: ForecastInputs, points: float) -> str:
    """What is known of single items, against a queue that the team works off one by one."""
    if not inputs.work.rates:
        return "Nothing to remove: too little is known of single items."
    last = listed(slowest_first(inputs), _NAMED)
    if points >= 0:
        return f"Nothing to remove: items that stand like these end sooner than a queue; likely the last: {last}."
    return f"Look at the items least likely to end in time: {last}."


def blocked(context: SprintContext, inputs: ForecastInputs, _points: float) -> str:
    """Items that wait for others."""
    waits = list(_waits(context, inputs))
    return f"Unblock {listed(waits, _NAMED)}." if waits else "Nothing to remove: no open item waits for another one."


def rest(_situation: SprintContext, _outlook: ForecastInputs, _points: float) -> str:
    """The remainder."""
    return "Nothing: the score is a whole number and never leaves 3 to 97 while work remains."


def _waits(context: SprintContext, inputs: ForecastInputs) -> Iterator[str]:
    """`acme/api#12 (waits for acme/web#7)`, an item each."""
    blockers: dict[str, list[str]] = {}
    for blockade in context.blocked_items:
        if blockade.item in inputs.work.blocked:
            blockers.setdefault(blockade.item, []).extend([blockade.blocker] if blockade.blocker else [])
    for item in inputs.work.blocked:
        known = blockers.get(item)
        yield f"{item} (waits for {listed(known, _NAMED)})" if known else f"{item} (nobody says what for)"
