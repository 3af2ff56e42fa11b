"""The account of the health score: what each fact about the sprint adds to or takes from it.

The forecast is computed again with one fact more at a time, in the fixed order of `_STEPS`; a bar is the difference.
The bars sum to the score exactly; another order would share the same sum differently.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sprintlib.evidence import Evidence
from sprintlib.explain.model import Driver
from sprintlib.forecast import Outlook, Workload, chance
from sprintlib.forecast.model import Forecast
from sprintlib.risks import Situation

BASE = "Starting point: the committed items at the general pace of a team this size"
PACE = "Own pace of closings"
ADDED = "Items added after the start"
ARRIVALS = "Items expected to come in"
BLOCKED = "Blocked items"
REST = "Rounding and the limits of the score"
_EVIDENCE = 5


def health(probability: float | None) -> int | None:
    """The health score: 100 x probability, rounded."""
    return None if probability is None else round(100 * probability)


def explain(situation: Situation, outlook: Outlook, forecast: Forecast) -> tuple[Driver, ...]:
    """The bars from the starting point to the score; none where the score is null or settled."""
    score = health(forecast.probability)
    if score is None or forecast.reason is not None:
        return ()
    evidence = _evidence(situation, outlook)
    drivers: list[Driver] = []
    reached = 0.0
    for name, step in _STEPS:
        value = round(100 * (chance(step(outlook)) or 0.0), 1)
        drivers.append(Driver(name=name, points=round(value - reached, 1), evidence=evidence[name]))
        reached = value
    rest = round(score - reached, 1)
    return (*drivers, Driver(name=REST, points=rest)) if rest else tuple(drivers)


def _base(outlook: Outlook) -> Workload:
    return replace(_paced(outlook), pace=outlook.prior)


def _paced(outlook: Outlook) -> Workload:
    return _grown(outlook).without(outlook.sprint.additions)


def _grown(outlook: Outlook) -> Workload:
    return replace(_growing(outlook), arrivals=None)


def _growing(outlook: Outlook) -> Workload:
    return replace(outlook.work, blocked={})


def _whole(outlook: Outlook) -> Workload:
    return outlook.work


_Step = Callable[[Outlook], Workload]
_STEPS: Sequence[tuple[str, _Step]] = (
    (BASE, _base),
    (PACE, _paced),
    (ADDED, _grown),
    (ARRIVALS, _growing),
    (BLOCKED, _whole),
)


def _evidence(situation: Situation, outlook: Outlook) -> dict[str, tuple[Evidence, ...]]:
    """What each bar rests on, newest first."""
    closings = sorted((entry for seen in outlook.courses for entry in seen.closings), reverse=True)
    arrivals = sorted((entry for seen in outlook.courses for entry in seen.arrivals), reverse=True)
    committed = [ref for part in outlook.sprint.parts for ref in part.scope.committed]
    still = set(outlook.sprint.open_items["ref"])
    blocked = [ref for blockade in situation.blockades for ref in (blockade.item, blockade.blocker) if ref]
    about: dict[str, list[str]] = {
        BASE: [ref for ref in committed if ref in still],
        PACE: [entry.ref for entry in closings],
        ADDED: [ref for ref in outlook.sprint.additions if ref in still],
        ARRIVALS: [entry.ref for entry in arrivals],
        BLOCKED: blocked,
    }
    return {name: situation.cite(list(dict.fromkeys(refs))[:_EVIDENCE]) for name, refs in about.items()}
