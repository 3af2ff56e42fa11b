"""Monte Carlo on throughput in closed form: the chance that the usual pace delivers what is needed.

Both are the limit of infinitely many draws, so they cost microseconds and have no seed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sprintlib.imports import special_functions

LOWEST, HIGHEST = 0.02, 0.98

_special = special_functions()

# Items a developer closes in a calendar day before anything is known: .35 a working day (methods.md 1.4, a judgement).
_PRIOR_RATE = 0.35 * 5 / 7
_PRIOR_SPRINTS = 1.5  # the first guess, "delivers nearly what is planned", weighs as much as so many sprints
_PRIOR_SHORTFALL = 0.1  # of the log ratio: teams plan a tenth more than they deliver
_PRIOR_SPREAD = 0.9  # sd of log work a day between sprints
_PRIOR_SPREAD_SPRINTS = 3.0
_MEMORY = 0.9  # weight of a sprint against the one after it
_PRIOR_ITEMS = 2.0  # Gamma shape: wide
_HALF_AN_ITEM = 0.3  # added before the logarithm: a sprint may deliver nothing


@dataclass(frozen=True)
class PastSprint:
    """A finished sprint of the team: calendar days, items and work then in it, work delivered by its end."""

    days: float
    items: float
    work: float
    delivered: float


def whole_sprint_probability(work: float, days: float, past: list[PastSprint]) -> float:
    """P(work delivered in `days` >= work), from whole past sprints, whatever the board says now.

    Work a day is log-normal; mean and spread are shrunk towards "as planned" with few sprints. Clamped to [.02, .98].
    """
    need = np.log(work / days)
    rates = _array([np.log((sprint.delivered + _HALF_AN_ITEM * _size(sprint)) / sprint.days) for sprint in past])
    weights = _memory(len(past))
    known = weights.sum()
    mean = (weights @ rates + _PRIOR_SPRINTS * (need - _PRIOR_SHORTFALL)) / (known + _PRIOR_SPRINTS)
    squares = weights @ (rates - mean) ** 2 + _PRIOR_SPREAD_SPRINTS * _PRIOR_SPREAD**2
    spread = np.sqrt(squares / (known + _PRIOR_SPREAD_SPRINTS) * (1 + 1 / (known + _PRIOR_SPRINTS)))
    return _clamped(_special.ndtr((mean - need) / spread))


def remaining_work_probability(
    items: float,
    items_done: float,
    work: float,
    work_done: float,
    days: float,
    elapsed: float,
    members: float,
    past: list[PastSprint],
) -> float:
    """P(the rest is closed in the days left): Gamma-Poisson on items, the posterior predictive being negative binomial.

    elapsed: share of `days` gone (0-1). members: persons seen in the sprint. Clamped to [.02, .98].
    Source: methods.md 1.4, layer A.
    """
    shape = _PRIOR_ITEMS + items_done
    exposure = _PRIOR_ITEMS / (_PRIOR_RATE * max(members, 1.0)) + elapsed * days
    for sprint, weight in zip(past, _memory(len(past)), strict=True):
        shape += weight * sprint.delivered / _size(sprint)
        exposure += weight * sprint.days
    rest = np.ceil((work - work_done) * items / work - 1e-9) if work > 0 else items - items_done
    left = (1 - elapsed) * days
    if rest <= 0:
        return HIGHEST
    return _clamped(_special.betainc(rest, shape, left / (exposure + left)))  # survival of the negative binomial


def _size(sprint: PastSprint) -> float:
    return sprint.work / sprint.items if sprint.work > 0 else 1.0


def _memory(count: int) -> NDArray[np.float64]:
    """Weights of past sprints, oldest first."""
    return _MEMORY ** np.arange(count, dtype=float)[::-1]


def _array(values: list[float]) -> NDArray[np.float64]:
    return np.array(values, dtype=float)


def _clamped(probability: float) -> float:
    return float(np.clip(probability, LOWEST, HIGHEST))
