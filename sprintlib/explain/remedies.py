"""What stands below a bar of the account, in one plain sentence: the fact, or what acting on it would bring now.

What an action would bring is said by the what-if alone (forecast.whatif), never by the size of the bar.
"""

from collections.abc import Iterator

from sprintlib.forecast import Change, ForecastInputs, count, points, slowest_first, whole_points
from sprintlib.recommend import with_pull_requests
from sprintlib.risks import SprintContext, listed

_NAMED = 4


def base(inputs: ForecastInputs) -> str:
    """The starting point."""
    return "Every account starts here." if inputs.sprint.open_items.height else "Nothing is open."


def pace(inputs: ForecastInputs) -> str:
    """Own pace of closings, against the one of a team this size; it is surer too, which moves the score by itself."""
    own, general = inputs.work.pace.mean, inputs.prior.mean
    return f"The team closes {own:.2g} a working day; {general:.2g} is general for its size."


def added(context: SprintContext, inputs: ForecastInputs) -> tuple[str, Change | None]:
    """Items added after the start that are still open, and taking them out."""
    still = sorted(set(inputs.sprint.additions) & set(inputs.work.open))
    if not still:
        return "Nothing that came in after the start is still open.", None
    what = "the added item" if len(still) == 1 else f"the {count(len(still), 'added item')}"
    return f"Taking out {what} ({listed(still, _NAMED)})", Change(drop=with_pull_requests(context, still))


def arrivals(inputs: ForecastInputs) -> str:
    """Items expected to come in."""
    rate = inputs.work.arrivals
    if rate is None:
        return "Nothing is expected to come in."
    return f"{rate.mean:.2g} items a working day are expected, going by what came so far."


def standing(inputs: ForecastInputs) -> str:
    """What is known of single items, against a queue that the team works off one by one."""
    if not inputs.work.rates:
        return "Too little is known of single items."
    return f"Likely the last: {listed(slowest_first(inputs), _NAMED)}."


def blocked(context: SprintContext, inputs: ForecastInputs) -> tuple[str, Change | None]:
    """Items that wait for others, and freeing them."""
    waits = list(_waits(context, inputs))
    if not waits:
        return "No open item waits for another one.", None
    return f"Unblocking {listed(waits, _NAMED)}", Change(unblock=tuple(inputs.work.blocked))


def would_bring(acting: str, brought: float | None) -> str:
    """`Unblocking acme/api#14 would bring +5 points now`, as a sentence; or that it would change nothing."""
    if brought is None or not whole_points(brought):
        return f"{acting} would change nothing now."
    return f"{acting} would bring {points(brought)} now."


def rest() -> str:
    """The remainder."""
    return "The score is a whole number and never leaves 3 to 97 while work remains."


def _waits(context: SprintContext, inputs: ForecastInputs) -> Iterator[str]:
    """`acme/api#12 (waits for acme/web#7)`, an item each."""
    blockers: dict[str, list[str]] = {}
    for blockade in context.blocked_items:
        if blockade.item in inputs.work.blocked:
            blockers.setdefault(blockade.item, []).extend([blockade.blocker] if blockade.blocker else [])
    for item in inputs.work.blocked:
        known = blockers.get(item)
        yield f"{item} (waits for {listed(known, _NAMED)})" if known else f"{item} (nobody says what for)"
