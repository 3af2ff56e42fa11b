"""Who wants to write gets a turn beside somebody who writes all the time."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from sprintlib.store import locking, open_store
from sprintlib.store.locking import take_lock


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = open_store(f"sqlite:///{tmp_path}/sprint.db")
    yield found
    found.dispose()


@contextmanager
def writing_on_and_on(path: str) -> Iterator[list[int]]:
    """Transactions of 10 ms each with hardly anything between them, until the end of the block; a list of them."""
    over, begun = Event(), list[int]()

    def go_on() -> None:
        with sqlite3.connect(path, timeout=30, isolation_level=None) as other:
            while not over.is_set():
                other.execute("BEGIN IMMEDIATE")
                begun.append(len(begun))
                time.sleep(0.01)
                other.execute("COMMIT")
                time.sleep(0.002)

    thread = Thread(target=go_on)
    thread.start()
    try:
        yield begun
    finally:
        over.set()
        thread.join()


def test_who_waits_gets_a_turn(engine: Engine) -> None:
    between = []
    with writing_on_and_on(str(engine.url.database)) as begun:
        for _ in range(40):
            time.sleep(0.005)
            before = len(begun)
            with engine.connect() as connection, connection.begin():
                take_lock(connection)
                between.append(len(begun) - before)
                assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 20_000
    assert max(between) <= 5, between  # some 26 where SQLite waits by itself


def test_the_lock_is_not_waited_for_without_end(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "BUSY_SECONDS", 0)
    with engine.connect() as holder, holder.begin():
        take_lock(holder)
        with engine.connect() as connection, pytest.raises(OperationalError, match="locked"):
            take_lock(connection)
    with engine.connect() as connection, connection.begin():
        take_lock(connection)
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 0
