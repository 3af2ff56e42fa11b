import json
from importlib import resources

import numpy as np
import polars as pl
import pytest

from sprintlib.evaluate.dataset import SPRINT_SCHEMA
from sprintlib.forecast.sprints.model import TIMES
from training.simulated_sprints import published_constants, simulated_sprints

INSIDE = pl.col("items_todo") + pl.col("items_in_progress") + pl.col("items_done")


@pytest.fixture(scope="module")
def sprints() -> pl.DataFrame:
    return simulated_sprints(80, 1)


def test_the_same_seed_gives_the_same_sprints(sprints: pl.DataFrame) -> None:
    assert simulated_sprints(80, 1).equals(sprints)
    assert not simulated_sprints(80, 2).equals(sprints)


def test_rows_keep_the_schema_and_no_empty_board(sprints: pl.DataFrame) -> None:
    assert dict(sprints.schema) == SPRINT_SCHEMA
    assert set(sprints["time"].unique()) == set(TIMES)
    assert sprints.filter(INSIDE <= 0).is_empty()
    assert sprints.null_count().sum_horizontal().item() == 0


def test_scope_is_conserved(sprints: pl.DataFrame) -> None:
    """Items inside = at the start + added - removed, at every time."""
    inside = sprints.select(INSIDE).to_series()
    accounted = sprints["items_at_start"] + sprints["items_added"] - sprints["items_removed"]

    assert (inside == accounted).all()


def test_time_only_adds(sprints: pl.DataFrame) -> None:
    ordered = sprints.sort("organisation", "sprint", "time")
    for column in ("items_added", "items_removed"):
        steps = ordered.select(pl.col(column).diff().over("organisation", "sprint")).to_series().drop_nulls()
        assert (steps >= 0).all()


def test_no_more_is_delivered_than_done_boards_show_unless_it_is_done_later(sprints: pl.DataFrame) -> None:
    assert (sprints["delivered"] >= sprints["work_done"] - 1e-9).all()


def test_teams_and_outcomes_differ(sprints: pl.DataFrame) -> None:
    at_half = sprints.filter(pl.col("time") == 50)
    met = at_half["delivered"] >= at_half["work_todo"] + at_half["work_in_progress"] + at_half["work_done"]
    by_team = (
        at_half.with_columns(met=met).group_by("team").agg(pl.col("met").mean(), pl.len()).filter(pl.col("len") > 5)
    )

    assert 0.1 < met.mean() < 0.7
    assert by_team["met"].std() > 0.15


def test_untracked_boards_show_nothing_until_the_end() -> None:
    constants = published_constants() | {"untracked": 0.89, "doubt": 0.0}

    hidden = simulated_sprints(60, 3, constants)
    idle = (hidden["items_in_progress"] + hidden["items_done"] == 0).mean()

    assert idle > 0.7


def test_a_lighter_plan_is_delivered_more_often() -> None:
    constants = published_constants()

    def share(load: float) -> float:
        rows = simulated_sprints(60, 4, constants | {"load": load}).filter(pl.col("time") == 0)
        work = rows["work_todo"] + rows["work_in_progress"] + rows["work_done"]
        return float((rows["delivered"] >= work).mean())

    assert share(0.5) > share(1.0) > share(2.0)


def test_every_constant_has_a_source() -> None:
    card = json.loads(resources.files("training").joinpath("simulated_sprints.json").read_text("utf-8"))

    assert set(card["constants"]) == set(published_constants())
    assert all(len(entry["source"]) > 8 for entry in card["constants"].values())
    assert "outcome column was not read" in card["fitted_to"]
    assert np.isfinite(list(published_constants().values())).all()
