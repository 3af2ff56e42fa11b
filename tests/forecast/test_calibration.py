"""Do the ranges hold what they promise? Teams whose true pace is drawn from the prior, and then observed."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import gammainc
from scipy.stats import kstest, norm  # type: ignore[attr-defined] # made at import

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast import Workload
from sprintlib.forecast.item_ends import ALIKE
from sprintlib.forecast.items.hazard import EDGES, FEATURES, shipped_hazard
from sprintlib.forecast.items.local import DOUBTS, LocalHazard, learned
from sprintlib.forecast.queue import closings
from sprintlib.forecast.ranges import interval, quantile, whole_interval
from sprintlib.forecast.rates import Rate, discounted_counts, prior_pace
from sprintlib.forecast.simulation import finish_days, present_closed

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
        seen = discounted_counts(days, dict.fromkeys(PAST_DAYS, 1.0), TODAY, EVERY_DAY)
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
    low, high = whole_interval(closed)
    return Run(
        pace=float(gammainc(learned.shape, pace * learned.days)),
        finish=place(rng, finish, end),
        closed=place(rng, closed, made),
        finish_inside=bool(quantile(finish, 0.1) <= end <= quantile(finish, 0.9)),
        closed_inside=low <= made <= high,
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
    assert 0.78 <= np.mean([run.finish_inside for run in runs]) <= 0.82
    assert 0.78 <= np.mean([run.closed_inside for run in runs]) <= 0.82


# ------------------------------------------------------------------ single items

TEAM_ITEMS = 60  # of a project's past, seen once each
OPEN = tuple(f"acme/api#{number}" for number in range(1, 7))


def drawn_facts(rng: np.random.Generator, items: int) -> NDArray[np.float64]:
    """Items in a dated milestone, shape (items, len(FEATURES)): of any kind and age, as far as the likes of them go."""
    facts = np.zeros((items, len(FEATURES)))
    place = {name: column for column, name in enumerate(FEATURES)}
    facts[:, place["pull"]] = rng.random(items) < 0.4
    stage = rng.choice(["untouched", "begun", "opened", "reviewed", "approved"], items)
    for name in ("begun", "opened", "reviewed", "approved"):
        facts[:, place[name]] = stage == name
    facts[:, place["age"]] = rng.uniform(0, 2, items)
    facts[:, place["idle"]] = rng.uniform(0, 1, items) * facts[:, place["age"]]
    facts[:, place["planned"]] = 1.0
    facts[:, place["beside"]] = rng.uniform(0.5, 1.5, items)
    facts[:, place["due"]] = rng.uniform(5, 13, items)  # not before the days that are asked for
    return facts


def ends(
    rng: np.random.Generator, rates: NDArray[np.float64], speed: float = 1.0, alike: float = 0.0
) -> NDArray[np.float64]:
    """When items with these rates (shape (n, len(EDGES))) close, in working days: piece by piece.

    alike: correlation of their luck.
    """
    normal = np.sqrt(alike) * rng.normal() + np.sqrt(1 - alike) * rng.normal(size=len(rates))
    left = -np.log(norm.sf(normal))
    found = np.full(len(rates), np.inf)
    for start, width, rate in zip(EDGES, np.diff([*EDGES, np.inf]), rates.T * speed, strict=True):
        here = np.isinf(found) & (left < rate * width)
        found[here] = start + (left / rate)[here]
        left = left - rate * min(width, 1e9)
    return found


@dataclass(frozen=True)
class ItemRun:
    """Six open items whose common speed is drawn, and what then came of them; places are 0-1 among the futures."""

    finish: float
    closed: float
    finish_inside: bool
    closed_inside: bool


def items_played(rng: np.random.Generator) -> ItemRun:
    """One of them waits for another one; five days to the deadline."""
    shape, days = rng.uniform(5, 40), rng.uniform(10, 60)
    pace = Rate(shape, days)
    rates = shipped_hazard().rates(drawn_facts(rng, len(OPEN)))
    work = Workload(
        "team",
        pace,
        None,
        OPEN,
        blocked={OPEN[0]: 3.0},
        waits_for={OPEN[0]: OPEN[1:2]},
        days_left=5.0,
        rates=dict(zip(OPEN, map(tuple, rates.tolist()), strict=True)),
        usual=pace.mean,
    )
    finish = finish_days(work)
    closed = present_closed(work, 5.0, finish)
    truth = ends(rng, rates, rng.gamma(shape) / shape, ALIKE)
    truth[0] += truth[1]
    end, made = float(truth.max()), int((truth <= 5.0).sum())
    end = np.inf if end > 260 else end
    whole, (low, high) = np.ceil(finish), whole_interval(closed)
    first, last = interval(whole)
    return ItemRun(
        finish=place(rng, finish, end),
        closed=place(rng, closed, made),
        finish_inside=first <= np.ceil(end) <= last,
        closed_inside=low <= made <= high,
    )


@pytest.fixture(scope="module")
def item_runs() -> list[ItemRun]:
    rng = np.random.default_rng(4)
    return [items_played(rng) for _ in range(RUNS)]


@pytest.mark.parametrize("what", ["finish", "closed"])
def test_futures_of_single_items_are_calibrated(item_runs: list[ItemRun], what: str) -> None:
    assert kstest([getattr(run, what) for run in item_runs], "uniform").pvalue > 0.01


def test_coverage_where_items_have_their_own_rates(item_runs: list[ItemRun]) -> None:
    assert 0.76 <= np.mean([run.finish_inside for run in item_runs]) <= 0.84
    assert 0.76 <= np.mean([run.closed_inside for run in item_runs]) <= 0.86


def test_what_a_team_of_its_own_kind_is_told_comes_true() -> None:
    """Teams that differ from the shared model as much as is supposed: told with what their past items taught."""
    rng = np.random.default_rng(5)
    model, told, general, came = shipped_hazard(), [], [], []
    for _ in range(500):
        truth = LocalHazard(model, rng.normal(0, DOUBTS))
        past, now = drawn_facts(rng, TEAM_ITEMS), drawn_facts(rng, 20)
        days = ends(rng, truth.rates(past))
        seen = rng.uniform(1, 20, TEAM_ITEMS)
        own = learned(model, past, np.minimum(days, seen), (days <= seen).astype(float), np.ones(TEAM_ITEMS))
        due = np.full(20, 5.0)
        told.append(-np.expm1(-own.expected(now, due)))
        general.append(-np.expm1(-model.expected(now, due)))
        came.append(ends(rng, truth.rates(now)) <= due)
    said, others, happened = (np.concatenate(each) for each in (told, general, came))
    assert np.mean((said - happened) ** 2) < np.mean((others - happened) ** 2) - 0.01
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = (said >= low) & (said < low + 0.2)
        assert happened[inside].mean() == pytest.approx(said[inside].mean(), abs=0.04)
