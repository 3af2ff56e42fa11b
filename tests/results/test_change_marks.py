"""A change mark is read again when something was committed, by anybody, and when the store is another file."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, create_engine, insert

from sprintlib.results.change_marks import ChangeMarks
from sprintlib.results.reading import change_mark
from sprintlib.store import open_store
from sprintlib.store.schema import sync_run

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def write(engine: Engine, at: datetime = NOW, look: Callable[[], None] = lambda: None) -> None:
    """A collection that ended; `look` is called before it is committed."""
    row = {"state": "ok", "requests": 1, "not_modified": 0, "started_at": at, "finished_at": at}
    with engine.begin() as connection:
        connection.execute(insert(sync_run).values(row))
        look()


def test_it_is_at_hand_until_somebody_commits(tmp_path: Path) -> None:
    engine, other = (open_store(f"sqlite:///{tmp_path}/sprint.db") for _ in range(2))
    marks = ChangeMarks(engine)
    assert marks.at_hand() is None
    first = marks.read()
    assert marks.at_hand() == first == change_mark(engine)
    seen: list[str | None] = []
    write(engine, look=lambda: seen.append(marks.at_hand()))
    assert seen == [first]  # nobody else sees it yet
    assert marks.at_hand() is None
    second = marks.read()
    write(other, NOW + timedelta(hours=1))
    assert marks.at_hand() is None
    assert len({first, second, marks.read()}) == 3
    for one in (engine, other):
        one.dispose()


def test_a_store_that_was_restored_is_another_one(tmp_path: Path) -> None:
    place = tmp_path / "sprint.db"
    engine = open_store(f"sqlite:///{place}")
    marks = ChangeMarks(engine)
    before = marks.read()
    write(engine)
    engine.dispose()
    shutil.copy(place, tmp_path / "saved.db")
    (tmp_path / "saved.db").replace(place)
    assert marks.at_hand() is None
    assert marks.read() != before
    place.unlink()
    assert marks.at_hand() is None
    engine.dispose()


def test_a_store_in_memory_is_asked_each_time() -> None:
    assert ChangeMarks(create_engine("sqlite://")).at_hand() is None
