import os
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from sprintlib.reports import prune
from sprintlib.results import run_table, runs
from sprintlib.store import open_store
from sprintlib.store.schema import run

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def engine(settings):
    return open_store(settings.database_url)


def finished(engine, settings, days_ago, folder, milestone="Sprint 9", state="ok"):
    """A run so many days ago whose result lies in `folder`."""
    started = NOW - timedelta(days=days_ago)
    run_id = run_table.start(engine, "demo", milestone, started, "due", {})
    run_table.finish(engine, run_id, state, folder=folder if state == "ok" else None)
    with engine.begin() as connection:
        connection.execute(update(run).where(run.c.id == run_id).values(started_at=started))
    path = settings.reports_dir / (folder if state == "ok" else f".failed/run-{run_id}")
    path.mkdir(parents=True, exist_ok=True)
    (path / "report.ipynb").write_text("{}")
    return path


def test_old_reports_go_and_young_ones_stay(engine, settings):
    old = finished(engine, settings, 91, "2026-08-24/demo-sprint-9")
    young = finished(engine, settings, 89, "2026-08-26/demo-sprint-9")
    assert prune(engine, settings, NOW) == ["2026-08-24/demo-sprint-9"]
    assert not old.parent.exists()
    assert young.is_dir()
    assert [found.folder for found in runs(engine, "demo")] == ["2026-08-26/demo-sprint-9", None]


def test_the_last_good_report_of_a_milestone_always_stays(engine, settings):
    finished(engine, settings, 300, "a/demo-sprint-7", "Sprint 7")
    finished(engine, settings, 250, "b/demo-sprint-7", "Sprint 7")
    assert prune(engine, settings, NOW) == ["a/demo-sprint-7"]
    assert (settings.reports_dir / "b/demo-sprint-7").is_dir()
    assert prune(engine, settings, NOW) == []


def test_a_folder_that_was_written_again_lately_stays(engine, settings):
    finished(engine, settings, 200, "x/demo-sprint-9")
    finished(engine, settings, 5, "x/demo-sprint-9")
    finished(engine, settings, 1, "y/demo-sprint-9")
    assert prune(engine, settings, NOW) == []


def test_a_day_stays_while_another_report_lies_in_it(engine, settings):
    finished(engine, settings, 200, "d/demo-a", "a")
    other = settings.reports_dir / "d" / "mine.txt"
    other.write_text("kept")
    finished(engine, settings, 1, "e/demo-a", "a")
    assert prune(engine, settings, NOW) == ["d/demo-a"]
    assert other.exists()


def test_leftovers_of_failures_go_after_the_same_time(engine, settings):
    old = finished(engine, settings, 91, "", state="failed")
    young = finished(engine, settings, 2, "", state="timeout")
    prune(engine, settings, NOW)
    assert not old.exists()
    assert young.exists()


def test_nothing_outside_the_reports_folder_is_ever_removed(engine, settings):
    outside = settings.home / "precious"
    outside.mkdir()
    finished(engine, settings, 200, "../precious")
    finished(engine, settings, 1, "z/demo-sprint-9")
    assert prune(engine, settings, NOW) == []
    assert outside.is_dir()


def test_what_killed_runs_left_goes_after_a_day(engine, settings):
    for name, hours in (("old", 25), ("young", 23)):
        folder = settings.reports_dir / ".partial" / name
        folder.mkdir(parents=True)
        moment = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(folder, (moment, moment))
    (settings.reports_dir / ".partial" / "lock").write_text("")
    prune(engine, settings, NOW)
    assert sorted(path.name for path in (settings.reports_dir / ".partial").iterdir()) == ["lock", "young"]
