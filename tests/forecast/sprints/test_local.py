import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sprintlib.forecast.sprints import LocalLayer, LocalPrior
from sprintlib.forecast.sprints.local import learned_logits

NO_FEATURES = np.empty(0)
PRIOR = LocalPrior(organisation=0.8, team=0.5, feature=0.3)


def test_before_any_outcome_nothing_is_corrected_and_all_is_doubted() -> None:
    z = np.array([2.0, -1.0])

    mean, variance = LocalLayer(PRIOR, 2).correction(z, "team")

    assert mean == 0
    assert variance == pytest.approx(0.8**2 + 0.5**2 + 0.3**2 * 5) == PRIOR.variance(z)


def test_one_success_of_an_even_forecast_moves_to_the_exact_mode() -> None:
    layer = LocalLayer(LocalPrior(organisation=1.0, team=0.0, feature=0.0), 0)

    layer.learn(0.0, NO_FEATURES, "team", 1)
    mean, variance = layer.correction(NO_FEATURES, "team")

    # mode of sigmoid(x) N(x; 0, 1): x = 1 - sigmoid(x)
    assert mean == pytest.approx(0.4010581)
    assert mean == pytest.approx(1 - 1 / (1 + np.exp(-mean)))
    assert variance == pytest.approx(1 / (1 + (1 - mean) * mean))


def test_outcomes_of_a_team_move_it_more_than_its_neighbours() -> None:
    layer = LocalLayer(PRIOR, 0)
    for _ in range(6):
        layer.learn(0.0, NO_FEATURES, "a", 0)

    assert layer.correction(NO_FEATURES, "a")[0] < layer.correction(NO_FEATURES, "b")[0] < 0


def test_a_feature_that_means_the_opposite_here_is_learned() -> None:
    layer = LocalLayer(LocalPrior(0.8, 0.5, 0.5), 1)
    rng = np.random.default_rng(1)
    for _ in range(120):
        z = rng.normal(size=1)
        layer.learn(float(z[0]), z, "team", int(z[0] < 0))

    assert layer.correction(np.array([1.0]), "team")[0] < -0.8
    assert layer.correction(np.array([-1.0]), "team")[0] > 0.8


def test_intercepts_recover_a_team_that_always_does_better() -> None:
    rng = np.random.default_rng(2)
    layer = LocalLayer(LocalPrior(1.0, 0.0, 0.0), 0)
    for _ in range(400):
        layer.learn(0.0, NO_FEATURES, 0, int(rng.random() < 1 / (1 + np.exp(-1.2))))

    mean, variance = layer.correction(NO_FEATURES, 0)

    assert mean == pytest.approx(1.2, abs=3 * np.sqrt(variance))
    assert variance < 0.02


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-4, 4), st.integers(0, 2), st.integers(0, 1)), max_size=25))
def test_outcomes_only_ever_reduce_the_doubt(history: list[tuple[float, float, int, int]]) -> None:
    layer = LocalLayer(PRIOR, 1)
    z = np.array([0.7])
    before = layer.correction(z, 0)[1]
    for logit, value, team, outcome in history:
        layer.learn(logit, np.array([value]), team, outcome)
        mean, after = layer.correction(z, 0)
        assert np.isfinite(mean)
        assert 0 < after <= before + 1e-12
        before = after


def test_a_forward_chain_forecasts_before_it_learns() -> None:
    logits, z = np.zeros(4), np.zeros((4, 0))
    teams, outcomes = [0, 0, 0, 0], np.array([1, 1, 1, 0])

    means, variances = learned_logits(logits, z, teams, outcomes, PRIOR)
    flipped, _ = learned_logits(logits, z, teams, np.array([1, 1, 1, 1]), PRIOR)

    assert means[0] == 0
    assert list(means) == sorted(means)
    assert list(variances) == sorted(variances, reverse=True)
    np.testing.assert_array_equal(means, flipped)


def test_a_lag_holds_outcomes_back() -> None:
    logits, z = np.zeros(5), np.zeros((5, 0))

    means, _ = learned_logits(logits, z, [0] * 5, np.ones(5, dtype=np.int64), PRIOR, lag=2)

    assert list(means[:3]) == [0, 0, 0]
    assert means[3] > 0
