"""What disk and database refuse in the middle of a command is told in a sentence."""

import errno
import os
from pathlib import Path

import pytest
from sqlalchemy import text

from sprintlib.cli import main
from sprintlib.store import open_store
from tests.sprints import two_sprints
from tests.world import World


@pytest.fixture
def home(tmp_path: Path) -> Path:
    team = World(open_store(f"sqlite:///{tmp_path}/data/sprint.db"), tmp_path)
    two_sprints(team)
    team.flush()
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api"]\n')
    return tmp_path


def analyze(home: Path, *more: str) -> None:
    main([*more, "--home", str(home), "analyze", "--as-of", "2026-03-20"])


def refused(home: Path, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stop:
        analyze(home)
    assert stop.value.code == 1
    return capsys.readouterr().err.replace(str(home), "HOME")


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        ("DROP TABLE recommendation", "cannot be opened: no such table: recommendation."),
        ("CREATE TRIGGER t BEFORE INSERT ON analysis BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END",
         "The disk is full: free some space; everything stored so far is kept in"),
        ("CREATE TRIGGER t BEFORE INSERT ON analysis BEGIN SELECT RAISE(FAIL, 'disk I/O error'); END",
         "is full or gives errors: free some space; nothing stored so far is touched."),
        ("CREATE TRIGGER t BEFORE INSERT ON analysis BEGIN SELECT RAISE(FAIL, 'attempt to write a readonly'); END",
         "cannot be written: make its folder writable, or name another with --home."),
        ("CREATE TRIGGER t BEFORE INSERT ON analysis BEGIN SELECT RAISE(FAIL, 'database is locked'); END",
         "is busy: another program has been writing for 20 seconds; try again."),
    ],
)  # fmt: skip
def test_the_database(home: Path, capsys: pytest.CaptureFixture[str], before: str, sentence: str) -> None:
    engine = open_store(f"sqlite:///{home}/data/sprint.db")
    with engine.begin() as connection:
        connection.execute(text(before))
    engine.dispose()
    said = refused(home, capsys)
    assert said.startswith("sprint: ")
    assert sentence in said
    assert "Traceback" not in said


def test_the_disk(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere/x")

    monkeypatch.setattr("sprintlib.services.analysis.store_analysis", full)
    assert refused(home, capsys) == (
        "sprint: /somewhere/x cannot be written (No space left on device): free some space there, "
        "or use another --home.\n"
    )


def test_other_errors_are_not_hidden(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EBADF, "a mistake of ours")

    monkeypatch.setattr("sprintlib.services.analysis.store_analysis", broken)
    with pytest.raises(OSError, match="a mistake of ours"):
        analyze(home)
