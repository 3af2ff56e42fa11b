"""What machines do: processes are killed, disks fill, files break, servers restart. Nothing is lost, and it is said.

The kills are those of benchmarks.faults, fewer of them; that measures how long recovery takes.
"""

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine

from benchmarks import faults
from sprintlib import inbox
from sprintlib.api import WebhookSecrets
from sprintlib.api.app import create_app
from sprintlib.cli.main import sprint
from sprintlib.github import sync
from sprintlib.project import ProjectHandle
from sprintlib.settings import load
from sprintlib.store import open_store
from sprintlib.worker import Worker
from sprintsim.fake_github import running
from tests.api.test_serve import eventually
from tests.full_disk import fill
from tests.github import shop
from tests.github.conftest import HASTE, NOW
from tests.github.stores import contents, differences
from tests.live_github import SECRET, LiveGitHub, signed
from tests.worker.test_interleavings import TABLES, Live, assert_same_as_fresh, settings_for
from tests.worker.test_worker import write_home


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_whatever_is_killed_nothing_is_lost(tmp_path: Path) -> None:
    found = faults.run(tmp_path, kills=5, every=5, seed=3)
    assert [one.role for one in found] == ["serve", "worker", "watch", "sync", "backup"]


class Home:
    """A collected project, and the GitHub it is of."""

    def __init__(self, folder: Path, url: str, github: LiveGitHub) -> None:
        self.folder, self.url, self.github = folder, url, github

    def call(self, *words: str) -> Result:
        return CliRunner().invoke(sprint, ["--home", str(self.folder), *words])

    def is_whole(self) -> bool:
        """Whether the store holds what one undisturbed sync holds."""
        own = open_store(load(self.folder).database_url)
        fresh = open_store(f"sqlite:///{self.folder.parent / 'fresh' / 'sprint.db'}")
        sync(fresh, settings_for(self.folder.parent / "fresh", self.url), None, retry_policy=HASTE)
        found = differences(contents(own, TABLES, ("proof",)), contents(fresh, TABLES, ("proof",)))
        own.dispose()
        fresh.dispose()
        return not found


def home_in(folder: Path) -> Iterator[Home]:
    github = LiveGitHub(shop.dataset(), NOW)
    with running([github.dataset], clock=lambda: github.now) as url:
        folder.mkdir(exist_ok=True)
        write_home(folder, url)
        home = Home(folder, url, github)
        assert home.call("sync").exit_code == 0
        yield home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    yield from home_in(tmp_path / "home")


@pytest.mark.slow
def test_a_store_that_another_program_holds_is_one_sentence_and_then_goes_on(home: Home) -> None:
    home.github.act("open")
    with closing(sqlite3.connect(home.folder / "data" / "sprint.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = home.call("sync")
        assert home.call("status").exit_code in (0, 1)  # who only reads waits for nobody
        other.execute("ROLLBACK")
    assert str(refused.exception) == (
        f"The store {load(home.folder).database_url} is busy: another program has been writing for 20 seconds; "
        "try again."
    )
    assert home.call("sync").exit_code == 0
    assert home.is_whole()


@pytest.mark.slow
def test_a_truncated_database_is_one_sentence_and_comes_back_from_the_backup(home: Home) -> None:
    assert home.call("backup").exit_code == 0
    home.github.act("open")
    home.github.act("close", 1)
    file = home.folder / "data" / "sprint.db"
    for rest in ("-wal", "-shm"):
        file.with_name(file.name + rest).unlink(missing_ok=True)
    size = file.stat().st_size
    os.truncate(file, size // 2)
    for command in (("status",), ("sync",), ("analyze",), ("run", "due"), ("backup", "--to", str(home.folder / "b"))):
        refused = home.call(*command)
        assert refused.exit_code == 1, command
        said = str(refused.exception if not isinstance(refused.exception, SystemExit) else refused.output)
        assert "damaged" in said or "cannot be copied" in said, (command, said)
        assert "Traceback" not in said
    restored = home.call("restore")
    assert restored.exit_code == 0, restored.exception
    assert home.call("sync").exit_code == 0
    assert home.is_whole()


def deliver(home: Home, client: TestClient, who: int) -> Response:
    """A large webhook about a new issue."""
    ((event, payload),) = home.github.act("open", who)
    body = json.dumps(payload).encode() + b" " * 20_000
    return client.post("/webhooks/github", content=body, headers=signed(event, body))


@pytest.mark.slow
def test_a_full_disk_refuses_deliveries_and_syncs_and_loses_none(small_disk: Path) -> None:
    for home in home_in(small_disk / "home"):
        settings = load(home.folder)
        project = ProjectHandle.open(settings)
        client = TestClient(create_app(project, WebhookSecrets(given=(SECRET, ""))), base_url="http://127.0.0.1")

        said = [deliver(home, client, 0)]
        filling = fill(small_disk)
        said += [
            deliver(home, client, who) for who in range(1, 40)
        ]  # a page that is there already may take one more row
        accepted = sum(answer.status_code == 202 for answer in said)
        refused = [answer for answer in said if answer.status_code != 202]
        assert refused
        assert {answer.status_code for answer in refused} == {503}
        assert "free some space" in refused[0].json()["error"]
        failed = home.call("sync")
        assert failed.exit_code == 1
        assert "free some space" in str(failed.exception)
        filling.unlink()
        worker = Worker(project.engine, settings)
        worker.settle()
        assert inbox.counts(project.engine)["done"] == accepted
        assert home.call("sync").exit_code == 0
        project.engine.dispose()
        assert home.is_whole()


# ---------------------------------------------------------------- PostgreSQL


def restart(url: str) -> None:
    """What a package update does to a server: it is stopped at once and begun again."""
    folder = Path(parse_qs(urlsplit(url).query)["host"][0])
    command = ["pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "-w", "-l", str(folder / "log"), "restart"]
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    program = str(found[-1]) if found else "pg_ctl"
    user = "postgres" if os.geteuid() == 0 else None
    subprocess.run([program, *command[1:]], check=True, cwd=folder, stdout=subprocess.DEVNULL, user=user)


@pytest.mark.slow
def test_a_server_that_restarts_costs_no_delivery(postgresql: str, on_postgresql: Engine, tmp_path: Path) -> None:
    dataset = shop.dataset()
    with running([dataset]) as url:
        settings = settings_for(tmp_path / "live", url)
        world = Live(on_postgresql, settings, LiveGitHub(dataset, NOW))
        world.sync()
        worker = Worker(on_postgresql, settings)
        thread = Thread(target=worker.run)
        thread.start()
        try:
            for who in range(6):
                for event, payload in world.github.act("open", who):
                    body = json.dumps(payload).encode()
                    inbox.receive(on_postgresql, f"guid-{who}", event, signed(event, body), body)
                if who in (1, 4):
                    restart(postgresql)
            assert eventually(lambda: inbox.counts(on_postgresql)["done"] == 6)
        finally:
            worker.stop()
            thread.join(timeout=60)
        world.refresh()
        world.sync()
        assert_same_as_fresh(world)
