"""The account of the health score: what each fact about the sprint adds to or takes from it.

The forecast is computed again with one fact more at a time, in the fixed order of `_BARS`. A bar is the step that the
fact makes in log-odds, and the same step in points of the score. The log-odds sum to those of the probability shown,
the points to the score; another order would share the same sums differently (docs/forecast.md).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import log
from typing import Any, NamedTuple

from sprintlib.explain import remedies
from sprintlib.explain.model import Driver
from sprintlib.forecast import (
    DRAWS,
    Change,
    ForecastInputs,
    Workload,
    gain,
    probability_in_time,
    probability_under,
    slowest_first,
)
from sprintlib.forecast.model import Forecast
from sprintlib.risks import SprintContext

BASE = "Starting point: the committed items at the general pace of a team this size"
PACE = "Own pace of closings"
ADDED = "Items added after the start"
ARRIVALS = "Items expected to come in"
STANDING = "How far the open items have come"
BLOCKED = "Blocked items"
REST = "Rounding and the limits of the score"


class DriverStep(NamedTuple):
    """How far one fact moves the forecast: in log-odds, and in points of the score."""

    log_odds: float
    points: float


def health(probability: float | None) -> int | None:
    """The health score: 100 x probability, rounded."""
    return None if probability is None else round(100 * probability)


def explain(context: SprintContext, inputs: ForecastInputs, forecast: Forecast) -> tuple[Driver, ...]:
    """The bars from the starting point to the score; none where the score is null or settled."""
    if forecast.probability is None or forecast.reason is not None:
        return ()
    items = _items(context, inputs)
    steps = account([probability_in_time(bar.work(inputs)) or 0.0 for bar in _BARS], forecast.probability)
    told = _remedies(context, inputs)
    return tuple(
        Driver(
            name=name,
            log_odds=step.log_odds,
            points=step.points,
            items=items.get(name, ()),
            evidence=context.cite(items.get(name, ())),
            **_told(inputs, told[name], forecast.probability),
        )
        for name, step in zip(told, steps, strict=True)
    )


def _remedies(context: SprintContext, inputs: ForecastInputs) -> dict[str, str | tuple[str, Change | None]]:
    """What stands below each bar, in their order; with the change where there is something to act on."""
    return {
        BASE: remedies.base(inputs),
        PACE: remedies.pace(inputs),
        ADDED: remedies.added(context, inputs),
        ARRIVALS: remedies.arrivals(inputs),
        STANDING: remedies.standing(inputs),
        BLOCKED: remedies.blocked(context, inputs),
        REST: remedies.rest(),
    }


def _told(inputs: ForecastInputs, remedy: str | tuple[str, Change | None], probability: float) -> dict[str, Any]:
    """The fields of a Driver that say what acting on it would bring."""
    words, change = (remedy, None) if isinstance(remedy, str) else remedy
    if change is None:
        return {"remedy": words}
    brought = gain(probability, probability_under(inputs, change))
    return {"remedy": remedies.would_bring(words, brought), "change": change, "expected_gain": brought}


def account(chances: Sequence[float], probability: float) -> list[DriverStep]:
    """Steps from even odds and no points through these chances to the probability shown; the last is the remainder.

    chances: share of futures that land, 0-1, with one fact more each. probability: within (0, 1), the headline.
    A chance of 0 or 1 has no log-odds, so half a future is added on either side; what the limits of the headline
    (.03 and .97) take away again is in the remainder, with the rounding.
    """
    smoothed = [(share * DRAWS + 0.5) / (DRAWS + 1) for share in chances]
    reached = [*(DriverStep(_logit(share), round(100 * share, 1)) for share in smoothed), _headline(probability)]
    return list(_steps(reached))


def _headline(probability: float) -> DriverStep:
    return DriverStep(_logit(probability), float(health(probability) or 0))


def _steps(reached: Sequence[DriverStep]) -> Iterator[DriverStep]:
    before = DriverStep(0.0, 0.0)
    for now in reached:
        yield DriverStep(now.log_odds - before.log_odds, round(now.points - before.points, 1))
        before = now


def _logit(share: float) -> float:
    return log(share / (1 - share))


def _base(inputs: ForecastInputs) -> Workload:
    return replace(_paced(inputs), pace=inputs.prior)


def _paced(inputs: ForecastInputs) -> Workload:
    return _grown(inputs).without(inputs.sprint.additions)


def _grown(inputs: ForecastInputs) -> Workload:
    return replace(_growing(inputs), arrivals=None)


def _growing(inputs: ForecastInputs) -> Workload:
    return _standing(inputs).as_queue()


def _standing(inputs: ForecastInputs) -> Workload:
    return replace(inputs.work, blocked={})


def _whole(inputs: ForecastInputs) -> Workload:
    return inputs.work


class _Bar(NamedTuple):
    """A fact: its name, and the work with it and everything before it."""

    name: str
    work: Callable[[ForecastInputs], Workload]


_BARS = (
    _Bar(BASE, _base),
    _Bar(PACE, _paced),
    _Bar(ADDED, _grown),
    _Bar(ARRIVALS, _growing),
    _Bar(STANDING, _standing),
    _Bar(BLOCKED, _whole),
)


def _items(context: SprintContext, inputs: ForecastInputs) -> dict[str, tuple[str, ...]]:
    """Every item that each bar is about; closings and arrivals newest first."""
    closings = sorted((entry for seen in inputs.throughput for entry in seen.closings), reverse=True)
    arrivals = sorted((entry for seen in inputs.throughput for entry in seen.arrivals), reverse=True)
    committed = [ref for part in inputs.sprint.parts for ref in part.scope.committed]
    still = set(inputs.sprint.open_items["ref"])
    blocked = [ref for blockade in context.blocked_items for ref in (blockade.item, blockade.blocker) if ref]
    about: dict[str, list[str]] = {
        BASE: [ref for ref in committed if ref in still],
        PACE: [entry.ref for entry in closings],
        ADDED: [ref for ref in inputs.sprint.additions if ref in still],
        ARRIVALS: [entry.ref for entry in arrivals],
        STANDING: slowest_first(inputs),
        BLOCKED: blocked,
    }
    return {name: tuple(dict.fromkeys(refs)) for name, refs in about.items()}
