from pathlib import Path

import numpy as np
import polars as pl
import pytest

from sprintlib.errors import DatasetError
from sprintlib.evaluate import Dataset, ScoredBacktest, as_text, backtest, read_dataset
from sprintlib.evaluate.backtest import MODELS, forecast_all
from sprintlib.evaluate.fingerprints import fingerprints
from sprintlib.forecast.sprints import shipped_model
from tests.evaluate.folder import line, write, write_simulated


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("simulated")
    write_simulated(folder)
    return read_dataset(folder)


@pytest.fixture(scope="module")
def refitted(simulated: Dataset) -> ScoredBacktest:
    return backtest(simulated, refit=True)


def test_every_model_is_scored_at_every_time_on_the_same_sprints(refitted: ScoredBacktest) -> None:
    assert [(s.time, s.model) for s in refitted.scores] == [(t, m) for t in (0, 30, 50, 80) for m in MODELS]
    for time in (0, 30, 50, 80):
        assert len({s.n for s in refitted.scores if s.time == time}) == 1


def test_the_base_rate_has_no_skill_and_cannot_rank(refitted: ScoredBacktest) -> None:
    for score in refitted.scores:
        if score.model == "base_rate":
            assert score.skill == pytest.approx(0)
            assert score.auc == 0.5


def test_on_sprints_of_its_own_world_the_model_has_skill_and_intervals_hold_the_score(refitted: ScoredBacktest) -> None:
    for score in refitted.scores:
        assert score.brier_interval[0] <= score.brier <= score.brier_interval[1]
        if score.model == "shipped_online":
            assert score.skill > 0.1
            assert sum(n for _, n in score.by_past.values()) == score.n


def test_monte_carlo_does_not_differ_from_itself(refitted: ScoredBacktest) -> None:
    differences = {s.against_monte_carlo for s in refitted.scores if s.model == "monte_carlo"}

    assert differences == {(0.0, 0.0, 0.0)}


def test_the_same_data_give_the_same_scores(simulated: Dataset, refitted: ScoredBacktest) -> None:
    assert backtest(simulated, refit=True).scores == refitted.scores


def test_later_outcomes_change_no_earlier_forecast(simulated: Dataset) -> None:
    rows = simulated.sprints.filter(pl.col("time") == 50).sort("organisation", "sprint")
    cut = int(rows.filter(pl.col("organisation") == "org0")["sprint"].median() or 0)
    later = (pl.col("organisation") == "org0") & (pl.col("sprint") >= cut)
    changed = rows.with_columns(
        delivered=pl.when(later).then(1000 - pl.col("delivered")).otherwise(pl.col("delivered"))
    )
    untouched = (rows.filter(pl.col("organisation") == "org0")["sprint"] <= cut).to_numpy()

    for model in (shipped_model(), None):  # refitting learns from the other organisations only
        before = forecast_all(rows, shipped_model("simulated"), model, 0)[0].p
        after = forecast_all(changed, shipped_model("simulated"), model, 0)[0].p
        for name in before:
            assert np.array_equal(before[name][untouched], after[name][untouched]), name
    assert not np.allclose(before["shipped_online"], after["shipped_online"])


def test_refitting_needs_two_organisations_but_scoring_does_not(tmp_path: Path) -> None:
    write(tmp_path, "solo", 30, [line(1, n, diff=n % 3 - 1) for n in range(8)])
    data = read_dataset(tmp_path)

    with pytest.raises(DatasetError, match="at least two"):
        backtest(data, refit=True)
    scores = {s.model: s for s in backtest(data).scores}

    assert scores["base_rate"].brier > 0
    assert scores["shipped_online"].n == 8


def test_one_outcome_only_leaves_the_auc_open_and_the_rest_standing(tmp_path: Path) -> None:
    for organisation in ("one", "two"):
        write(tmp_path, organisation, 0, [line(1, n, diff=1) for n in range(5)])

    result = backtest(read_dataset(tmp_path), refit=True)

    assert all(score.auc is None and score.skill == 0 for score in result.scores if score.model == "base_rate")
    assert "   -" in as_text(result)


def test_rows_the_model_was_fitted_on_are_known_by_their_numbers_whatever_the_name(simulated: Dataset) -> None:
    renamed = simulated.sprints.with_columns(organisation=pl.lit("else"))
    other = simulated.sprints.with_columns(pl.col("delivered") + 1)

    assert fingerprints(renamed) == fingerprints(simulated.sprints)
    assert fingerprints(other).isdisjoint(fingerprints(simulated.sprints))
    assert not any(score.in_sample for score in backtest(simulated).scores)


def test_the_text_names_every_model_and_says_how_it_was_taken(refitted: ScoredBacktest) -> None:
    text = as_text(refitted)

    assert "org0, org1, org2" in text
    assert "refitted without the organisation scored" in text
    assert all(text.count(model) >= 4 for model in MODELS)


def test_waiting_for_outcomes_is_a_handicap_that_can_be_measured(simulated: Dataset, refitted: ScoredBacktest) -> None:
    late = backtest(simulated, refit=True, lag=10_000)
    never = {s.time: s.brier for s in late.scores if s.model == "shipped_online"}
    cold = {s.time: s.brier for s in late.scores if s.model == "shipped_cold"}

    for time, value in never.items():
        assert value == pytest.approx(cold[time], abs=1e-9)


@pytest.mark.realdata
def test_the_shipped_model_knows_its_own_rows(real_data: Path) -> None:
    result = backtest(read_dataset(real_data / "delivery-capability"))

    marked = {score.model for score in result.scores if score.in_sample}

    assert marked == {"shipped_cold", "shipped_online"}


@pytest.mark.realdata
def test_what_is_claimed_on_public_sprints(real_data: Path) -> None:
    """Issue 3: the better of two references, the simulator's skill, calibration, one or two past sprints."""
    scores = {
        (s.time, s.model): s for s in backtest(read_dataset(real_data / "delivery-capability"), refit=True).scores
    }

    for time, reference, skill in ((0, 0.203, 0.15), (30, 0.207, 0.14), (50, 0.198, 0.12), (80, 0.195, 0.15)):
        online = scores[time, "shipped_online"]
        assert online.brier < reference
        assert online.ece <= online.ece_perfect95
        assert scores[time, "simulator_only"].skill >= skill
        few = online.by_past["1-2"][0]
        assert few is not None
        assert few < scores[time, "monte_carlo"].brier
    assert [round(scores[t, "base_rate"].brier, 3) for t in (0, 30, 50, 80)] == [0.292, 0.291, 0.284, 0.274]
