"""Where a page has its facts from."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from sprintlib import results
from sprintlib.dashboards.widgets import DashboardSource
from sprintlib.dashboards.widgets.opening import prepare
from sprintlib.errors import AnalysisError, SettingsError, StoreError
from sprintlib.results import store_analysis
from sprintlib.services.shared_states import States
from sprintlib.settings import load
from sprintlib.store import open_store
from sprintlib.store.schema import sync_run
from tests import samples
from tests.dashboards.project import write_project
from tests.sprints import put
from tests.world import World


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SPRINT_HOME", str(tmp_path))
    return write_project(tmp_path)


def ended(home: Path) -> None:
    engine = open_store(load(home).database_url)
    moment = datetime.now(UTC)
    row = {"state": "ok", "requests": 1, "not_modified": 0, "started_at": moment, "finished_at": moment}
    with engine.begin() as connection:
        connection.execute(insert(sync_run).values(row))
    engine.dispose()


def test_a_day_is_seen_as_of_its_end(home: Path):
    analysis = DashboardSource(results.runs).analysis(date(2026, 3, 20))
    assert analysis.as_of == datetime(2026, 3, 20, 23, 59, 59, tzinfo=UTC)
    (milestone,) = analysis.milestones
    assert (milestone.title, milestone.scope.done, milestone.scope.open) == ("Sprint 2", 3, 6)


def test_now_is_now(home: Path):
    before = datetime.now(UTC)
    assert before <= DashboardSource(results.runs).analysis(None).as_of <= datetime.now(UTC)


def test_it_notices_a_collection_that_ended(home: Path):
    source = DashboardSource(results.runs)
    assert not source.has_changed()
    ended(home)
    assert source.has_changed()
    assert not source.has_changed()


def test_analyses_of_past_days_are_more_history_and_no_change(home: Path):
    source = DashboardSource(results.runs)
    engine = open_store(load(home).database_url)
    store_analysis(engine, samples.analysis(project="acme"))
    assert source.has_changed()
    assert source.has_more_history()
    store_analysis(engine, samples.analysis(project="acme", as_of=samples.AS_OF - timedelta(days=1)))
    engine.dispose()
    assert not source.has_changed()
    assert source.has_more_history()
    assert not source.has_more_history()


def test_reports_come_from_the_run_table(home: Path):
    assert DashboardSource(results.runs).reports() == []


def test_without_a_store_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SPRINT_HOME", str(tmp_path))
    with pytest.raises(SettingsError, match="run 'sprint init'"):
        DashboardSource(results.runs)
    (tmp_path / "sprint.toml").write_text('[project]\nname = "a"\nrepositories = ["a/b"]\n')
    with pytest.raises(StoreError, match="run 'sprint sync' first"):
        DashboardSource(results.runs)


def test_the_latest_stored_analysis_stands_in_for_now(home: Path, monkeypatch: pytest.MonkeyPatch):
    engine = open_store(load(home).database_url)
    results.store_analysis(engine, samples.analysis(project="acme"))
    engine.dispose()
    monkeypatch.setattr("sprintlib.dashboards.widgets.source.standing", _impossible)
    analysis = DashboardSource(results.runs).analysis(None)
    assert analysis.as_of == samples.AS_OF
    assert [milestone.title for milestone in analysis.milestones] == ["Sprint 9"]
    assert analysis.notes == ("The latest stored analysis, because there is no new one: Nothing can be said.",)


def test_a_past_day_has_no_stand_in(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sprintlib.dashboards.widgets.source.analyze", _impossible)
    with pytest.raises(AnalysisError, match="Nothing can be said"):
        DashboardSource(results.runs).analysis(date(2026, 3, 20))


def test_nothing_stored_means_the_reason_is_told(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sprintlib.dashboards.widgets.source.standing", _impossible)
    with pytest.raises(AnalysisError, match="Nothing can be said"):
        DashboardSource(results.runs).analysis(None)


def _impossible(*_: object) -> None:
    raise AnalysisError("Nothing can be said.")


def test_what_was_read_ahead_is_brought_forward(home: Path):
    """A kernel started ahead has read the project; its visitor sees what was collected since."""
    states = States()
    prepare(states)
    (before,) = DashboardSource(results.runs, states=states).analysis(None).milestones
    world = World(open_store(load(home).database_url), home)
    world.numbers_from(9_000)
    put(world, 77, "Sprint 2", "03-18 09:00", milestone=2)
    world.flush()
    world.engine.dispose()
    (after,) = DashboardSource(results.runs, states=states).analysis(None).milestones
    assert (after.scope.open, after.scope.added) == (before.scope.open + 1, before.scope.added + 1)


def test_reading_ahead_of_nothing_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SPRINT_HOME", str(tmp_path))
    prepare(States())
