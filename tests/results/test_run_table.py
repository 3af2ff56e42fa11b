import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from sprintlib.errors import StoreError
from sprintlib.results import mark_dead_runs, run_table, runs
from sprintlib.store import open_store
from sprintlib.store.schema import run

AS_OF = datetime(2026, 11, 18, 16, tzinfo=UTC)


@pytest.fixture
def engine(settings):
    return open_store(settings.database_url)


def begin(engine, milestone="Sprint 9", project="demo"):
    return run_table.start(engine, project, milestone, AS_OF, "hand", {"milestone": milestone})


def change(engine, run_id, **values):
    with engine.begin() as connection:
        connection.execute(update(run).where(run.c.id == run_id).values(values))


def test_a_run_begins_and_ends(engine):
    first = begin(engine)
    (running,) = runs(engine, "demo")
    assert (running.id, running.state, running.pid, running.finished_at) == (first, "running", os.getpid(), None)
    run_table.finish(engine, first, "ok", folder="2026-11-18/demo-sprint-9", digest="ab" * 32)
    (done,) = runs(engine, "demo")
    assert (done.state, done.folder, done.message, done.as_of) == ("ok", "2026-11-18/demo-sprint-9", None, AS_OF)
    assert done.finished_at is not None


def test_runs_come_newest_first_for_their_own_project(engine):
    ids = [begin(engine, title) for title in ("a", "b", "c")]
    begin(engine, project="other")
    assert [found.id for found in runs(engine, "demo")] == ids[::-1]
    assert [found.milestone for found in runs(engine, "demo", limit=1)] == ["c"]


def test_a_run_of_a_living_process_is_left_alone(engine):
    begin(engine)
    assert mark_dead_runs(engine) == 0
    assert runs(engine, "demo")[0].state == "running"


def test_a_run_whose_process_is_gone_was_killed(engine):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    change(engine, begin(engine), pid=ended.pid)
    change(engine, begin(engine), pid=None)
    assert mark_dead_runs(engine) == 2
    assert {found.state for found in runs(engine, "demo")} == {"killed"}
    assert "killed" in runs(engine, "demo")[0].message


def test_a_process_that_took_over_the_number_is_another_one(engine):
    change(engine, begin(engine), started_at=datetime.now(UTC) - timedelta(days=400))
    assert mark_dead_runs(engine) == 1


def test_a_removed_folder_leaves_the_run_in_the_books(engine):
    run_table.finish(engine, begin(engine), "ok", folder="2026-11-18/x")
    run_table.forget_folder(engine, "2026-11-18/x")
    assert [(found.state, found.folder) for found in runs(engine, "demo")] == [("ok", None)]


def test_a_store_that_cannot_be_written_is_one_sentence(settings):
    open_store(settings.database_url).dispose()
    with pytest.raises(StoreError, match="readonly"):
        begin(open_store(settings.database_url, read_only=True))


def test_a_killed_process_that_nobody_waited_for_is_recognised(engine):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        change(engine, begin(engine), pid=process.pid)
        assert mark_dead_runs(engine) == 0
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, and still in the table of processes
        assert mark_dead_runs(engine) == 1
    assert runs(engine, "demo")[0].state == "killed"
