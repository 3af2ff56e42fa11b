"""Where an item stands and how likely it is done in time: `api#71 has not been started (45% likely in time)`."""

from collections.abc import Sequence

from sprintlib.forecast.inputs import ForecastInputs
from sprintlib.forecast.item_forecasts import in_time, slowest_first
from sprintlib.forecast.items import closings_of
from sprintlib.forecast.words import percent

_STAGES = {
    "untouched": "has not been started",
    "begun": "is in progress",
    "opened": "waits for a first review",
    "reviewed": "is under review",
    "approved": "is approved and not merged",
}
_CERTAIN = 0.95  # an item above it moves nothing that is shown


def item_words(inputs: ForecastInputs, refs: Sequence[str]) -> list[str]:
    """A clause for each of these open items of the sprint whose chance is known, in their order."""
    known = [ref for ref in refs if ref in inputs.work.open]
    chances = in_time(inputs, known) if inputs.work.rates else {}
    closings = closings_of(inputs.sprint.past, inputs.sprint.calendar)
    stages = dict(closings.standing.select("ref", "stage").iter_rows())
    return [
        f"{_short(ref)} {_standing(inputs, ref, stages[ref])} ({percent(chances[ref])} likely in time)"
        for ref in known
        if chances.get(ref) is not None
    ]


def most_in_doubt(inputs: ForecastInputs, most: int) -> list[str]:
    """The open items least likely to be done in time, a pull request with the item that it carries being one."""
    pieces = [ref for ref in slowest_first(inputs) if ref in inputs.work.pieces]
    chances = in_time(inputs, pieces[:most])
    return [ref for ref, chance in chances.items() if chance is not None and chance <= _CERTAIN]


def _standing(inputs: ForecastInputs, ref: str, stage: str) -> str:
    if ref not in inputs.work.blocked:
        return _STAGES[stage]
    blockers = inputs.work.waits_for.get(ref, ())
    return f"waits for {' and '.join(_short(one) for one in blockers)}" if blockers else "is blocked"


def _short(ref: str) -> str:
    """`acme/api#7` -> `api#7`."""
    return ref.rpartition("/")[2]
