"""kill -9 at any moment loses nothing that had arrived, and the next sync ends in the same store."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from sprintlib.github import RetryPolicy, sync
from sprintlib.settings import load
from sprintlib.store import open_store, schema
from sprintsim.fake_github import Dataset, running
from tests.github import shop
from tests.github.stores import FACTS, contents, count, differences

_SYNC = "import sys; from sprintlib.cli import main; main(['--home', sys.argv[1], 'sync'])"


@pytest.fixture
def larger() -> Dataset:
    """The shop with lists of several pages and twenty more pull requests."""
    done = {"state": "closed", "closed_at": shop.at(6), "updated_at": shop.at(6)}
    extra = [shop.document(shop.issue(number, 5, **done)) for number in range(100, 330)]
    for number in range(400, 420):
        sha = f"{number:040x}"
        events = [shop.committed(sha, 7), shop.reviewed(number, number, 8), shop.commented(number, number, 9)]
        extra.append(shop.document(shop.pull(number, 7), events, [shop.review_comment(number, number, 8)]))
    return shop.dataset(extra)


def write_home(home: Path, url: str) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    text = f"""
        [project]
        name = "acme"
        repositories = ["{shop.NAME}"]
        [github]
        api_url = "{url}"
        details_days = 30
    """
    (home / "sprint.toml").write_text(text, encoding="utf-8")
    return home


def sync_until(home: Path, dataset: Dataset, served: int) -> bool:
    """Run `sprint sync` and kill it once that many requests were served. Returns whether it was killed.

    Where we are slow to look, it comes to a stalled answer five requests later and not to its end.
    """
    with running([dataset], fault=f"stall:after={served + 5},every=1,seconds=600") as url:
        write_home(home, url)
        process = subprocess.Popen(
            [sys.executable, "-c", _SYNC, str(home)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while process.poll() is None:
            if requests.get(f"{url}/_stats", timeout=20).json()["requests"] >= served:
                os.kill(process.pid, signal.SIGKILL)
                break
            time.sleep(0.01)
        return process.wait(timeout=60) == -signal.SIGKILL


@pytest.mark.slow
def test_killed_at_random_points(tmp_path: Path, larger: Dataset):
    chance = random.Random(11)
    with running([larger]) as url:
        whole = write_home(tmp_path / "whole", url)
        untouched = open_store(load(whole).database_url)
        sync(untouched, load(whole), None, retry_policy=RetryPolicy(attempts=2))
        home = write_home(tmp_path / "killed", url)
        engine = open_store(load(home).database_url)
        held, kills = 0, 0
        for _ in range(4):
            kills += sync_until(home, larger, served=chance.randint(2, 25))
            now = sum(count(engine, table) for table in (schema.issue, schema.pull_request, schema.event))
            assert now >= held
            held = now
        assert kills == 4
        write_home(home, url)
        summary = sync(engine, load(home), None, retry_policy=RetryPolicy(attempts=2))
        again = sync(engine, load(home), None, retry_policy=RetryPolicy(attempts=2))
    here = {"clone_url"}  # every server of this test has a port of its own
    assert differences(contents(engine, FACTS, here), contents(untouched, FACTS, here)) == {}
    assert all(part.expected in (None, part.collected) for part in summary.completeness)
    assert (again.requests, again.not_modified) == (9, 9)
    assert count(engine, schema.sync_run, message="did not finish") >= kills - 1


def test_what_arrived_before_a_kill_is_not_asked_for_again(tmp_path: Path, larger: Dataset):
    home = tmp_path / "home"
    assert sync_until(home, larger, served=30)
    engine = open_store(load(home).database_url)
    done = count(engine, schema.item_cursor, part="timeline")
    assert done > 0
    with running([larger]) as url:
        write_home(home, url)
        sync(engine, load(home), None, retry_policy=RetryPolicy(attempts=2))
        paths = requests.get(f"{url}/_stats", timeout=20).json()["paths"]
        timelines = sum(paths["/repos/{owner}/{repo}/issues/{issue_number}/timeline"].values())
    assert timelines == count(engine, schema.item_cursor, part="timeline") - done
