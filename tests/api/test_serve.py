"""`sprint serve` as a process: a delivery becomes an analysis, a killed worker begins again, Ctrl-C ends all of it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests
from click.testing import CliRunner

from sprintlib import inbox
from sprintlib.cli.main import sprint
from sprintlib.github import sync
from sprintlib.results import latest_analyses
from sprintlib.settings import load
from sprintlib.store import open_store
from sprintsim.fake_github import Dataset, running
from tests.github import shop
from tests.github.conftest import HASTE, NOW
from tests.live_github import SECRET, LiveGitHub, signed
from tests.worker.test_worker import write_home

_SERVE = "import sys; from sprintlib.cli import main; main(['--home', sys.argv[1], 'serve', '--port', '0'])"


def eventually(true: Callable[[], bool], seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def dataset() -> Dataset:
    return shop.dataset()


@pytest.fixture
def home(tmp_path: Path, dataset: Dataset) -> Iterator[Path]:
    with running([dataset]) as url:
        write_home(tmp_path, url)
        settings = load(tmp_path)
        sync(open_store(settings.database_url), settings, None, retry_policy=HASTE)
        yield tmp_path


def test_from_a_delivery_to_an_analysis_and_to_the_end(home: Path, dataset: Dataset) -> None:
    engine = open_store(load(home).database_url)
    command = [sys.executable, "-c", _SERVE, str(home)]
    environment = {**os.environ, "SPRINT_WEBHOOK_SECRET": SECRET}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        line = process.stdout.readline()
        url = line.removeprefix("Webhooks go to ").partition(". ")[0]
        assert url.endswith("/webhooks/github"), line

        def workers() -> list[psutil.Process]:
            return psutil.Process(process.pid).children()

        assert eventually(lambda: bool(latest_analyses(engine, "acme")))
        workers()[0].send_signal(signal.SIGKILL)
        for event, payload in LiveGitHub(dataset, NOW).act("close", 0):
            body = json.dumps(payload).encode()
            assert requests.post(url, data=body, headers=signed(event, body), timeout=20).status_code == 202
        assert eventually(lambda: inbox.counts(engine)["done"] == 1)
        assert latest_analyses(engine, "acme")[0][1].scope.open == 0
        assert eventually(lambda: not inbox.owed(engine))
        left = workers()
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert errors == "sprint: the worker ended (-9) and begins again.\n"
    assert left
    assert not any(one.is_running() for one in left)
    engine.dispose()


@pytest.mark.parametrize(
    ("arguments", "mode", "sentence"),
    [
        (("--host", "192.0.2.1"), "none", "On 192.0.2.1 others could act as you: leave out --host"),
        (("--host", "192.0.2.1"), "token", "Cannot serve on 192.0.2.1:8484"),
    ],
)
def test_what_stands_in_the_way_is_one_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], mode: str, sentence: str
) -> None:
    with (home / "sprint.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[auth]\nmode = "{mode}"\n')
    result = CliRunner().invoke(sprint, ["--home", str(home), "serve", "--no-worker", *arguments])
    assert sentence in str(result.exception)
