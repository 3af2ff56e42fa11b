"""Intervals of whole numbers hold about what they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sprintlib.forecast.ranges import interval, quantile, whole_interval


def futures(*counts: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """counts[k] futures in which it is k."""
    return np.repeat(np.arange(len(counts)), counts)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((10, 10, 10, 10, 10, 10, 10, 10, 10, 10), (1, 8)),  # exactly 80: nothing is to be given up
        ((5, 10, 15, 25, 45), (2, 4)),  # from 1, the tenth percentile, it would be 95, from 3 it would be 70
        ((4, 96), (1, 1)),
        ((0, 0, 100), (2, 2)),
        ((11, 78, 11), (1, 1)),  # 78 is nearer to 80 than 89 or 100
        ((30, 40, 30), (1, 2)),  # 70 is nearer than 100; of two equal ends the lower one goes
    ],
)
def test_the_ends_that_make_it_about_eighty_of_a_hundred(counts: tuple[int, ...], expected: tuple[int, int]) -> None:
    assert whole_interval(futures(*counts)) == expected


def test_the_upper_end_can_be_held() -> None:
    days = futures(0, 40, 40, 6, 8, 6)
    assert interval(days) == (1, 2)
    assert interval(days, least_high=0.85) == (1, 3)


def test_days_that_never_come_are_the_last() -> None:
    assert interval(np.array([3.0] * 60 + [4.0] * 25 + [np.inf] * 15), least_high=0.85) == (3.0, 4.0)
    assert interval(np.array([3.0] * 50 + [np.inf] * 50)) == (3.0, np.inf)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=200), st.floats(0.5, 0.95))
def test_an_interval_holds_the_median_and_lies_within_the_percentiles(values: list[int], least_high: float) -> None:
    found = np.array(values)
    low, high = interval(found, least_high=min(least_high, 0.9))
    assert quantile(found, 0.1) <= low <= quantile(found, 0.5) <= high <= quantile(found, 0.9)
    assert high >= quantile(found, min(least_high, 0.9))
    inside = np.mean((found >= low) & (found <= high))
    outer = np.mean((found >= quantile(found, 0.1)) & (found <= quantile(found, 0.9)))
    assert abs(inside - 0.8) <= abs(outer - 0.8) + 1e-9
    assert inside > 0.6 - 1e-9
