"""From a delivery to a stored analysis, by the worker: only what changed is stored, and nothing is lost."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from sprintlib import inbox
from sprintlib.analysis.pipeline import analyze_past
from sprintlib.errors import UnreachableError
from sprintlib.history import load_state
from sprintlib.observe import log
from sprintlib.results import latest_analyses, shown, store_changed, thin_analyses
from sprintlib.store import open_store, schema
from sprintlib.worker import RefreshThread, Worker
from sprintlib.worker.project import LiveProject
from sprintsim.fake_github import running
from tests import samples
from tests.github import shop
from tests.github.conftest import HASTE, NOW
from tests.live_github import LiveGitHub, signed
from tests.sprints import team_in
from tests.worker.test_interleavings import Live, settings_for

Json = dict[str, Any]
_WORK = "import sys; from sprintlib.cli import main; main(['--home', sys.argv[1], 'worker'])"


def analyses(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(schema.analysis)) or 0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Live]:
    """The small shop, with a deadline that lies ahead, collected once."""
    dataset = shop.dataset()
    ahead = f"{datetime.now(UTC) + timedelta(days=20):%Y-%m-%d}T00:00:00Z"
    dataset.set_extra("milestones", [shop.milestone(due_on=ahead)])
    with running([dataset]) as url:
        engine = open_store(f"sqlite:///{tmp_path / 'data' / 'sprint.db'}")
        live = Live(engine, settings_for(tmp_path, url), LiveGitHub(dataset, NOW))
        live.sync()
        yield live
        engine.dispose()


def put(world: Live, kind: str, who: int = 0) -> None:
    for number, (event, payload) in enumerate(world.github.act(kind, who)):
        body = json.dumps(payload).encode()
        inbox.receive(world.engine, f"{kind}-{who}-{number}", event, signed(event, body), body)


def test_a_delivery_becomes_an_analysis_and_the_same_again_does_not(world: Live) -> None:
    worker = Worker(world.engine, world.settings)
    worker.settle()
    assert analyses(world.engine) == 1
    put(world, "close")
    worker.settle()
    assert analyses(world.engine) == 2
    (_, latest), *_ = latest_analyses(world.engine, "acme")
    assert (latest.scope.open, latest.scope.done) == (0, 2)
    with world.engine.begin() as connection:  # as after a crash between the analysis and the note that it is done
        connection.execute(update(schema.delivery).values(state="waiting"))
    Worker(world.engine, world.settings).settle()
    assert analyses(world.engine) == 2
    assert inbox.counts(world.engine)["done"] == 1


def test_who_works_says_so_until_the_end(world: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sprintlib.worker.loop._HEARTBEAT_SECONDS", 0.02)
    worker = Worker(world.engine, world.settings)
    rounds: list[bool] = []

    def look() -> None:
        rounds.append(inbox.is_kept(world.engine, "acme"))
        if rounds[-1] or len(rounds) > 200:
            assert analyses(world.engine) == 1  # not before what was there is analysed
            worker.stop()

    worker.run(look)
    assert rounds[-1]
    assert not inbox.is_kept(world.engine, "acme")


def test_every_line_names_the_delivery_that_caused_it(world: Live, tmp_path: Path) -> None:
    worker = Worker(world.engine, world.settings)
    worker.settle()
    log.keep(tmp_path)
    try:
        put(world, "close")
        worker.settle()
        RefreshThread(world.engine, world.settings, HASTE).step()
        worker.settle()
    finally:
        log.configure()
    told = [json.loads(line) for path in (tmp_path / "logs").iterdir() for line in path.read_text().splitlines()]
    guids = [one["delivery"] for one in told if one["event"] == "facts written"]
    assert guids
    asked = [one["delivery"] for one in told if one["event"] == "item asked about"]
    assert asked
    assert set(asked) <= set(guids)
    analysed = [one["deliveries"] for one in told if one["event"] == "sprints analysed"]
    assert set().union(*analysed) == set(guids)


def test_sprints_that_can_wait_are_analysed_once_for_several_deliveries(
    world: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(world.engine, world.settings, quiet_seconds=1_000_000_000)
    worker.settle()
    analysed: list[list[str]] = []
    analyze = worker.project.analyze

    def noted(keys: Collection[str]) -> int:
        analysed.append(sorted(keys))
        return analyze(keys)

    monkeypatch.setattr(worker.project, "analyze", noted)
    for who in range(3):
        put(world, "open", who)  # in no milestone
        while worker.round():
            pass
    assert inbox.counts(world.engine)["done"] == 3  # they wait for nothing
    assert not any(analysed)
    assert len(worker.project.late) == 1
    worker.settle()
    assert sum(bool(keys) for keys in analysed) == 1
    assert not worker.project.late


def test_a_delivery_is_done_only_when_its_analysis_is_stored(world: Live) -> None:
    """Also by a worker that has just begun, and knows nothing yet."""
    put(world, "close")
    Worker(world.engine, world.settings).round()
    assert inbox.counts(world.engine)["done"] == 1
    assert latest_analyses(world.engine, "acme")[0][1].scope.open == 0


def test_what_is_stored_is_what_an_analysis_of_everything_says(world: Live) -> None:
    worker = Worker(world.engine, world.settings)
    worker.settle()
    for kind, who in (("milestone", 1), ("close", 1), ("review", 3), ("block", 1), ("demilestone", 0), ("reopen", 1)):
        put(world, kind, who)
        worker.settle()
        world.refresh()
        worker.settle()
        state = load_state(world.engine, world.settings, datetime.now(UTC))
        (whole,) = analyze_past(state, world.settings).milestones
        (_, stored), *_ = latest_analyses(world.engine, "acme")
        assert shown(stored) == shown(whole), kind


def test_midnight_is_a_reason_to_look_again(tmp_path: Path) -> None:
    team = team_in(tmp_path)
    project = LiveProject(team.engine, team.settings, rest_seconds=0)
    evening = datetime(2026, 3, 18, 22, tzinfo=UTC)
    project.bring_forward(evening)
    project.analyze(set(project.urgent))
    project.bring_forward(evening + timedelta(minutes=10))
    assert not project.late
    project.bring_forward(evening + timedelta(minutes=16))
    assert project.late
    project.analyze(set(project.late))
    project.bring_forward(evening + timedelta(hours=1, minutes=59))
    project.analyze(set(project.late))
    project.bring_forward(evening + timedelta(hours=2, minutes=1))
    assert project.late


def test_github_away_is_waited_for_and_nothing_is_forgotten(world: Live) -> None:
    put(world, "close")
    Worker(world.engine, world.settings).settle()
    away = settings_for(world.settings.home, "http://127.0.0.1:9")
    refreshes = RefreshThread(world.engine, away, HASTE)
    with pytest.raises(UnreachableError):
        refreshes.step()
    assert inbox.owed(world.engine) == 1
    assert inbox.next_refresh(world.engine) is None  # not at once
    assert inbox.counts(world.engine)["done"] == 1


def write_home(home: Path, url: str) -> None:
    text = f'[project]\nname = "acme"\nrepositories = ["{shop.NAME}"]\n'
    text += f'[github]\napi_url = "{url}"\ndetails_days = 3650\nclone = false\n'
    (home / "sprint.toml").write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_a_worker_that_is_killed_again_and_again_loses_and_repeats_nothing(world: Live, tmp_path: Path) -> None:
    url = world.settings.github.api_url
    write_home(tmp_path, url)
    for who in range(30):
        put(world, "open", who)
        put(world, "comment", who)
    kills = 0
    for place in range(5):
        process = subprocess.Popen([sys.executable, "-c", _WORK, str(tmp_path)])
        taken = 60
        until = time.monotonic() + 60
        while taken > 60 - 10 * (place + 1) and time.monotonic() < until and process.poll() is None:
            taken = inbox.counts(world.engine)["waiting"]
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
        inbox.release_dead(world.engine)
    assert kills == 5
    Worker(world.engine, world.settings).settle()
    assert inbox.counts(world.engine) == {
        "waiting": 0,
        "taken": 0,
        "done": 60,
        "ignored": 0,
        "aside": 0,
        "repeats": 0,
    }
    world.refresh()
    with world.engine.connect() as connection:
        issues = connection.scalar(select(func.count()).select_from(schema.issue))
        told = connection.execute(select(schema.analysis.c.as_of, schema.analysis.c.revision)).all()
    assert issues == len([item for item in world.github.dataset.items.values() if not item.is_pull])
    assert len(set(told)) == len(told)


def test_two_workers_store_one_analysis(world: Live) -> None:
    one, other = Worker(world.engine, world.settings), Worker(world.engine, world.settings)
    one.settle()
    other.settle()
    put(world, "close")
    one.settle()
    other.settle()
    assert analyses(world.engine) == 2


def test_only_what_is_shown_makes_a_new_row(tmp_path: Path) -> None:
    team = team_in(tmp_path)
    first = samples.analysis()
    assert len(store_changed(team.engine, first)) == 1
    unseen = samples.analysis(samples.milestone(timings={"forecast": 9.9}), as_of=first.as_of + timedelta(minutes=1))
    assert store_changed(team.engine, unseen) == []
    seen = samples.analysis(samples.milestone(summary="Other words."), as_of=first.as_of + timedelta(minutes=2))
    assert len(store_changed(team.engine, seen)) == 1


def test_an_analysis_is_kept_compressed(tmp_path: Path) -> None:
    team = team_in(tmp_path)
    whole = samples.analysis()
    store_changed(team.engine, whole)
    with team.engine.connect() as connection:
        (held,) = connection.exec_driver_sql("SELECT length(body) FROM analysis").scalars()
    assert held < len(whole.milestones[0].model_dump_json()) / 2
    assert latest_analyses(team.engine, "demo") == [(whole.as_of, whole.milestones[0])]


def test_old_analyses_are_thinned_to_one_a_day(tmp_path: Path) -> None:
    team = team_in(tmp_path)
    for hour in (1, 5, 9, 30, 31):
        moment = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour)
        store_changed(team.engine, samples.analysis(samples.milestone(summary=f"At {hour}."), as_of=moment))
    gone = thin_analyses(team.engine, "demo", datetime(2026, 4, 1, tzinfo=UTC), UTC)
    with team.engine.connect() as connection:
        days = connection.execute(select(schema.analysis.c.as_of)).scalars().all()
    assert gone == 3
    assert [moment.date() for moment in days] == [date(2026, 3, 2), date(2026, 3, 3)]


def test_a_failing_analysis_stops_nobody(world: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    worker = Worker(world.engine, world.settings)
    worker.settle()
    put(world, "close")
    with monkeypatch.context() as patched:
        patched.setattr("sprintlib.worker.project.analyze_contexts", broken)
        worker.settle()
    (one,) = inbox.listed(world.engine)
    assert (one.state, one.reason) == ("waiting", "the analysis failed: ZeroDivisionError: division by zero")
    with world.engine.begin() as connection:
        connection.execute(update(schema.delivery).values(not_before=None))
    worker.settle()
    assert inbox.counts(world.engine)["done"] == 1
