"""What teams use today, fitted on the other organisations: a rate, a burn-up, a calibrated Monte Carlo."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sprintlib.forecast.sprints import FEATURES, LocalPrior, features, outcomes
from sprintlib.forecast.sprints.local import learned_logits

Array = NDArray[np.float64]

# An intercept that follows the organisation's outcomes, with the prior spread of methods.md 1.3, and nothing else.
_INTERCEPT_ONLY = LocalPrior(organisation=0.6, team=0.0, feature=0.0)


def base_rate(others: pl.DataFrame, fallback: float) -> float:
    """Mean over the other organisations of their share delivered; `fallback` where there is no other."""
    if others.is_empty():
        return fallback
    rates = [outcomes(group).mean() for group in others.partition_by("organisation")]
    return float(np.mean(rates))


def burn_up(others: pl.DataFrame, sprints: pl.DataFrame, fallback: float) -> Array:
    """Probabilities from the share of items done, by logistic regression on the other organisations. Shape (n,)."""
    return _sigmoid(_calibrated("done", others, sprints, fallback))


def monte_carlo(others: pl.DataFrame, sprints: pl.DataFrame, fallback: float) -> Array:
    """Throughput Monte Carlo, calibrated (Platt) on the others, then with an intercept that learns. Shape (n,)."""
    logits = _calibrated("usual_throughput", others, sprints, fallback)
    nothing = np.empty((len(logits), 0))
    means, _ = learned_logits(logits, nothing, [0] * len(logits), outcomes(sprints), _INTERCEPT_ONLY)
    return _sigmoid(means)


def _calibrated(feature: str, others: pl.DataFrame, sprints: pl.DataFrame, fallback: float) -> Array:
    """Log-odds from one feature, fitted with every other organisation weighing the same."""
    from sprintlib.forecast.sprints.fitting import PriorLogisticRegression, equal_weights

    column = FEATURES.index(feature)
    x = features(sprints)[:, [column]]
    if others.is_empty() or len(set(outcomes(others).tolist())) < 2:
        return np.full(len(x), np.log(fallback / (1 - fallback)))
    weights = equal_weights(others["organisation"].to_list())
    estimator = PriorLogisticRegression().fit(features(others)[:, [column]], outcomes(others), sample_weight=weights)
    logits: Array = estimator.decision_function(x)
    return logits


def _sigmoid(logits: Array) -> Array:
    probabilities: Array = 1 / (1 + np.exp(-logits))
    return probabilities
