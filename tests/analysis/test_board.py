"""The simulated startup's plan as a GitHub Project says the same as its milestones do."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sprintlib.analysis import analyze_past
from sprintlib.facts.boards import BoardFields, item_row, iteration_rows, write_items, write_iterations
from sprintlib.history import load_state
from sprintlib.settings import SprintSettings, load
from sprintlib.store import open_store
from sprintsim.fake_github.loading import load as load_datasets
from sprintsim.simulation import simulate
from sprintsim.simulation.payloads import board as board_of
from tests.startup import SEED, TODAY
from tests.world import at

SEEN = datetime(2026, 11, 23, 8, tzinfo=UTC)
BOARD = "sprint-demo/1"


def test_iterations_are_forecast_like_the_milestones_that_they_equal(startup: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(startup / "data" / "sprint.db")) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "sprint.db"),))
    settings = load(startup)
    engine = open_store(f"sqlite:///{tmp_path / 'sprint.db'}")
    told = board_of(simulate(SEED, TODAY))
    past = load_state(engine, settings, at("11-24 12:00"))
    ids = {repo.lower(): key for key, repo in past.repositories.select("repository_id", "repo").iter_rows()}
    rows = [item_row(entry, BoardFields(1, 2), ids, SEEN) for entry in told["items"]]
    with engine.begin() as writing:
        write_iterations(writing, BOARD, iteration_rows(told["fields"][0], SEEN))
        write_items(writing, BOARD, [row for row in rows if row], SEEN)
    planned = settings.model_copy(update={"sprints": SprintSettings(source="projects", project=BOARD)})
    by_milestone = analyze_past(past, settings).milestones[0]
    by_board = analyze_past(load_state(engine, planned, at("11-24 12:00")), planned).milestones[0]
    assert (by_board.title, by_board.due_on) == (by_milestone.title, by_milestone.due_on)
    assert sorted(item.ref for item in by_board.items) == sorted(item.ref for item in by_milestone.items)
    assert (by_board.scope.done, by_board.scope.open) == (by_milestone.scope.done, by_milestone.scope.open)
    assert by_board.probability is not None
    assert abs(by_board.probability - (by_milestone.probability or 0)) < 0.15
    engine.dispose()


def test_a_startup_has_a_board_where_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "owner_api" / "issues").mkdir(parents=True)
    board = board_of(simulate(SEED, TODAY))
    (tmp_path / "owner_api" / "boards.json").write_text(json.dumps([board]), encoding="utf-8")
    (dataset,) = load_datasets(tmp_path / "owner_api")
    assert dataset.extras["boards"] == [board]
    assert [one["title"]["raw"] for one in board["fields"][0]["configuration"]["iterations"]][:1] == ["2.0 Foundations"]
