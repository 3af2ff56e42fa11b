"""The backtest: every model forecasts every sprint, organisation by organisation, from what came before it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sprintlib.errors import DatasetError
from sprintlib.evaluate import references
from sprintlib.evaluate.dataset import Dataset
from sprintlib.evaluate.fingerprints import fingerprints
from sprintlib.evaluate.metrics import (
    ReliabilityBin,
    auc,
    brier,
    expected_calibration_error,
    perfect_calibration_error,
    reliability,
)
from sprintlib.forecast.sprints import SprintModel, features, moderated, outcomes, past_sprints, shipped_model
from sprintlib.forecast.sprints.local import learned_logits
from sprintlib.simulate.sprints import TIMES

Array = NDArray[np.float64]

MODELS = ("base_rate", "burn_up", "monte_carlo", "simulator_only", "shipped_cold", "shipped_online")
PAST_BANDS = {"0": (0, 0), "1-2": (1, 2), "3-5": (3, 5), "6+": (6, 1_000_000)}
_RESAMPLES = 1000


@dataclass(frozen=True)
class Score:
    """One model at one time. Means over organisations, but for the calibration error, which is pooled.

    skill: 1 - Brier / Brier of the other organisations' rate. brier_interval: 95 %, boards resampled.
    against_monte_carlo: difference in Brier and its 95 % interval on the same boards; negative is better.
    by_past: Brier and n by the number of the team's past sprints, pooled.
    """

    time: int
    model: str
    n: int
    brier: float
    skill: float
    auc: float | None
    ece: float
    ece_perfect95: float
    in_sample: bool
    brier_interval: tuple[float, float]
    against_monte_carlo: tuple[float, float, float]
    by_past: dict[str, tuple[float | None, int]]
    reliability: list[ReliabilityBin]


@dataclass(frozen=True)
class Backtest:
    """All scores, and what they were taken on."""

    scores: list[Score]
    organisations: list[str]
    refit: bool
    unreadable: int
    model: str


@dataclass(frozen=True)
class _Forecasts:
    """One organisation at one time: outcomes, boards, past sprints and a forecast per model, all of shape (n,)."""

    organisation: str
    y: NDArray[np.int64]
    boards: NDArray[np.int64]
    past: NDArray[np.int64]
    p: dict[str, Array]


def backtest(dataset: Dataset, refit: bool = False, lag: int = 0) -> Backtest:
    """Score six models on a dataset.

    refit: fit the public layer again, without the organisation that is scored, instead of taking it as shipped.
    lag: learn from a sprint only after so many others (0: before the next one), to see what overlap in time is worth.
    Raises DatasetError where refitting has nothing to learn from.
    """
    if refit and len(dataset.organisations) < 2:
        raise DatasetError("--refit leaves one organisation out and needs at least two; run without it.")
    shipped = shipped_model()
    scores = []
    for time in TIMES:
        rows = dataset.sprints.filter(pl.col("time") == time)
        if rows.is_empty():
            continue
        forecasts = _forecasts(rows, shipped, refit, lag)
        fitted = not refit and not fingerprints(rows).isdisjoint(shipped.card["fingerprints"])
        scores += [_score(time, model, forecasts, fitted and model.startswith("shipped")) for model in MODELS]
    return Backtest(scores, dataset.organisations, refit, dataset.unreadable, shipped.card["name"])


def _forecasts(rows: pl.DataFrame, shipped: SprintModel, refit: bool, lag: int) -> list[_Forecasts]:
    found = []
    for sprints in rows.sort("organisation", "sprint").partition_by("organisation", maintain_order=True):
        name = sprints["organisation"][0]
        others = rows.filter(pl.col("organisation") != name)
        model = _refitted(others) if refit else shipped
        time = int(sprints["time"][0])
        fallback = shipped.card["rates"][str(time)]
        p = {
            "base_rate": np.full(sprints.height, references.base_rate(others, fallback)),
            "burn_up": references.burn_up(others, sprints, fallback),
            "monte_carlo": references.monte_carlo(others, sprints, fallback),
            "simulator_only": _cold(shipped_model("simulated"), sprints, time),
            "shipped_cold": _cold(model, sprints, time),
            "shipped_online": _online(model, sprints, time, lag),
        }
        boards = sprints["team"].to_numpy()
        found.append(_Forecasts(name, outcomes(sprints), boards, past_sprints(sprints), p))
    return found


def _refitted(others: pl.DataFrame) -> SprintModel:
    from sprintlib.forecast.sprints.fitting import fit_public

    return fit_public(shipped_model("simulated"), others, {"name": "refitted"})


def _cold(model: SprintModel, sprints: pl.DataFrame, time: int) -> Array:
    """Of an organisation never seen: the prior, and all the doubt about where this organisation lies."""
    at = model.times[time]
    x = features(sprints)
    variances = np.array([model.local_prior.variance(z) for z in at.standardised(x)])
    return moderated(at.logits(x), variances)


def _online(model: SprintModel, sprints: pl.DataFrame, time: int, lag: int) -> Array:
    at = model.times[time]
    x = features(sprints)
    teams = sprints["team"].to_list()
    return moderated(
        *learned_logits(at.logits(x), at.standardised(x), teams, outcomes(sprints), model.local_prior, lag)
    )


def _score(time: int, model: str, forecasts: list[_Forecasts], in_sample: bool) -> Score:
    p = np.concatenate([f.p[model] for f in forecasts])
    y = np.concatenate([f.y for f in forecasts])
    past = np.concatenate([f.past for f in forecasts])
    low, high = _interval(forecasts, lambda f: (f.p[model] - f.y) ** 2)
    difference = _macro(forecasts, lambda f: (f.p[model] - f.y) ** 2 - (f.p["monte_carlo"] - f.y) ** 2)
    bounds = _interval(forecasts, lambda f: (f.p[model] - f.y) ** 2 - (f.p["monte_carlo"] - f.y) ** 2)
    areas = [area for f in forecasts if (area := auc(f.p[model], f.y)) is not None]
    return Score(
        time=time,
        model=model,
        n=len(y),
        brier=_macro(forecasts, lambda f: (f.p[model] - f.y) ** 2),
        skill=float(np.mean([1 - brier(f.p[model], f.y) / brier(f.p["base_rate"], f.y) for f in forecasts])),
        auc=float(np.mean(areas)) if areas else None,
        ece=expected_calibration_error(p, y),
        ece_perfect95=perfect_calibration_error(p),
        in_sample=in_sample,
        brier_interval=(low, high),
        against_monte_carlo=(difference, *bounds),
        by_past={band: _band(p, y, past, *limits) for band, limits in PAST_BANDS.items()},
        reliability=reliability(p, y),
    )


def _band(p: Array, y: NDArray[np.int64], past: NDArray[np.int64], least: int, most: int) -> tuple[float | None, int]:
    inside = (past >= least) & (past <= most)
    return (brier(p[inside], y[inside]) if inside.any() else None, int(inside.sum()))


def _macro(forecasts: list[_Forecasts], loss: Callable[[_Forecasts], Array]) -> float:
    return float(np.mean([loss(f).mean() for f in forecasts]))


def _interval(forecasts: list[_Forecasts], loss: Callable[[_Forecasts], Array]) -> tuple[float, float]:
    """95 % interval of the mean over organisations, each organisation's boards drawn with replacement."""
    rng = np.random.default_rng(0)
    total = np.zeros(_RESAMPLES)
    for f in forecasts:
        _, board = np.unique(f.boards, return_inverse=True)
        sums = np.bincount(board, weights=loss(f))
        counts = np.bincount(board)
        drawn = rng.integers(0, len(counts), (_RESAMPLES, len(counts)))
        total += sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1) / len(forecasts)
    low, high = np.quantile(total, [0.025, 0.975])
    return float(low), float(high)
