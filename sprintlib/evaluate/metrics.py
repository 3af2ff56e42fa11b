"""How good probabilities are: Brier score and skill, AUC, calibration error, reliability."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float64]
Outcomes = NDArray[np.int64]

BINS = 10


@dataclass(frozen=True)
class ReliabilityBin:
    """Forecasts between two tenths: how many, their mean, and the share that came true."""

    low: float
    n: int
    forecast: float
    observed: float


def brier(p: Probabilities, y: Outcomes) -> float:
    """Mean squared difference; 0 is perfect, .25 is a coin."""
    return float(np.mean((p - y) ** 2))


def auc(p: Probabilities, y: Outcomes) -> float | None:
    """Chance that a delivered sprint got the higher forecast, ties half; None where only one outcome occurred."""
    from scipy.stats import rankdata  # slow to import, and nothing else here needs it

    hits = int(y.sum())
    misses = len(y) - hits
    if not hits or not misses:
        return None
    ranks = rankdata(p)
    return float((ranks[y == 1].sum() - hits * (hits + 1) / 2) / (hits * misses))


def reliability(p: Probabilities, y: Outcomes) -> list[ReliabilityBin]:
    """The non-empty of 10 bins of equal width."""
    tenth = _tenth(p)
    return [
        ReliabilityBin(b / BINS, int((tenth == b).sum()), float(p[tenth == b].mean()), float(y[tenth == b].mean()))
        for b in range(BINS)
        if (tenth == b).any()
    ]


def expected_calibration_error(p: Probabilities, y: Outcomes) -> float:
    """Mean distance of forecast and observed share over 10 bins of equal width, weighted by their counts."""
    gaps = np.bincount(_tenth(p), weights=p - y, minlength=BINS)
    return float(np.abs(gaps).sum() / len(p))


def perfect_calibration_error(p: Probabilities, draws: int = 1000, seed: int = 0) -> float:
    """The 95th percentile of the calibration error if every forecast were exactly right, at this n."""
    rng = np.random.default_rng(seed)
    errors = [expected_calibration_error(p, (rng.random(len(p)) < p).astype(np.int64)) for _ in range(draws)]
    return float(np.quantile(errors, 0.95))


def _tenth(p: Probabilities) -> NDArray[np.int64]:
    return np.minimum((p * BINS).astype(np.int64), BINS - 1)
