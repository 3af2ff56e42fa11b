"""The backtest: every model forecasts every sprint, organisation by organisation, from what came before it."""

from collections.abc import Callable, Iterator
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
from sprintlib.evaluate.references import Rows
from sprintlib.forecast.sprints import SprintModel, features, moderated, outcomes, past_sprints, shipped_model
from sprintlib.forecast.sprints.local import learned_logits
from sprintlib.forecast.sprints.model import TIMES
from sprintlib.parallel import in_order, open_executor

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
class ScoredBacktest:
    """All scores, and what they were taken on."""

    scores: list[Score]
    organisations: list[str]
    refit: bool
    unreadable: int
    model: str


@dataclass(frozen=True)
class Forecasts:
    """One organisation at one time: its rows, past sprints of each row's team (n,), a forecast (n,) per model."""

    rows: Rows
    past: NDArray[np.int64]
    p: dict[str, Array]


def backtest(
    dataset: Dataset,
    refit: bool = False,
    lag: int = 0,
    prior: SprintModel | None = None,
    scheduler: str | None = None,
) -> ScoredBacktest:
    """Score six models on a dataset.

    refit: fit the public layer again, without the organisation that is scored, instead of taking it as shipped.
    lag: learn from a sprint only after so many others (0: before the next one), to see what overlap in time is worth.
    prior: what to refit from, default the simulated model that ships. scheduler: as of `open_executor`, a call for
    each organisation and time; by default here.
    Raises DatasetError where refitting has nothing to learn from.
    """
    if refit and len(dataset.organisations) < 2:
        raise DatasetError("--refit leaves one organisation out and needs at least two; run without it.")
    shipped = shipped_model()
    scores = []
    found = _forecasts(dataset, prior or shipped_model("simulated"), None if refit else shipped, lag, scheduler)
    for time, sprints, forecasts in found:
        fitted = not refit and not fingerprints(sprints).isdisjoint(shipped.card["fingerprints"])
        scores += [_score(time, model, forecasts, fitted and model.startswith("shipped")) for model in MODELS]
    return ScoredBacktest(scores, dataset.organisations, refit, dataset.unreadable, shipped.card["name"])


def _forecasts(
    dataset: Dataset, prior: SprintModel, shipped: SprintModel | None, lag: int, scheduler: str | None
) -> Iterator[tuple[int, pl.DataFrame, list[Forecasts]]]:
    """By time: its sprints, and forecasts of each organisation; all of them side by side."""
    ordered = {time: dataset.sprints.filter(pl.col("time") == time).sort("organisation", "sprint") for time in TIMES}
    named = {time: np.unique(sprints["organisation"].to_numpy()).tolist() for time, sprints in ordered.items()}
    calls = [(ordered[time], name, prior, shipped, lag) for time in TIMES for name in named[time]]
    with open_executor(scheduler) as executor:
        values = in_order(executor, forecast_organisation, calls)
        for time in TIMES:
            if named[time]:
                yield time, ordered[time], [next(values) for _ in named[time]]


def forecast_all(sprints: pl.DataFrame, prior: SprintModel, shipped: SprintModel | None, lag: int) -> list[Forecasts]:
    """Forecasts per organisation, as of `forecast_organisation`."""
    names = np.unique(sprints["organisation"].to_numpy()).tolist()
    return [forecast_organisation(sprints, name, prior, shipped, lag) for name in names]


def forecast_organisation(
    sprints: pl.DataFrame, name: str, prior: SprintModel, shipped: SprintModel | None, lag: int
) -> Forecasts:
    """Of one organisation. sprints: SPRINT_SCHEMA at one time, of all, sorted by organisation and sprint.

    shipped: the model to score; None: fit one from `prior` on the other organisations.
    """
    time = int(sprints["time"][0])
    fallback = shipped_model().card["rates"][str(time)]
    names, past = sprints["organisation"].to_numpy(), past_sprints(sprints)
    everything = Rows(features(sprints), outcomes(sprints), names, sprints["team"].to_numpy())
    others, rows = everything.where(names != name), everything.where(names == name)
    model = shipped or _refitted(prior, sprints.filter(pl.col("organisation") != name))
    p = {
        "base_rate": np.full(len(rows.y), references.base_rate(others, fallback)),
        "burn_up": references.burn_up(others, rows, fallback),
        "monte_carlo": references.monte_carlo(others, rows, fallback),
        "ratios_online": references.ratios_online(others, rows, fallback),
        "simulator_only": _cold(prior, rows, time),
        "shipped_cold": _cold(model, rows, time),
        "shipped_online": _online(model, rows, time, lag),
    }
    return Forecasts(rows, past[names == name], p)


