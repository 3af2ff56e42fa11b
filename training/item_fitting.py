"""Fitting the hazard of open items on how others fared. Needs scikit-learn; forecasts do not."""

from collections.abc import Hashable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.linear_model import PoissonRegressor
from sklearn.utils.validation import check_is_fitted, validate_data

from sprintlib.forecast.items.hazard import EDGES, ItemHazard, ahead, design, exposures

Array = NDArray[np.float64]


class HazardRegressor(BaseEstimator):
    """Piecewise-constant hazard, log-linear in facts, by ridge-penalised Poisson regression on pieces of exposure.

    ridge: precision of the normal prior around 0 on every coefficient, against one closing of weight 1.
    Source of the equivalence: Holford 1980, "The analysis of rates and of survivorship using log-linear models",
    Biometrics 36. Fitted: `coef_`, shape (terms of `design`,).
    """

    def __init__(self, ridge: float = 1.0) -> None:
        self.ridge = ridge

    def fit(
        self,
        X: Array,  # noqa: N803  # scikit-learn's name
        y: Array,
        sample_weight: Array | None = None,
        groups: Sequence[Hashable | None] | None = None,
    ) -> Self:
        """X: facts, (n, k). y: (n, 2): working days until the item closed or was last seen, and 1 where it closed.

        groups: a label per row; each has a level and a course of its own, which take up what is peculiar to it and
        are forgotten. None: the level and the course that are kept.
        """
        X = validate_data(self, X)  # noqa: N806
        days, closed = y[:, 0], y[:, 1]
        spent = exposures(days)
        last = np.searchsorted(EDGES, days, side="left").clip(1) - 1
        events = np.zeros_like(spent)
        events[np.arange(len(X)), last] = closed
        at_risk = spent > 0
        rows = np.repeat(np.arange(len(X)), at_risk.sum(axis=1))
        exposure = spent[at_risk]
        weight = exposure if sample_weight is None else exposure * sample_weight[rows]
        own = _indicators(groups or [None] * len(X))[rows]
        throughput_history = own * np.broadcast_to(ahead(), spent.shape)[at_risk][:, None]
        terms = np.hstack([design(X)[at_risk], own, throughput_history])
        model = PoissonRegressor(alpha=self.ridge / weight.sum(), max_iter=300, tol=1e-8, solver="newton-cholesky")
        model.fit(terms, events[at_risk] / exposure, sample_weight=weight)
        self.coef_ = model.coef_[: design(X[:1]).shape[2]].copy()
        self.coef_[: len(EDGES)] += float(model.intercept_)
        return self

    def predict(self, X: Array, days: Array | float) -> Array:  # noqa: N803
        """P(closed within so many working days), shape (n,)."""
        check_is_fitted(self)
        x = validate_data(self, X, reset=False)
        found: Array = -np.expm1(-self.hazard({}).expected(x, np.broadcast_to(days, len(x))))
        return found

    def hazard(self, card: dict[str, Any]) -> ItemHazard:
        """What was fitted, for use without scikit-learn."""
        return ItemHazard(self.coef_, card)


def _indicators(labels: Sequence[Hashable | None]) -> Array:
    """A column for each label that is not None: shape (len(labels), columns)."""
    names = list(dict.fromkeys(label for label in labels if label is not None))
    return np.array([[float(label == name) for name in names] for label in labels]).reshape(len(labels), len(names))
