import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sprintlib.evaluate.metrics import (
    ReliabilityBin,
    auc,
    brier,
    expected_calibration_error,
    perfect_calibration_error,
    reliability,
)

P = np.array([0.1, 0.15, 0.9, 1.0])
Y = np.array([0, 1, 1, 1])


def test_brier_is_the_mean_squared_difference() -> None:
    assert brier(P, Y) == pytest.approx((0.01 + 0.7225 + 0.01 + 0) / 4)


def test_auc_counts_pairs_in_the_right_order() -> None:
    assert auc(P, Y) == 1.0
    assert auc(-P, Y) == 0.0
    assert auc(np.array([0.3, 0.3, 0.3, 0.3]), Y) == 0.5
    assert auc(np.array([0.4, 0.2, 0.4, 0.6]), Y) == pytest.approx((0 + 0.5 + 1) / 3)


def test_auc_is_unknown_where_only_one_outcome_occurred() -> None:
    assert auc(P, np.ones(4, dtype=np.int64)) is None


def test_reliability_keeps_non_empty_tenths_and_puts_certainty_into_the_last() -> None:
    low, high = reliability(P, Y)

    assert low == ReliabilityBin(0.1, 2, pytest.approx(0.125), 0.5)
    assert high == ReliabilityBin(0.9, 2, pytest.approx(0.95), 1.0)


def test_calibration_error_weighs_tenths_by_their_counts() -> None:
    assert expected_calibration_error(P, Y) == pytest.approx(0.5 * 0.375 + 0.5 * 0.05)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=60))
def test_calibration_error_agrees_with_the_bins_shown(pairs: list[tuple[float, int]]) -> None:
    p, y = np.array([a for a, _ in pairs]), np.array([b for _, b in pairs])

    from_bins = sum(b.n * abs(b.forecast - b.observed) for b in reliability(p, y)) / len(p)

    assert expected_calibration_error(p, y) == pytest.approx(from_bins, abs=1e-12)


def test_perfect_forecasts_are_below_their_own_95th_percentile_19_times_in_20() -> None:
    rng = np.random.default_rng(5)
    p = rng.uniform(0.05, 0.95, 300)
    limit = perfect_calibration_error(p)

    below = [expected_calibration_error(p, (rng.random(300) < p).astype(np.int64)) <= limit for _ in range(400)]

    assert 0.91 <= np.mean(below) <= 0.99
    assert perfect_calibration_error(p) == limit
