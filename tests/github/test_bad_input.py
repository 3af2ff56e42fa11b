"""The zoo: whatever goes wrong, `sprint sync` says one sentence, and the next sync completes the store."""

import importlib
import json
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from sprintlib.cli import main
from sprintlib.github import client
from sprintlib.settings import load
from sprintlib.store import open_store, schema
from sprintsim.fake_github import running
from tests.github import shop
from tests.github.conftest import HASTE
from tests.github.stores import count


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    importlib.import_module("sprintlib.github.collection")  # which annotates with the class that is replaced here
    monkeypatch.setattr(client, "RetryPolicy", lambda: replace(HASTE, timeout_seconds=5))
    monkeypatch.setenv("PATH", os.environ["PATH"])


def write_toml(home: Path, url: str, *repositories: str) -> None:
    text = f"""
        [project]
        name = "acme"
        repositories = {json.dumps(repositories or [shop.NAME])}
        [github]
        api_url = "{url}"
        wait_for_reset_seconds = 0
    """
    (home / "sprint.toml").write_text(text, encoding="utf-8")


class Outcome:
    """What a command printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out = code, out
        self.sentences = [line for line in err.splitlines() if line.startswith("sprint: ")]
        self.has_traceback = "Traceback" in err


@pytest.fixture
def sync(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Run `sprint sync` in the test's home folder."""

    def sync(*options: str) -> Outcome:
        capsys.readouterr()
        try:
            main(["--home", str(tmp_path), "sync", *options])
            code = 0
        except SystemExit as left:
            code = int(left.code or 0)
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return sync


def completes(home: Path, sync: Any) -> bool:
    """Whether a sync on a good day brings everything, whatever happened before."""
    with running([shop.dataset()]) as url:
        write_toml(home, url)
        good = sync()
    return good.code == 0 and "3 of 3 issues" in good.out and "2 of 2 pull requests" in good.out


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("401", "sprint: GitHub asks for a token (401): set GITHUB_TOKEN or run 'gh auth login'."),
        ("403", "sprint: GitHub does not show /repos/acme/shop without a token (403: "),
        ("404", "sprint: GitHub does not show acme/shop (404): check the spelling, "),
        ("rate-limit:budget=7,window=3000", "sprint: GitHub's rate limit is used up until "),
        ("502:every=1", "sprint: GitHub at http://127.0.0.1:"),
        ("502:every=1,after=6", "sprint: GitHub at http://127.0.0.1:"),
        ("cut:every=1,after=6", "sprint: GitHub at http://127.0.0.1:"),
        pytest.param("stall:every=1,after=6", "sprint: GitHub at http://127.0.0.1:", marks=pytest.mark.slow),
        ("429:every=1,after=6", "sprint: GitHub's rate limit is used up until "),
    ],
)
def test_one_sentence_and_nothing_lost(tmp_path: Path, sync: Any, fault: str, sentence: str):
    with running([shop.dataset()], fault=fault) as url:
        write_toml(tmp_path, url)
        bad = sync()
    assert (bad.code, len(bad.sentences), bad.has_traceback) == (1, 1, False)
    assert bad.sentences[0].startswith(sentence)
    assert completes(tmp_path, sync)


def test_the_repository_that_is_missing_is_named(tmp_path: Path, sync: Any):
    with running([shop.dataset()]) as url:
        write_toml(tmp_path, url, shop.NAME, "acme/shopp")
        bad = sync()
    assert bad.sentences == [
        "sprint: GitHub does not show acme/shopp (404): check the spelling, or set GITHUB_TOKEN if it is private."
    ]


def test_no_network(tmp_path: Path, sync: Any):
    write_toml(tmp_path, "https://nowhere.invalid")
    bad = sync()
    assert (bad.code, len(bad.sentences)) == (1, 1)
    assert "no network?" in bad.sentences[0]


def test_no_settings(sync: Any):
    bad = sync()
    assert (bad.code, len(bad.sentences)) == (2, 1)
    assert "run 'sprint init'" in bad.sentences[0]


