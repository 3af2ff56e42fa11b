"""The schema is made whole or not at all, and by one process at a time."""

import os
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from sprintlib.errors import StoreError
from sprintlib.store import open_store
from sprintlib.store.schema import metadata, repository

PROJECT = '[project]\nname = "acme"\nrepositories = ["acme/api"]\n'


@pytest.fixture
def usual_umask() -> Iterator[None]:
    """New files are readable by everybody, as on most machines."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def first_starts(kind: str, folder: Path, number: int) -> list[str]:
    command = [sys.executable, "-m", "tests.store.first_start", kind, str(folder), str(number)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.split("\n")[:-1]


def test_a_first_start_that_was_killed_is_begun_anew(tmp_path: Path):
    assert first_starts("kills", tmp_path, 6) == [f"{statement} True" for statement in range(6)]


@pytest.mark.slow
def test_a_hundred_first_starts_killed_at_any_statement(tmp_path: Path):
    ended = first_starts("kills", tmp_path, 100)
    assert len(ended) == 100
    assert sum(line.endswith("True") for line in ended) > 50  # the others had no statement left


def test_eight_processes_make_one_store(tmp_path: Path):
    assert first_starts("together", tmp_path, 8) == ["0"] * 8


@pytest.mark.slow
def test_eight_first_commands_at_once(tmp_path: Path):
    (tmp_path / "sprint.toml").write_text(PROJECT)
    command = [sys.executable, "-m", "sprintlib", "--home", str(tmp_path), "run", "list"]
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(8)]
    assert [process.communicate()[1] for process in running] == [b""] * 8
    assert [process.returncode for process in running] == [0] * 8


def half_made(path: Path) -> None:
    """As a first start left it that was killed when every table was a transaction of its own."""
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine, tables=[repository, metadata.tables["analysis"], metadata.tables["chunk"]])
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIRTUAL TABLE chunk_text USING fts5(title, body)")
    engine.dispose()


def test_an_empty_half_made_store_is_made_whole(tmp_path: Path):
    half_made(tmp_path / "sprint.db")
    engine = open_store(f"sqlite:///{tmp_path}/sprint.db")
    assert set(metadata.tables) < set(inspect(engine).get_table_names())
    engine.dispose()


def test_a_half_made_store_with_facts_is_left_alone(tmp_path: Path):
    path = tmp_path / "sprint.db"
    half_made(path)
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO repository (id, full_name, html_url, source, observed_at) VALUES (1, 'a/b', 'u', 'rest', '')"
        )
    connection.close()
    with pytest.raises(StoreError, match="was only half made, yet holds facts: move it away"):
        open_store(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT full_name FROM repository").fetchall() == [("a/b",)]
    connection.close()


def test_several_first_starts_on_postgresql(postgresql: str):
    with ThreadPoolExecutor(4) as pool:
        engines = list(pool.map(open_store, [postgresql] * 4))
    with engines[0].begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    for engine in engines:
        engine.dispose()


@pytest.mark.usefixtures("usual_umask")
def test_a_store_and_its_companions_are_for_their_user_alone(tmp_path: Path):
    engine = open_store(f"sqlite:///{tmp_path}/data/sprint.db")
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM run")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()}
    engine.dispose()
    assert modes == dict.fromkeys(("sprint.db", "sprint.db-shm", "sprint.db-wal", "sprint.db.lock"), 0o600)
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "url",
    [
        "sprint.db",
        "postgresql+psycopg//u:sesame@host/db",
        "postgresql+psycopg://u:sesame@host:port/db",
        "postgresql+psycopg://u:se@same@host/db",
        "postgres://u:sesame@host/db",
        "postgresql+psycopg3://u:sesame@host/db",
        "mysql://u:sesame@host/db",
        "postgresql+psycopg://u:sesame@127.0.0.1:1/db",
        "sesame://",
    ],
)
def test_a_wrong_url_gives_one_sentence_without_its_password(url: str):
    with pytest.raises(StoreError) as failed:
        open_store(url)
    assert not re.search("sesame|same@|se@", str(failed.value))


def test_the_permissions_of_an_older_store_are_mended(tmp_path: Path):
    path = tmp_path / "sprint.db"
    open_store(f"sqlite:///{path}").dispose()
    path.chmod(0o644)
    open_store(f"sqlite:///{path}").dispose()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700  # pytest's own; a folder that was there is not touched