def _refitted(prior: SprintModel, others: pl.DataFrame) -> SprintModel:
    from sprintlib.forecast.sprints.fitting import fit_public

    return fit_public(prior, others, {"name": "refitted"})


def _cold(model: SprintModel, rows: Rows, time: int) -> Array:
    """Of an organisation never seen: the prior, and all the doubt about where this organisation lies."""
    at = model.times[time]
    variances = np.array([model.local_prior.variance(z) for z in at.standardised(rows.x)])
    return moderated(at.logits(rows.x), variances)


def _online(model: SprintModel, rows: Rows, time: int, lag: int) -> Array:
    at = model.times[time]
    z, logits, boards = at.standardised(rows.x), at.logits(rows.x), rows.boards.tolist()
    return moderated(*learned_logits(logits, z, boards, rows.y, model.local_prior, lag))


def _score(time: int, model: str, forecasts: list[Forecasts], in_sample: bool) -> Score:
    p = np.concatenate([f.p[model] for f in forecasts])
    y = np.concatenate([f.rows.y for f in forecasts])
    past = np.concatenate([f.past for f in forecasts])

    def loss(f: Forecasts) -> Array:
        return (f.p[model] - f.rows.y) ** 2

    def gain(f: Forecasts) -> Array:
        return loss(f) - (f.p["monte_carlo"] - f.rows.y) ** 2

    areas = [area for f in forecasts if (area := auc(f.p[model], f.rows.y)) is not None]
    return Score(
        time=time,
        model=model,
        n=len(y),
        brier=_macro(forecasts, loss),
        skill=float(np.mean([_skill(f, model) for f in forecasts])),
        auc=float(np.mean(areas)) if areas else None,
        ece=expected_calibration_error(p, y),
        ece_perfect95=perfect_calibration_error(p),
        in_sample=in_sample,
        brier_interval=interval(forecasts, loss),
        against_monte_carlo=(_macro(forecasts, gain), *interval(forecasts, gain)),
        by_past={band: _band(p, y, past, *limits) for band, limits in PAST_BANDS.items()},
        reliability=reliability(p, y),
    )


def _skill(f: Forecasts, model: str) -> float:
    """Share of the base rate's Brier score that the model takes away; 0 where the base rate is never wrong."""
    reference = brier(f.p["base_rate"], f.rows.y)
    return 1 - brier(f.p[model], f.rows.y) / reference if reference else 0.0


def _band(p: Array, y: NDArray[np.int64], past: NDArray[np.int64], least: int, most: int) -> tuple[float | None, int]:
    inside = (past >= least) & (past <= most)
    return (brier(p[inside], y[inside]) if inside.any() else None, int(inside.sum()))


def _macro(forecasts: list[Forecasts], loss: Callable[[Forecasts], Array]) -> float:
    return float(np.mean([loss(f).mean() for f in forecasts]))


def interval(forecasts: list[Forecasts], loss: Callable[[Forecasts], Array]) -> tuple[float, float]:
    """95 % interval of the mean over organisations, each organisation's boards drawn with replacement."""
    rng = np.random.default_rng(0)
    total = np.zeros(_RESAMPLES)
    for f in forecasts:
        _, board = np.unique(f.rows.boards, return_inverse=True)
        sums = np.bincount(board, weights=loss(f))
        counts = np.bincount(board)
        drawn = rng.integers(0, len(counts), (_RESAMPLES, len(counts)))
        total += sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1) / len(forecasts)
    low, high = np.quantile(total, [0.025, 0.975])
    return float(low), float(high)
