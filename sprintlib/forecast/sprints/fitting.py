"""Fitting the statistical layer: first on simulated sprints, then, from there, on public ones. Needs scikit-learn."""

from collections.abc import Hashable, Sequence
from typing import Any, Self, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from sprintlib.forecast.sprints.features import features, outcomes
from sprintlib.forecast.sprints.model import SprintModel, TimeModel

Array = NDArray[np.float64]

INTERCEPT_DOUBT = 0.5  # sd of how far the real level is from the simulated one, log-odds
COEFFICIENT_DOUBT = 0.15  # sd of how far each real coefficient is, per standard deviation of its feature
SMALLEST_SCALE = 0.1  # simulated sprints have nothing added at 0 %, real ones have


class PriorLogisticRegression(ClassifierMixin, BaseEstimator):
    """Logistic regression with a Gaussian prior on every coefficient and random intercepts for groups.

    coefficients_prior: prior means, shape (k,), default 0. coefficient_sd, intercept_sd: prior standard deviations.
    intercept_prior: prior mean of the intercept. Fitted: `coef_` (1, k), `intercept_` (1,), `classes_`.
    """

    def __init__(
        self,
        coefficients_prior: Array | None = None,
        intercept_prior: float = 0.0,
        coefficient_sd: float = 1.0,
        intercept_sd: float = 10.0,
    ) -> None:
        self.coefficients_prior = coefficients_prior
        self.intercept_prior = intercept_prior
        self.coefficient_sd = coefficient_sd
        self.intercept_sd = intercept_sd

    def __sklearn_tags__(self) -> Any:
        tags = cast("Any", super()).__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def fit(
        self,
        X: Array,  # noqa: N803  # scikit-learn's name
        y: NDArray[Any],
        sample_weight: Array | None = None,
        groups: Sequence[tuple[Sequence[Hashable], float]] = (),
    ) -> Self:
        """Find the posterior mode.

        X: (n, k). y: two classes, (n,). sample_weight: (n,). groups: pairs of a label per row and the standard
        deviation of that grouping's intercepts; they take up what is peculiar to a group and are then forgotten.
        """
        X, y = validate_data(self, X, y)  # noqa: N806
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("Two classes are needed to fit, and the data hold only one class.")
        if len(self.classes_) > 2:
            kind = type_of_target(y, input_name="y")
            raise ValueError(f"Only binary classification is supported. The type of the target is {kind}.")
        weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, dtype=float)
        if weight.shape != y.shape or not np.any(weight):
            raise ValueError("Sample weights must be one a row and not all zero.")
        design = np.hstack([np.ones((len(y), 1)), X, *(_indicators(labels) for labels, _ in groups)])
        deviations = [np.full(_count(labels), sd) for labels, sd in groups]
        sd = np.concatenate([[self.intercept_sd], np.full(X.shape[1], self.coefficient_sd), *deviations])
        mean = np.zeros(len(sd))
        mean[0] = self.intercept_prior
        if self.coefficients_prior is not None:
            mean[1 : 1 + X.shape[1]] = self.coefficients_prior
        posterior = _posterior_mode(design, codes.astype(float), weight, mean, sd)
        self.intercept_, self.coef_ = posterior[:1], posterior[None, 1 : 1 + X.shape[1]]
        return self

    def decision_function(self, X: Array) -> Array:  # noqa: N803
        """Log-odds of the second class, shape (n,)."""
        check_is_fitted(self)
        scores: Array = self.intercept_[0] + validate_data(self, X, reset=False) @ self.coef_[0]
        return scores

    def predict_proba(self, X: Array) -> Array:  # noqa: N803
        """Probabilities of both classes, shape (n, 2)."""
        second = 1 / (1 + np.exp(-self.decision_function(X)))
        return np.column_stack([1 - second, second])

    def predict(self, X: Array) -> NDArray[Any]:  # noqa: N803
        """The likelier class, shape (n,)."""
        second = (self.decision_function(X) > 0).astype(int)
        likelier: NDArray[Any] = self.classes_[second]
        return likelier


def fit_public(
    prior: SprintModel,
    sprints: pl.DataFrame,
    card: dict[str, Any],
    coefficient_doubt: float = COEFFICIENT_DOUBT,
    intercept_doubt: float = INTERCEPT_DOUBT,
) -> SprintModel:
    """Correct the prior on real sprints: organisations weigh the same, and have intercepts of their own, as have teams.

    sprints: SPRINT_SCHEMA, one row a sprint and time. Times without rows keep the prior.
    """
    times = dict(prior.times)
    for time, model in prior.times.items():
        rows = sprints.filter(pl.col("time") == time)
        y = outcomes(rows)
        if len(set(y.tolist())) < 2:
            continue
        organisations = rows["organisation"].to_list()
        teams = list(zip(organisations, rows["team"].to_list(), strict=True))
        estimator = PriorLogisticRegression(model.coefficients, model.intercept, coefficient_doubt, intercept_doubt)
        estimator.fit(
            model.standardised(features(rows)),
            y,
            sample_weight=equal_weights(organisations),
            groups=[(organisations, prior.local_prior.organisation), (teams, prior.local_prior.team)],
        )
        times[time] = with_estimator(model, estimator)
    return SprintModel(times, prior.local_prior, card)


def with_estimator(model: TimeModel, estimator: PriorLogisticRegression) -> TimeModel:
    """The model with the weights that an estimator found for standardised features."""
    return TimeModel(float(estimator.intercept_[0]), estimator.coef_[0], model.centre, model.scale)


def equal_weights(groups: Sequence[Hashable]) -> Array:
    """Weights with mean 1 under which every group weighs the same."""
    counts = {group: groups.count(group) for group in set(groups)}
    return np.array([len(groups) / (len(counts) * counts[group]) for group in groups])


def _count(labels: Sequence[Hashable]) -> int:
    return len(set(labels))


def _indicators(labels: Sequence[Hashable]) -> Array:
    order = {label: position for position, label in enumerate(dict.fromkeys(labels))}
    return np.eye(len(order))[[order[label] for label in labels]]


def _posterior_mode(design: Array, y: Array, weight: Array, mean: Array, sd: Array) -> Array:
    """Newton's method with halved steps on a concave objective; starts at the prior mean."""
    precision = sd**-2.0

    def objective(theta: Array) -> float:
        logits = design @ theta
        fit = weight @ (y * logits - np.logaddexp(0, logits))
        return float(fit - 0.5 * precision @ (theta - mean) ** 2)

    theta, value = mean.copy(), objective(mean)
    for _ in range(100):
        probability = 1 / (1 + np.exp(-design @ theta))
        slope = design.T @ (weight * (y - probability)) - precision * (theta - mean)
        curvature = (design * (weight * probability * (1 - probability))[:, None]).T @ design + np.diag(precision)
        step = np.linalg.solve(curvature, slope)
        while objective(theta + step) < value and np.abs(step).max() > 1e-12:
            step = step / 2
        theta = theta + step
        value = objective(theta)
        if np.abs(step).max() < 1e-8:
            break
    return theta
