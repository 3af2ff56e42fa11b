"""The hazard of single items: what it says, how it is fitted, and what a team's own items change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm  # type: ignore[attr-defined] # made at import

from sprintlib.forecast import Workload, probability_in_time
from sprintlib.forecast.item_ends import ALIKE, HAND_OVER_DAYS, end_days
from sprintlib.forecast.items.hazard import EDGES, FEATURES, TERMS, ItemHazard, design, exposures, shipped_hazard
from sprintlib.forecast.items.local import DOUBTS, learned
from sprintlib.forecast.rates import Rate
from sprintlib.forecast.simulation import finish_days
from sprintlib.forecast.workload import Congestion
from training.item_fitting import HazardRegressor

PIECES = len(EDGES)


def facts(**more: float) -> np.ndarray:
    """One planned item with two others beside it, due in twenty working days."""
    known = {"planned": 1.0, "beside": 1.0, "age": 0.5, "idle": 0.3, "due": 20.0, **more}
    return np.array([[known.get(name, 0.0) for name in FEATURES]])


def within(days: float, **more: float) -> float:
    return float(-np.expm1(-shipped_hazard_of(days, **more)))


def shipped_hazard_of(days: float, **more: float) -> float:
    return float(shipped_hazard().expected(facts(**more), np.array([days]))[0])


def test_the_card_says_what_it_was_fitted_on() -> None:
    card = shipped_hazard().card
    assert "30 simulated startups (seeds 201 to 230" in card["fitted_on"]
    assert "secp256k1 and bips before 2024-07-01" in card["fitted_on"]
    assert {"use", "not_for", "limits"} <= card.keys()


def test_the_contrasts_are_those_one_expects() -> None:
    assert within(5) < within(5, opened=1) < within(5, approved=1)
    assert within(5, idle=2) < within(5)
    assert within(5, blocked=1) < within(5) < within(5, moves=2)


@given(st.floats(0, 250), st.floats(0, 250))
def test_more_days_are_never_less_likely(one: float, other: float) -> None:
    early, late = sorted((one, other))
    assert within(early) <= within(late)
    assert within(0) == 0.0


def test_exposures_share_the_days_among_the_pieces() -> None:
    spent = exposures(np.array([0.5, 5.0, 100.0]))
    assert spent.sum(axis=1).tolist() == [0.5, 5.0, 100.0]
    assert spent[1].tolist()[:5] == [1.0, 1.0, 2.0, 1.0, 0.0]


def test_json_gives_the_same_model_and_refuses_another() -> None:
    model = shipped_hazard()
    again = ItemHazard.from_json(model.to_json())
    assert np.array_equal(again.coefficients, model.coefficients)
    with pytest.raises(ValueError, match="other facts"):
        ItemHazard.from_json(model.to_json().replace('"idle"', '"idleness"'))


def made(rate: float, slope: float, seed: int = 1, number: int = 3000) -> tuple[np.ndarray, np.ndarray]:
    """Items whose rate is `rate`, and exp(slope) times as high for pull requests; followed for ten days."""
    rng = np.random.default_rng(seed)
    x = np.zeros((number, len(FEATURES)))
    x[:, FEATURES.index("pull")] = rng.integers(0, 2, number)
    ends = rng.exponential(1 / (rate * np.exp(slope * x[:, 0])))
    return x, np.column_stack([np.minimum(ends, 10.0), ends < 10.0]).astype(float)


def test_a_known_hazard_is_found_again() -> None:
    x, y = made(0.2, 0.7)
    fitted = HazardRegressor(ridge=0.01).fit(x, y)
    issue, pull = np.zeros((1, len(FEATURES))), np.eye(1, len(FEATURES))
    assert fitted.predict(issue, 5.0)[0] == pytest.approx(1 - np.exp(-1.0), abs=0.03)
    assert fitted.predict(pull, 5.0)[0] == pytest.approx(1 - np.exp(-np.exp(0.7)), abs=0.03)


def test_what_is_peculiar_to_a_group_is_forgotten() -> None:
    slow, quick = made(0.1, 0.0, seed=1), made(0.8, 0.0, seed=2)
    fitted = HazardRegressor(ridge=0.01).fit(
        np.vstack([slow[0], quick[0]]), np.vstack([slow[1], quick[1]]), groups=[None] * 3000 + ["quick"] * 3000
    )
    assert fitted.predict(np.zeros((1, len(FEATURES))), 5.0)[0] == pytest.approx(1 - np.exp(-0.5), abs=0.04)


def test_without_own_items_nothing_is_corrected() -> None:
    own = learned(shipped_hazard(), np.zeros((0, len(FEATURES))), *[np.zeros(0)] * 3)
    assert own.correction.tolist() == [0.0] * len(DOUBTS)


def test_own_items_correct_the_level_little_by_little() -> None:
    """Items that all stay open for ten days: three say something, thirty say more."""
    told = []
    for number in (3, 30):
        x = np.repeat(facts(opened=1), number, axis=0)
        own = learned(shipped_hazard(), x, np.full(number, 10.0), np.zeros(number), np.ones(number))
        told.append(float(-np.expm1(-own.expected(facts(opened=1), np.array([5.0])))[0]))
    assert within(5, opened=1) > told[0] > told[1]


def test_items_seen_twice_count_once() -> None:
    x = np.repeat(facts(), 10, axis=0)
    once = learned(shipped_hazard(), x, np.full(10, 5.0), np.ones(10), np.ones(10))
    twice = learned(shipped_hazard(), np.vstack([x, x]), np.full(20, 5.0), np.ones(20), np.full(20, 0.5))
    assert twice.correction == pytest.approx(once.correction, abs=1e-6)
    assert twice.closed == once.closed == 10.0


def test_the_design_has_a_level_a_piece_and_every_fact_twice() -> None:
    assert design(facts()).shape == (1, PIECES, PIECES + 2 * len(TERMS))


# ------------------------------------------------------------------ futures of items with rates

REFS = tuple(f"acme/api#{number}" for number in range(1, 7))


def work(*rates: float, **more: object) -> Workload:
    """Open items with constant rates, of a team whose pace is all but known."""
    known = {ref: (rate,) * PIECES for ref, rate in zip(REFS, rates, strict=False)}
    plain = {"pace": Rate(1e4, 1e4), "arrivals": None, "open": tuple(known), "days_left": 5.0, "rates": known}
    return Workload("acme/api", **{**plain, **more})


def test_one_item_closes_at_its_own_rate() -> None:
    assert probability_in_time(work(0.2)) == pytest.approx(1 - np.exp(-1.0), abs=0.015)  # two standard errors of 4,096


def test_the_luck_of_items_is_alike_as_far_as_is_said() -> None:
    """The chance of all six is that of normal variables with that correlation, and far from that of six strangers."""
    alone = 1 - np.exp(-1.0)
    alike = np.full((6, 6), ALIKE) + (1 - ALIKE) * np.eye(6)
    together = multivariate_normal(np.zeros(6), alike).cdf(np.full(6, norm.ppf(alone)))
    assert probability_in_time(work(*[0.2] * 6)) == pytest.approx(together, abs=0.015)
    assert together > alone**6 + 0.05


@pytest.mark.parametrize("rate", [0.05, 0.4])
def test_alike_luck_leaves_the_chance_of_each_item(rate: float) -> None:
    known = work(*[rate] * 4)
    for ref in known.open:
        assert (end_days(known, ref) <= 5.0).mean() == pytest.approx(1 - np.exp(-5 * rate), abs=0.02)


def test_an_item_is_worked_off_after_what_it_waits_for() -> None:
    waiting = work(0.5, 0.5, blocked={REFS[0]: 3.0}, waits_for={REFS[0]: (REFS[1],)})
    free = waiting.unblocked(REFS)
    taken_up = end_days(waiting, REFS[0]) - end_days(free, REFS[0]) - end_days(free, REFS[1])
    assert taken_up.min() >= 0.0
    assert taken_up.mean() == pytest.approx(HAND_OVER_DAYS, abs=0.03)
    assert probability_in_time(free) > probability_in_time(waiting) + 0.05


def test_a_chain_of_waiting_items_is_as_long_as_all_of_them_and_a_circle_ends() -> None:
    a, b, c = REFS[:3]
    chain = work(0.5, 0.5, 0.5, blocked={a: 3.0, b: 3.0}, waits_for={a: (b,), b: (c,)})
    free = chain.unblocked(REFS)
    both = end_days(chain, a) - sum(end_days(free, ref) for ref in (a, b, c))
    assert both.mean() == pytest.approx(2 * HAND_OVER_DAYS, abs=0.05)
    circle = work(0.5, 0.5, blocked={a: 3.0, b: 3.0}, waits_for={a: (b,), b: (a,)})
    once = end_days(circle, a) - end_days(free, a) - end_days(free, b)
    assert once.mean() == pytest.approx(HAND_OVER_DAYS, abs=0.03)


def test_the_date_presses_more_from_day_to_day() -> None:
    near = design(facts(due=5.0))[0, :, PIECES + TERMS.index("pressing")]
    assert near[:4] == pytest.approx([np.log(6 / 5), np.log(5 / 4), np.log(4 / 2) / 2, np.log(2)])
    assert near[4:].tolist() == [0.0] * 5
    over = design(facts(due=5.0))[0, :, PIECES + TERMS.index("overdue")]
    assert over.tolist() == [0.0] * 4 + [1.0] * 5


def test_a_pull_request_and_what_it_carries_share_their_luck() -> None:
    together = work(0.2, 0.2, carries={REFS[1]: REFS[0]})
    assert probability_in_time(together) == probability_in_time(work(0.2))


def test_twice_the_pace_is_twice_the_rate() -> None:
    assert probability_in_time(work(0.2, pace=Rate(2e4, 1e4))) == pytest.approx(1 - np.exp(-2.0), abs=0.005)


def test_an_uncertain_pace_moves_all_items_together() -> None:
    sure, unsure = work(*[0.4] * 6), work(*[0.4] * 6, pace=Rate(2.0, 2.0))
    spread = [np.quantile(finish_days(one), 0.9) - np.quantile(finish_days(one), 0.1) for one in (sure, unsure)]
    assert spread[1] > 2 * spread[0]


def test_a_blocked_item_is_no_likelier_than_what_it_waits_for() -> None:
    waiting = work(5.0, 0.1, blocked={REFS[0]: 3.0}, waits_for={REFS[0]: (REFS[1],)})
    assert np.all(end_days(waiting, REFS[0]) >= end_days(waiting, REFS[1]))
    assert np.all(end_days(waiting.without([REFS[1]]), REFS[0]) == end_days(work(5.0), REFS[0]))


def test_fewer_items_are_faster_and_never_slower() -> None:
    congestion = Congestion(open=6, people=2.0, slowing=(0.8,) * PIECES)
    assert congestion.relief(6).tolist() == [1.0] * PIECES
    assert congestion.relief(2)[0] == pytest.approx((4 / 2) ** 0.8)
    all_six = work(*[0.3] * 6, congestion=congestion)
    fewer = all_six.without(REFS[4:])
    assert np.all(end_days(fewer, REFS[0]) < end_days(all_six, REFS[0]))


rated = st.builds(
    lambda rates, blocked, shape: work(
        *rates,
        blocked={REFS[place]: 3.0 for place in blocked if place < len(rates)},
        pace=Rate(shape, 10.0),
        usual=shape / 10.0,
        congestion=Congestion(len(rates), 2.0, shipped_hazard().slowing()),
    ),
    st.lists(st.floats(0.01, 2.0), min_size=1, max_size=6),
    st.sets(st.integers(0, 5)),
    st.sampled_from([2.0, 20.0]),
)


@given(rated, st.integers(0, 5))
def test_taking_an_item_out_never_lowers_the_chance(given_work: Workload, place: int) -> None:
    ref = given_work.open[place % len(given_work.open)]
    assert np.all(finish_days(given_work.without([ref])) <= finish_days(given_work))


@given(rated)
def test_unblocking_never_lowers_the_chance(given_work: Workload) -> None:
    assert np.all(finish_days(given_work.unblocked(REFS)) <= finish_days(given_work))


@given(rated, st.integers(0, 5))
def test_no_item_is_less_likely_than_all_of_them(given_work: Workload, place: int) -> None:
    ref = given_work.open[place % len(given_work.open)]
    assert np.all(end_days(given_work, ref) <= np.maximum(finish_days(given_work), 1e-9))
