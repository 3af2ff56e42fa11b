"""When single items end whose rates are known: each by its own luck, after what it waits for, at a common speed.

An item that waits for another one ends after it, and after somebody has taken it up: nobody can do its own part before.
What of that part is done already shows in its rate: an approved pull request that waits for a release is merged soon
after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache, reduce

import numpy as np

from sprintlib.forecast.items.hazard import EDGES
from sprintlib.forecast.random_streams import DRAWS, Draws, unit_gamma, unit_wait
from sprintlib.forecast.workload import Workload
from sprintlib.imports import special_functions

HORIZON = 260.0  # working days: a year
# How alike the luck of a sprint's items is (a Gaussian copula, 0 to 1), chosen on simulated startups: what holds up one
# item holds up others, and the last item gets everybody's help. It leaves the chance of each single item as it is.
ALIKE = 0.25
# Mean working days until somebody takes up what has just become free, chosen on simulated startups: who is to do it is
# busy with something else when the blocker lands.
HAND_OVER_DAYS = 0.5
_special = special_functions()


@dataclass(frozen=True)
class ItemEnds:
    """Working days until items of a workload are done or dropped, one value a future; beyond HORIZON is late."""

    work: Workload
    _known: dict[str, Draws] = field(default_factory=dict)

    def of(self, ref: str) -> Draws:
        """Of an item with rates. A pull request ends with the item of the sprint that it carries, if not before."""
        if ref not in self._known:
            self._known[ref] = self._end(ref)
        return self._known[ref]

    def _end(self, ref: str) -> Draws:
        days, carried = self._after_waiting(ref), self.work.carries.get(ref)
        return np.minimum(days, self.of(carried)) if carried != ref and carried in self.work.open else days

    def _after_waiting(self, ref: str) -> Draws:
        work, days = self.work, free_days(self.work, ref)
        if ref not in work.blocked or ref in work.landing:
            return days
        if ref not in work.waits_for:
            return days + unit_wait(work.luck(ref)) * work.blocked[ref]
        free = reduce(np.maximum, (self._blocker(blocker, ref) for blocker in work.waits_for[ref]))
        return days + free + HAND_OVER_DAYS * unit_wait(f"hand-over {work.luck(ref)}")

    def _blocker(self, blocker: str, waiting: str) -> Draws:
        """When a blocker ends; where it waits in turn for the item that waits for it, as if it were free."""
        circle = waiting == blocker or waiting in _awaited(self.work.waits_for, blocker)
        return free_days(self.work, blocker) if circle else self._after_waiting(blocker)


def end_days(work: Workload, ref: str) -> Draws:
    """The same of one item."""
    return ItemEnds(work).of(ref)


def free_days(work: Workload, ref: str) -> Draws:
    """Working days until one item with rates ends when nothing blocks it."""
    if ref in work.landing:
        return np.full(DRAWS, work.landing[ref])
    luck, rates, pieces = work.luck(ref), work.rates[ref], len(work.pieces)
    if work.congestion is not None and pieces < work.congestion.open:
        rates = tuple((np.array(rates) * work.congestion.relief(pieces)).tolist())
    return _own_days(luck, rates, work.name, round(work.pace.shape, 9), work.pace.days * work.usual)


@lru_cache(maxsize=1024)
def _own_days(luck: str, rates: tuple[float, ...], name: str, shape: float, days: float) -> Draws:
    """When the cumulative hazard, faster or slower with the team, reaches a level that is the item's luck."""
    edges = np.array([*EDGES, 100 * HORIZON])
    hazard = np.concatenate([[0.0], np.cumsum(np.array(rates) * np.diff(edges))])
    found: Draws = np.interp(_luck(luck, name) * days / unit_gamma(f"pace {name}", shape), hazard, edges)
    found.flags.writeable = False
    return found


@lru_cache(maxsize=1024)
def _luck(own: str, name: str) -> Draws:
    """Exponential waits with mean one, alike among the items of one name: DRAWS values."""
    shared, alone = (_special.ndtri(-np.expm1(-unit_wait(stream))) for stream in (f"luck {name}", f"own {own}"))
    found: Draws = -_special.log_ndtr(-(np.sqrt(ALIKE) * shared + np.sqrt(1 - ALIKE) * alone))
    return found


def _awaited(waits_for: Mapping[str, tuple[str, ...]], ref: str) -> set[str]:
    """Everything that an item waits for, at first hand or through others."""
    found: set[str] = set()
    left = [ref]
    while left:
        new = set(waits_for.get(left.pop(), ())) - found
        found |= new
        left += new
    return found
