"""The local layer: what an organisation's own finished sprints say about how it differs from the prior."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class LocalPrior:
    """How far an organisation may be from the prior: standard deviations in log-odds.

    organisation, team: of their intercepts. feature: of each coefficient, per standard deviation of the feature.
    """

    organisation: float = 0.8
    team: float = 0.5
    feature: float = 0.3

    def variance(self, z: Vector) -> float:
        """Variance of the log-odds of a sprint of an organisation never seen. z: standardised features, shape (k,)."""
        return float(self.organisation**2 + self.team**2 + self.feature**2 * (z @ z))


class LocalLayer:
    """Bayesian logistic regression, one outcome at a time: intercepts of organisation and teams, then the coefficients.

    The posterior is Gaussian: after each outcome its mode along the one direction that the outcome informs, and the
    curvature there (sequential Laplace). With few outcomes the intercepts move; with tens of them the coefficients do.
    """

    def __init__(self, prior: LocalPrior, n_features: int) -> None:
        self._prior = prior
        self._teams: dict[Hashable, int] = {}
        self._mean: Vector = np.zeros(1 + n_features)
        self._covariance = np.diag(np.array([prior.organisation**2, *[prior.feature**2] * n_features]))

    def correction(self, z: Vector, team: Hashable) -> tuple[float, float]:
        """Mean and variance of what to add to the prior's log-odds. z: standardised features, shape (k,)."""
        if team not in self._teams:
            direction = np.concatenate(([1.0], z, np.zeros(len(self._teams))))
            spread = direction @ self._covariance @ direction
            return float(direction @ self._mean), float(spread + self._prior.team**2)
        direction = self._direction(z, team)
        return float(direction @ self._mean), float(direction @ self._covariance @ direction)

    def learn(self, prior_logit: float, z: Vector, team: Hashable, outcome: int) -> None:
        """Take in one finished sprint: what the prior said (log-odds), its features, and 1 if it delivered."""
        self._know(team)
        direction = self._direction(z, team)
        gain = self._covariance @ direction
        spread = float(direction @ gain)
        logit = _mode(prior_logit + float(direction @ self._mean), spread, outcome)
        probability = 1 / (1 + np.exp(-logit))
        curvature = probability * (1 - probability)
        self._mean = self._mean + gain * (outcome - probability)
        self._covariance = self._covariance - np.outer(gain, gain) * (curvature / (1 + curvature * spread))

    def _know(self, team: Hashable) -> None:
        if team in self._teams:
            return
        self._teams[team] = len(self._mean)
        self._mean = np.append(self._mean, 0.0)
        size = len(self._mean)
        grown = np.zeros((size, size))
        grown[:-1, :-1] = self._covariance
        grown[-1, -1] = self._prior.team**2
        self._covariance = grown

    def _direction(self, z: Vector, team: Hashable) -> Vector:
        direction = np.zeros(len(self._mean))
        direction[0] = 1.0
        direction[1 : 1 + len(z)] = z
        direction[self._teams[team]] = 1.0
        return direction


def learned_logits(
    prior_logits: Vector,
    z: NDArray[np.float64],
    teams: Sequence[Hashable],
    outcomes: NDArray[np.int64],
    prior: LocalPrior,
    lag: int = 0,
) -> tuple[Vector, Vector]:
    """Forward chain: each sprint is forecast from those before it, in the order given, and learned from afterwards.

    lag: learn a sprint only when so many others have been forecast since (0: before the next one).
    Returns mean and variance of the log-odds, both of shape (n,).
    """
    layer = LocalLayer(prior, z.shape[1])
    means, variances = np.empty(len(prior_logits)), np.empty(len(prior_logits))
    for index in range(len(prior_logits)):
        known = index - lag - 1
        if known >= 0:
            layer.learn(float(prior_logits[known]), z[known], teams[known], int(outcomes[known]))
        mean, variances[index] = layer.correction(z[index], teams[index])
        means[index] = prior_logits[index] + mean
    return means, variances


def _mode(start: float, spread: float, outcome: int) -> float:
    """Solve x = start + spread (outcome - sigmoid(x)): monotone, so Newton with a bracket always ends."""
    low, high = start - spread, start + spread
    x = start
    for _ in range(50):
        probability = 1 / (1 + np.exp(-x))
        excess = x - start - spread * (outcome - probability)
        if abs(excess) < 1e-10:
            break
        low, high = (low, x) if excess > 0 else (x, high)
        x -= excess / (1 + spread * probability * (1 - probability))
        if not low < x < high:
            x = (low + high) / 2
    return float(x)