@contextmanager
def disk_of(pages: int) -> Iterator[None]:
    """Every SQLite store opened meanwhile has room for so many pages of 4 KB."""

    def limit(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


def test_the_disk_is_full(tmp_path: Path, sync: Any):
    long = [shop.document(shop.issue(number, 5, body=os.urandom(20_000).hex())) for number in range(100, 150)]
    with running([shop.dataset(long)]) as url:
        write_toml(tmp_path, url)
        open_store(load(tmp_path).database_url).dispose()
        with disk_of(200):
            bad = sync()
        assert (bad.code, bad.has_traceback) == (1, False)
        assert bad.sentences == [
            "sprint: The disk is full: free some space; everything stored so far is kept in "
            f"sqlite:///{(tmp_path / 'data' / 'sprint.db').resolve()}."
        ]
        good = sync()
    assert good.code == 0
    assert "53 of 53 issues" in good.out


def garbage(path: Path) -> None:
    path.write_bytes(b"no database at all" * 500)


def half(path: Path) -> None:
    open_store(f"sqlite:///{path}").dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("damage", [garbage, half])
def test_a_damaged_database_is_one_sentence(tmp_path: Path, sync: Any, damage: Any):
    path = tmp_path / "data" / "sprint.db"
    path.parent.mkdir()
    damage(path)
    with running([shop.dataset()]) as url:
        write_toml(tmp_path, url)
        bad = sync()
    assert (bad.code, len(bad.sentences), bad.has_traceback) == (1, 1, False)
    assert "is damaged" in bad.sentences[0]
    assert "move it away and run 'sprint sync'" in bad.sentences[0]


def test_an_empty_database_file_is_filled(tmp_path: Path, sync: Any):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sprint.db").touch()
    assert completes(tmp_path, sync)


def test_a_half_written_data_folder(tmp_path: Path, sync: Any):
    """Left by a kill: a lock file without a process, half a clone, a log without a database."""
    clones = tmp_path / "data" / "clones" / "7.git"
    clones.mkdir(parents=True)
    (clones / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    (tmp_path / "data" / "sync.lock").write_text("999999", encoding="utf-8")
    (tmp_path / "data" / "sprint.db-wal").touch()
    assert completes(tmp_path, sync)


def test_the_data_folder_is_a_file(tmp_path: Path, sync: Any):
    (tmp_path / "data").touch()
    write_toml(tmp_path, "http://127.0.0.1:1")
    bad = sync()
    assert (bad.code, len(bad.sentences), bad.has_traceback) == (1, 1, False)
    assert "The data folder" in bad.sentences[0]


def test_without_git_the_rest_is_collected(tmp_path: Path, sync: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with running([shop.dataset()]) as url:
        write_toml(tmp_path, url)
        result = sync()
    assert result.code == 0
    assert result.sentences == ["sprint: changed files unknown for acme/shop: git is not installed"]


def test_odd_people_and_items_are_collected(tmp_path: Path, sync: Any):
    """A deleted user, a pull request without body whose fork is gone, a milestone without due date."""
    dataset = shop.dataset()
    dataset.set_extra("milestones", [shop.milestone(due_on=None, description=None)])
    with running([dataset]) as url:
        write_toml(tmp_path, url)
        assert sync().code == 0
    engine = open_store(load(tmp_path).database_url)
    assert count(engine, schema.issue, number=5, author=None, body=None) == 1
    assert count(engine, schema.pull_request, number=4, body=None, head_repository=None) == 1
    assert count(engine, schema.milestone, due_on=None) == 1


def test_json(tmp_path: Path, sync: Any):
    with running([shop.dataset()]) as url:
        write_toml(tmp_path, url)
        summary = json.loads(sync("--json").out)
    issues = next(part for part in summary["completeness"] if part["kind"] == "issues")
    assert (issues["collected"], issues["expected"], issues["complete"]) == (3, 3, True)
    assert issues["sentence"].startswith("3 of 3 issues as of ")
    assert summary["requests"] > 9
    keys = {"started_at", "finished_at", "requests", "not_modified", "warnings", "completeness", "set_aside"}
    assert set(summary) == keys
    assert summary["set_aside"] == []


def test_no_token_is_ever_stored(tmp_path: Path, sync: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_verysecret")
    assert completes(tmp_path, sync)
    files = [path for path in tmp_path.rglob("*") if path.is_file() and stat.S_ISREG(path.stat().st_mode)]
    assert files
    assert [path for path in files if b"ghp_verysecret" in path.read_bytes()] == []
