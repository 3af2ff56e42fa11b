"""The model that ships: coefficients at 0, 30, 50 and 80 % of the time, with interpolated log-odds in between."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sprintlib.forecast.sprints.features import FEATURES, features
from sprintlib.forecast.sprints.local import LocalPrior

TIMES = (0, 30, 50, 80)
LOWEST, HIGHEST = 0.03, 0.97
_FARTHEST = 4.0  # standard deviations: a feature beyond is taken to be there

Array = NDArray[np.float64]


@dataclass(frozen=True)
class TimeModel:
    """One logistic regression on standardised features. centre, scale, coefficients: shape (k,)."""

    intercept: float
    coefficients: Array
    centre: Array
    scale: Array

    def standardised(self, x: Array) -> Array:
        """x: features, shape (n, k). Returns the same in standard deviations of the simulated sprints."""
        return np.clip((x - self.centre) / self.scale, -_FARTHEST, _FARTHEST)

    def logits(self, x: Array) -> Array:
        """Log-odds, shape (n,), of features of shape (n, k)."""
        logits: Array = self.intercept + self.standardised(x) @ self.coefficients
        return logits


@dataclass(frozen=True)
class SprintModel:
    """A model per time, the prior of its local layer, and its card."""

    times: dict[int, TimeModel]
    local_prior: LocalPrior
    card: dict[str, Any]

    def logits(self, sprints: pl.DataFrame, elapsed: float) -> Array:
        """Log-odds that the work now inside is delivered, before any correction. Shape (n,).

        sprints: rows of SPRINT_SCHEMA whose `time` is the elapsed share in %, with their teams' earlier sprints.
        elapsed: 0 to 1. Between two times the log-odds of both models are interpolated; after .8 the last one holds.
        """
        x = features(sprints)
        lower, upper, weight = _neighbours(100 * elapsed)
        logits: Array = (1 - weight) * self.times[lower].logits(x) + weight * self.times[upper].logits(x)
        return logits

    def to_json(self) -> str:
        """The text from which `from_json` makes the same model."""
        return json.dumps(
            {
                "card": self.card,
                "features": list(FEATURES),
                "local_prior": vars(self.local_prior),
                "times": {
                    str(time): {
                        "intercept": round(model.intercept, 4),
                        "coefficients": np.round(model.coefficients, 4).tolist(),
                        "centre": np.round(model.centre, 4).tolist(),
                        "scale": np.round(model.scale, 4).tolist(),
                    }
                    for time, model in self.times.items()
                },
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> "SprintModel":
        """Raises KeyError or ValueError for a text that `to_json` did not write."""
        stored = json.loads(text)
        if tuple(stored["features"]) != FEATURES:
            raise ValueError("The stored model was fitted on other features.")
        return cls(
            times={
                int(time): TimeModel(
                    model["intercept"], *(np.array(model[name]) for name in ("coefficients", "centre", "scale"))
                )
                for time, model in stored["times"].items()
            },
            local_prior=LocalPrior(**stored["local_prior"]),
            card=stored["card"],
        )


@cache
def shipped_model(name: str = "public") -> SprintModel:
    """The model in the package. name: `public` (what forecasts use) or `simulated` (seen no real sprint)."""
    return SprintModel.from_json(resources.files(__package__).joinpath(f"{name}.json").read_text("utf-8"))


def moderated(logits: Array, variances: Array) -> Array:
    """Probability averaged over the doubt about the log-odds, clamped to [.03, .97]. Shapes (n,).

    Source: MacKay 1992, "The evidence framework applied to classification networks", the probit approximation.
    """
    return np.clip(1 / (1 + np.exp(-logits / np.sqrt(1 + np.pi * variances / 8))), LOWEST, HIGHEST)


def _neighbours(percent: float) -> tuple[int, int, float]:
    """The two times around a moment, and the weight of the later one."""
    for lower, upper in pairwise(TIMES):
        if percent <= upper:
            return lower, upper, max(0.0, (percent - lower) / (upper - lower))
    return TIMES[-1], TIMES[-1], 0.0
