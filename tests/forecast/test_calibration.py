"""Do the ranges hold what they promise? Teams whose true pace is drawn from the prior, and then observed."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import gammainc
from scipy.stats import kstest

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast import Workload
from sprintlib.forecast.forecasting import quantile
from sprintlib.forecast.rates import prior_pace, tally
from sprintlib.forecast.simulation import closings, finish_days

TEAMS = 800
TODAY = date(2026, 3, 27)
EVERY_DAY = WorkingCalendar(weekend=frozenset())
PAST_DAYS = [TODAY - timedelta(days=age) for age in range(20)]


def covered(discounted: bool) -> float:
    """Share of teams that finish within their 80 % interval."""
    rng = np.random.default_rng(1)
    prior = prior_pace(4)
    inside = 0
    for _ in range(TEAMS):
        pace = rng.gamma(prior.shape, 1 / prior.days)
        closed = rng.poisson(pace, size=len(PAST_DAYS))
        days = [day for day, number in zip(PAST_DAYS, closed, strict=True) for _ in range(number)]
        seen = tally(days, dict.fromkeys(PAST_DAYS, 1.0), TODAY, EVERY_DAY)
        learned = prior.after(seen.events, seen.days) if discounted else prior.after(len(days), len(PAST_DAYS))
        finish = finish_days(Workload("team", learned, None, tuple(map(str, range(8)))))
        truth = rng.gamma(8) / pace
        inside += quantile(finish, 0.1) <= truth <= quantile(finish, 0.9)
    return inside / TEAMS


@pytest.mark.parametrize("discounted", [False, True])
def test_eighty_percent_intervals_cover_about_eighty_percent(discounted: bool) -> None:
    assert 0.76 <= covered(discounted) <= 0.84


def test_probabilities_mean_what_they_say() -> None:
    """Teams told about 50 % finish in time about half of the time."""
    rng = np.random.default_rng(2)
    prior = prior_pace(4)
    told, came = [], []
    for _ in range(TEAMS):
        pace = rng.gamma(prior.shape, 1 / prior.days)
        learned = prior.after(rng.poisson(10 * pace), 10)
        finish = finish_days(Workload("team", learned, None, tuple(map(str, range(8)))))
        told.append((finish <= 6.0).mean())
        came.append(rng.gamma(8) / pace <= 6.0)
    for low, high in ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0)):
        of_bin = [(p, y) for p, y in zip(told, came, strict=True) if low <= p < high]
        assert np.mean([y for _, y in of_bin]) == pytest.approx(np.mean([p for p, _ in of_bin]), abs=0.1)


RUNS = 1000


@dataclass(frozen=True)
class Run:
    """One team drawn from the prior, observed for 20 days, and what then came; places are 0-1 among the futures."""

    pace: float
    finish: float
    closed: float
    finish_inside: bool
    closed_inside: bool


def played(rng: np.random.Generator) -> Run:
    """Eight items left; six days on, and until all are done. Talts et al. 2018, "Validating Bayesian inference"."""
    prior = prior_pace(4)
    pace = rng.gamma(prior.shape, 1 / prior.days)
    learned = prior.after(rng.poisson(pace * len(PAST_DAYS)), len(PAST_DAYS))
    work = Workload("team", learned, None, tuple(map(str, range(8))))
    finish, closed = finish_days(work), closings(work, 6.0)
    times = np.cumsum(rng.exponential(1 / pace, size=400))
    end, made = times[7], int((times <= 6.0).sum())
    return Run(
        pace=float(gammainc(learned.shape, pace * learned.days)),
        finish=place(rng, finish, end),
        closed=place(rng, closed, made),
        finish_inside=bool(quantile(finish, 0.1) <= end <= quantile(finish, 0.9)),
        closed_inside=bool(quantile(closed, 0.1) <= made <= quantile(closed, 0.9)),
    )


def place(rng: np.random.Generator, futures: NDArray[np.float64] | NDArray[np.int64], truth: float) -> float:
    """Share of the futures below the truth, ties broken by chance."""
    return float(np.mean(futures < truth) + rng.random() * np.mean(futures == truth))


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    rng = np.random.default_rng(3)
    return [played(rng) for _ in range(RUNS)]


@pytest.mark.parametrize("what", ["pace", "finish", "closed"])
def test_simulation_based_calibration_is_uniform(runs: list[Run], what: str) -> None:
    """Over teams drawn from the prior the truth takes every place among the futures equally often."""
    assert kstest([getattr(run, what) for run in runs], "uniform").pvalue > 0.01


def test_coverage_of_both_intervals(runs: list[Run]) -> None:
    """Counts are whole, so that an 80 % interval of them holds a little more."""
    assert 0.78 <= np.mean([run.finish_inside for run in runs]) <= 0.82
    assert 0.78 <= np.mean([run.closed_inside for run in runs]) <= 0.88
