"""What the team's own items say about how its hazard differs from that learned elsewhere."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sprintlib.forecast.items.hazard import EDGES, FEATURES, ItemHazard, ahead, exposures

Array = NDArray[np.float64]

# Standard deviations of how far a team may be from the shared model, in log(rate): of its level, of pull requests, of
# what lies far ahead, of planned items, of planned items far ahead, and of how strong contrasts are (docs/forecast.md).
DOUBTS = (1.0, 0.5, 1.0, 1.0, 1.0, 0.3)
_STEPS = 25
_USUAL = np.log(0.1)  # closings per working day around which contrasts may be weaker or stronger


@dataclass(frozen=True)
class LocalHazard:
    """The shared model with the team's own correction. correction: shape (len(DOUBTS),). closed: items it rests on."""

    model: ItemHazard
    correction: Array
    closed: float = 0.0

    def rates(self, x: Array) -> Array:
        """Closings per working day in each piece, shape (n, len(EDGES))."""
        found: Array = self.model.rates(x) * np.exp(directions(self.model, x) @ self.correction)
        return found

    def expected(self, x: Array, days: Array) -> Array:
        """Cumulative hazard over so many working days, shape (n,): P(closed by then) is 1 - exp(-it)."""
        found: Array = np.sum(self.rates(x) * exposures(np.maximum(days, 0.0)), axis=1)
        return found


def directions(model: ItemHazard, x: Array) -> Array:
    """What a team may differ in: shape (n, len(EDGES), len(DOUBTS))."""
    n, pieces = len(x), len(EDGES)
    found = np.ones((n, pieces, len(DOUBTS)))
    planned = x[:, FEATURES.index("planned"), None]
    found[:, :, 1] = x[:, FEATURES.index("pull"), None]
    found[:, :, 2] = ahead()
    found[:, :, 3] = planned
    found[:, :, 4] = planned * ahead()
    found[:, :, 5] = np.log(model.rates(x)) - _USUAL
    return found


def learned(model: ItemHazard, x: Array, days: Array, closed: Array, weight: Array) -> LocalHazard:
    """The mode of the correction after items that stood at `x`: Poisson on pieces, a normal prior around none.

    days: working days until each closed or was last seen, shape (n,). closed: 1 where it did. weight: shape (n,); items
    seen at several moments count once in all.
    """
    if not len(x):
        return LocalHazard(model, np.zeros(len(DOUBTS)))
    spent = exposures(days)
    at_risk = spent > 0
    turned = directions(model, x)[at_risk]
    weights = np.broadcast_to(weight[:, None], spent.shape)[at_risk]
    expected = (model.rates(x) * spent)[at_risk] * weights
    last = np.searchsorted(EDGES, days, side="left").clip(1) - 1
    events = np.zeros_like(spent)
    events[np.arange(len(x)), last] = closed * weight
    seen = turned.T @ events[at_risk]
    precision = np.array(DOUBTS) ** -2.0
    correction = np.zeros(len(DOUBTS))
    for _ in range(_STEPS):
        now = expected * np.exp(turned @ correction)
        slope = seen - turned.T @ now - precision * correction
        curvature = (turned * now[:, None]).T @ turned + np.diag(precision)
        step = np.clip(np.linalg.solve(curvature, slope), -1.0, 1.0)
        correction = correction + step
        if np.abs(step).max() < 1e-6:
            break
    return LocalHazard(model, correction, float(closed @ weight))
