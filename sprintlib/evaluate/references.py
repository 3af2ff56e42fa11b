"""What teams use today, fitted on the other organisations: a rate, a burn-up, a calibrated Monte Carlo."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sprintlib.forecast.sprints import FEATURES, LocalPrior
from sprintlib.forecast.sprints.local import learned_logits

Array = NDArray[np.float64]

# An intercept that follows the organisation's outcomes, with the prior spread of methods.md 1.3, and nothing else.
_INTERCEPT_ONLY = LocalPrior(organisation=0.6, team=0.0, feature=0.0)


@dataclass(frozen=True)
class Rows:
    """Sprints at one time: features (n, 12), outcomes (n,), organisation and board of each."""

    x: Array
    y: NDArray[np.int64]
    organisations: NDArray[np.str_]
    boards: NDArray[np.int64]

    def where(self, chosen: NDArray[np.bool_]) -> "Rows":
        return Rows(self.x[chosen], self.y[chosen], self.organisations[chosen], self.boards[chosen])


def base_rate(others: Rows, fallback: float) -> float:
    """Mean over the other organisations of their share delivered; `fallback` where there is no other."""
    names = np.unique(others.organisations)
    return float(np.mean([others.y[others.organisations == name].mean() for name in names])) if len(names) else fallback


def burn_up(others: Rows, sprints: Rows, fallback: float) -> Array:
    """Probabilities from the share of items done, by logistic regression on the other organisations. Shape (n,)."""
    return _sigmoid(_calibrated(["done"], others, sprints, fallback))


def monte_carlo(others: Rows, sprints: Rows, fallback: float) -> Array:
    """Throughput Monte Carlo, calibrated (Platt) on the others, then with an intercept that learns. Shape (n,)."""
    return _sigmoid(_with_online_intercept(_calibrated(["usual_throughput"], others, sprints, fallback), sprints))


def ratios_online(others: Rows, sprints: Rows, fallback: float) -> Array:
    """Logistic regression on all ratio features, then an intercept that learns: methods.md 1.4. Shape (n,)."""
    names = [name for name in FEATURES if name != "usual_throughput"]
    return _sigmoid(_with_online_intercept(_calibrated(names, others, sprints, fallback, ridge_sd=0.22), sprints))


def _with_online_intercept(logits: Array, sprints: Rows) -> Array:
    nothing = np.empty((len(logits), 0))
    means, _ = learned_logits(logits, nothing, [0] * len(logits), sprints.y, _INTERCEPT_ONLY)
    return means


def _calibrated(names: list[str], others: Rows, sprints: Rows, fallback: float, ridge_sd: float = 1.0) -> Array:
    """Log-odds from some features, fitted with every other organisation weighing the same.

    ridge_sd: prior standard deviation of a coefficient per standard deviation of its feature (scikit-learn's C = sd^2).
    """
    from sprintlib.forecast.sprints.fitting import PriorLogisticRegression, equal_weights

    if len(set(others.y.tolist())) < 2:
        return np.full(len(sprints.y), np.log(fallback / (1 - fallback)))
    columns = [FEATURES.index(name) for name in names]
    centre, scale = others.x[:, columns].mean(axis=0), others.x[:, columns].std(axis=0) + 1e-9
    estimator = PriorLogisticRegression(coefficient_sd=ridge_sd)
    weights = equal_weights(others.organisations.tolist())
    estimator.fit((others.x[:, columns] - centre) / scale, others.y, sample_weight=weights)
    logits: Array = estimator.decision_function((sprints.x[:, columns] - centre) / scale)
    return logits


def _sigmoid(logits: Array) -> Array:
    probabilities: Array = 1 / (1 + np.exp(-logits))
    return probabilities
