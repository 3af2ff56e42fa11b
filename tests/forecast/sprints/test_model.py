import json

import numpy as np
import polars as pl
import pytest
from sklearn.utils.estimator_checks import check_estimator

from sprintlib.forecast.sprints import FEATURES, LocalPrior, SprintModel, features, moderated, outcomes, shipped_model
from sprintlib.forecast.sprints.fitting import PriorLogisticRegression, equal_weights, fit_public
from training.simulated_sprints import published_constants, simulated_sprints
from training.sprint_fitting import fit_simulated


def logits_at(model: SprintModel, elapsed: float) -> float:
    rows = simulated_sprints(1, 5).filter(pl.col("time") == 30)
    return float(model.logits(rows, elapsed)[0])


def test_at_its_four_times_the_model_is_that_of_the_time() -> None:
    rows = simulated_sprints(2, 5).filter(pl.col("time") == 50)
    model = shipped_model()

    np.testing.assert_allclose(model.logits(rows, 0.5), model.times[50].logits(features(rows)))


def test_between_two_times_log_odds_are_interpolated() -> None:
    model = shipped_model()

    assert logits_at(model, 0.4) == pytest.approx((logits_at(model, 0.3) + logits_at(model, 0.5)) / 2)
    assert logits_at(model, 0.1) == pytest.approx((2 * logits_at(model, 0.0) + logits_at(model, 0.3)) / 3)
    assert logits_at(model, 0.95) == logits_at(model, 0.8) == logits_at(model, 2.0)
    assert logits_at(model, -0.1) == logits_at(model, 0.0)


def test_the_log_odds_are_a_sum_over_features() -> None:
    rows = simulated_sprints(1, 8).filter(pl.col("time") == 80)
    at = shipped_model().times[80]

    parts = at.standardised(features(rows)) * at.coefficients

    np.testing.assert_allclose(at.intercept + parts.sum(axis=1), at.logits(features(rows)))


@pytest.mark.parametrize("name", ["public", "simulated"])
def test_what_ships_reads_back_as_it_was_written(name: str) -> None:
    model = shipped_model(name)

    assert SprintModel.from_json(model.to_json()).to_json() == model.to_json()
    assert set(model.times) == {0, 30, 50, 80}
    assert all(len(at.coefficients) == len(FEATURES) for at in model.times.values())


def test_the_simulated_model_saw_no_real_row() -> None:
    assert shipped_model("simulated").card["fingerprints"] == []
    assert len(shipped_model().card["fingerprints"]) == 1522


def test_progress_and_usual_throughput_speak_for_delivery() -> None:
    late = shipped_model().times[80]

    for name in ("usual_throughput", "done"):
        assert late.coefficients[FEATURES.index(name)] > 0


def test_a_model_of_other_features_is_refused() -> None:
    stored = json.loads(shipped_model().to_json())
    stored["features"][0] = "phase_of_the_moon"

    with pytest.raises(ValueError, match="other features"):
        SprintModel.from_json(json.dumps(stored))


def test_doubt_pulls_towards_a_coin_and_nothing_is_certain() -> None:
    sure = moderated(np.array([2.0, -2.0, 0.0, 50.0]), np.zeros(4))
    doubtful = moderated(np.array([2.0, -2.0, 0.0, 50.0]), np.full(4, 4.0))

    np.testing.assert_allclose(sure, [0.880797, 0.119203, 0.5, 0.97], atol=1e-6)
    assert 0.5 < doubtful[0] < sure[0]
    assert doubtful[2] == 0.5


def test_without_public_rows_the_prior_stays() -> None:
    prior = shipped_model("simulated")
    nothing = simulated_sprints(1, 1).clear()

    assert fit_public(prior, nothing, {}).times == prior.times


def test_fitting_finds_the_world_that_made_the_sprints() -> None:
    rows = simulated_sprints(60, 21)
    model = fit_simulated(rows, LocalPrior(), {})
    fresh = simulated_sprints(40, 22).filter(pl.col("time") == 80)
    y = outcomes(fresh)

    p = moderated(model.times[80].logits(features(fresh)), np.zeros(len(y)))

    assert np.mean((p - y) ** 2) < 0.8 * np.mean((y.mean() - y) ** 2)


def test_a_public_fit_moves_from_the_prior_as_far_as_it_is_allowed_to() -> None:
    prior = shipped_model("simulated")
    organisation = pl.format("org-{}", pl.col("team") % 3)
    rows = simulated_sprints(30, 9, published_constants() | {"load": 3.0}).with_columns(organisation=organisation)

    firm = fit_public(prior, rows, {}, coefficient_doubt=1e-4, intercept_doubt=1e-4)
    free = fit_public(prior, rows, {}, coefficient_doubt=1.0, intercept_doubt=1.0)

    for time, before in prior.times.items():
        np.testing.assert_allclose(firm.times[time].coefficients, before.coefficients, atol=1e-3)
        moved = np.abs(free.times[time].coefficients - before.coefficients).max()
        shipped = np.abs(fit_public(prior, rows, {}).times[time].coefficients - before.coefficients).max()
        assert 0 < shipped < moved


def test_the_estimator_keeps_the_contract_of_scikit_learn() -> None:
    with pytest.warns():  # checks that need pandas or the array API are skipped with a warning
        check_estimator(PriorLogisticRegression())


def test_a_strong_prior_wins_over_few_rows() -> None:
    x, y = np.array([[1.0], [-1.0], [2.0]]), np.array([0, 1, 0])

    firm = PriorLogisticRegression(np.array([2.0]), coefficient_sd=0.01).fit(x, y)
    loose = PriorLogisticRegression(np.array([2.0]), coefficient_sd=5.0).fit(x, y)

    assert firm.coef_[0, 0] == pytest.approx(2.0, abs=0.01)
    assert loose.coef_[0, 0] < 0


def test_groups_take_up_what_is_peculiar_to_them() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1], 400)
    x = rng.normal(size=(800, 1)) + group[:, None]
    y = (rng.random(800) < 1 / (1 + np.exp(-(x[:, 0] - 3 * group)))).astype(int)

    plain = PriorLogisticRegression().fit(x, y)
    grouped = PriorLogisticRegression().fit(x, y, groups=[(group.tolist(), 2.0)])

    assert plain.coef_[0, 0] < 0.5
    assert grouped.coef_[0, 0] == pytest.approx(1.0, abs=0.25)


def test_weights_make_groups_equal() -> None:
    weights = equal_weights(["a", "a", "a", "b"])

    assert weights.mean() == pytest.approx(1)
    assert weights[:3].sum() == pytest.approx(weights[3])
