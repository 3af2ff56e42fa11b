"""Futures of open items against closed forms, and the order that actions must keep."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom  # type: ignore[attr-defined] # made at import

from sprintlib.forecast import Workload, probability_in_time
from sprintlib.forecast.queue import closings
from sprintlib.forecast.random_streams import DRAWS, event_times, unit_gamma
from sprintlib.forecast.rates import Rate
from sprintlib.forecast.simulation import finish_days, present_closed, projection

ITEMS = tuple(f"acme/api#{number}" for number in range(1, 9))


def work(count: int = 4, **changes: object) -> Workload:
    plain = Workload("acme/api", pace=Rate(12.0, 10.0), arrivals=None, open=ITEMS[:count], days_left=5.0)
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("shape", "days", "left", "count"), [(12, 10, 5, 4), (3, 2, 5, 8), (40, 80, 10, 2), (2, 1, 1, 1)]
)
def test_without_arrivals_the_chance_is_that_of_a_negative_binomial(
    shape: float, days: float, left: float, count: int
) -> None:
    exact = nbinom.sf(count - 1, shape, days / (days + left))
    assert probability_in_time(work(count, pace=Rate(shape, days), days_left=left)) == pytest.approx(exact, abs=0.02)


def test_the_same_work_has_the_same_chance_every_time() -> None:
    assert probability_in_time(work()) == probability_in_time(work()) == pytest.approx(0.7932, abs=0.0005)


def test_a_workload_without_a_deadline_has_no_chance() -> None:
    assert probability_in_time(work(days_left=None)) is None


def test_a_passed_deadline_leaves_no_chance() -> None:
    assert probability_in_time(work(days_left=0.0)) == 0.0


def test_nothing_open_is_finished_at_once() -> None:
    assert finish_days(work(0)).max() == 0.0


def test_some_items_end_with_all_of_them_as_often_as_their_share() -> None:
    everything, some = finish_days(work(8)), finish_days(work(8), focus=ITEMS[:2])
    assert (some == everything).mean() == pytest.approx(2 / 8, abs=0.02)
    assert np.all(some <= everything)


def test_all_items_in_focus_are_all_items() -> None:
    assert np.array_equal(finish_days(work(5), focus=ITEMS), finish_days(work(5)))


def test_nothing_in_focus_is_finished() -> None:
    assert finish_days(work(5), focus=()).max() == 0.0


def test_another_name_has_other_luck() -> None:
    assert not np.array_equal(finish_days(work()), finish_days(work(name="other")))


def test_arrivals_cost_chance() -> None:
    assert (
        probability_in_time(work(arrivals=Rate(5.0, 10.0)))
        < probability_in_time(work(arrivals=Rate(1.0, 10.0)))
        < probability_in_time(work())
    )


def test_more_arrivals_than_closings_may_never_end() -> None:
    flooded = work(pace=Rate(50.0, 100.0), arrivals=Rate(200.0, 100.0))
    assert np.isinf(finish_days(flooded)).mean() > 0.5


def test_a_blocked_item_waits_for_its_release_and_then_for_a_closing() -> None:
    swift = work(1, pace=Rate(1e6, 1e3))  # a thousand closings a day: only the wait counts
    blocked = finish_days(replace(swift, blocked={ITEMS[0]: 3.0}))
    assert blocked.mean() == pytest.approx(3.0, abs=0.05)
    assert np.median(blocked) == pytest.approx(3.0 * np.log(2), abs=0.05)


def test_an_item_that_lands_uses_no_pace() -> None:
    slow = work(1, pace=Rate(1.0, 1e3))
    assert probability_in_time(slow.landed_within(ITEMS[:1], 2.0)) == 1.0
    assert probability_in_time(replace(slow.landed_within(ITEMS[:1], 2.0), days_left=1.9)) == 0.0


def test_landing_takes_only_what_is_open() -> None:
    assert work(2).landed_within(["acme/web#9"], 1.0).landing == {}


def test_closings_are_counted_whether_present_or_not() -> None:
    assert closings(work(2), 5.0).mean() == pytest.approx(6.0, abs=0.2)


def test_present_items_close_at_most_once_and_all_where_finished() -> None:
    plain = work(4, arrivals=Rate(5.0, 10.0), blocked={ITEMS[0]: 3.0})
    finish = finish_days(plain)
    closed = present_closed(plain, 5.0, finish)
    assert closed.min() >= 0
    assert np.array_equal(closed == 4, finish <= 5.0)


def test_the_projection_rises() -> None:
    days = [0.0, 1.0, 2.5, 5.0, 30.0]
    means = [closed.mean() for closed in projection(work(), days, finish_days(work()))]
    assert means == sorted(means)
    assert means[0] == 0.0


def test_random_numbers_stay_when_more_are_asked_for() -> None:
    few, many = event_times("test", 10), event_times("test", 100)
    assert few.shape == (64, DRAWS)
    assert many.shape == (128, DRAWS)
    assert np.array_equal(few, many[:64])
    assert not np.array_equal(few, event_times("other", 10))


def test_stratified_rates_have_the_mean_of_their_distribution() -> None:
    assert unit_gamma("test", 3.5).mean() == pytest.approx(3.5, abs=0.01)


workloads = st.builds(
    lambda count, shape, days, arrivals, blocked, left: work(
        count,
        pace=Rate(shape, days),
        arrivals=Rate(*arrivals) if arrivals else None,
        blocked={ITEMS[place]: mean for place, mean in blocked.items() if place < count},
        days_left=left,
    ),
    st.integers(1, 8),
    st.sampled_from([2.0, 5.5, 20.0]),
    st.sampled_from([1.0, 8.0, 40.0]),
    st.one_of(st.none(), st.sampled_from([(1.0, 10.0), (6.0, 10.0)])),
    st.dictionaries(st.integers(0, 7), st.sampled_from([1.0, 3.0, 9.0]), max_size=4),
    st.floats(0.1, 30.0),
)


@given(workloads, st.integers(0, 7))
def test_taking_an_item_out_never_lowers_the_chance(given_work: Workload, place: int) -> None:
    ref = given_work.open[place % len(given_work.open)]
    assert np.all(finish_days(given_work.without([ref])) <= finish_days(given_work))


@given(workloads)
def test_unblocking_never_lowers_the_chance(given_work: Workload) -> None:
    assert np.all(finish_days(given_work.unblocked(ITEMS)) <= finish_days(given_work))


@given(workloads, st.integers(0, 7))
def test_landing_an_item_gains_at_most_what_taking_it_out_gains(given_work: Workload, place: int) -> None:
    ref = given_work.open[place % len(given_work.open)]
    landed = finish_days(given_work.landed_within([ref], 1.0))
    assert np.all(landed >= finish_days(given_work.without([ref])))
    assert np.all(landed <= np.maximum(finish_days(given_work), 1.0))


@given(workloads, st.floats(0.1, 10.0))
def test_more_time_never_lowers_the_chance(given_work: Workload, more: float) -> None:
    later = replace(given_work, days_left=(given_work.days_left or 0.0) + more)
    assert (probability_in_time(later) or 0.0) >= (probability_in_time(given_work) or 0.0)


@given(workloads, st.sets(st.sampled_from(ITEMS)))
def test_a_part_is_never_later_than_the_whole(given_work: Workload, focus: set[str]) -> None:
    assert np.all(finish_days(given_work, focus) <= finish_days(given_work))
