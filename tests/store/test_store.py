"""Opening, migrating, writing and reading the store."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, select
from sqlalchemy.exc import OperationalError, StatementError

from sprintlib.errors import StoreError
from sprintlib.store import append, frame, open_store, upsert
from sprintlib.store import upgrade as upgrade_module
from sprintlib.store.schema import FULL_TEXT, TRIGRAMS, changed_file, issue, metadata, milestone, repository, run
from sprintlib.store.upgrade import revisions

NOW = datetime(2026, 11, 23, 9, 30, 15, 250_000, tzinfo=UTC)
REPOSITORY = {
    "id": 1,
    "full_name": "acme/api",
    "html_url": "https://github.com/acme/api",
    "source": "rest",
    "observed_at": NOW,
}


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path}/data/sprint.db")
    yield engine
    engine.dispose()


@pytest.fixture(params=["on_sqlite", "on_postgresql"])
def store(request: pytest.FixtureRequest) -> Engine:
    """An open store with one repository, on each kind of database that is supported."""
    engine: Engine = request.getfixturevalue(request.param)
    with engine.begin() as connection:
        upsert(connection, repository, [REPOSITORY])
    return engine


@pytest.fixture
def sqlite_store(on_sqlite: Engine) -> Engine:
    """An open SQLite store with one repository."""
    with on_sqlite.begin() as connection:
        upsert(connection, repository, [REPOSITORY])
    return on_sqlite


def test_migrations_build_exactly_the_schema(store: Engine) -> None:
    def is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
        return not (kind == "table" and str(name).startswith((FULL_TEXT, TRIGRAMS)))

    opts = {"compare_type": True, "include_object": is_ours}
    with store.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts=opts), metadata)
    assert differences == []


def test_tables_have_singular_names(store: Engine) -> None:
    names = {name for name in inspect(store).get_table_names() if not name.startswith((FULL_TEXT, TRIGRAMS))} - {
        "alembic_version"
    }
    assert names == set(metadata.tables)
    assert not [name for name in names if name.endswith("s") and name != "analysis"]


def test_sqlite_is_in_wal_mode_and_waits(sqlite_store: Engine) -> None:
    with sqlite_store.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 20000
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_times_come_back_in_utc_with_microseconds(store: Engine) -> None:
    berlin = NOW.astimezone(timezone(timedelta(hours=1)))
    with store.begin() as connection:
        upsert(connection, repository, [{**REPOSITORY, "id": 2, "full_name": "acme/web", "observed_at": berlin}])
        assert connection.scalar(select(repository.c.observed_at).where(repository.c.id == 2)) == NOW


def test_naive_times_are_refused(store: Engine) -> None:
    naive = NOW.replace(tzinfo=None)
    with store.begin() as connection, pytest.raises(StatementError, match="the store keeps UTC"):
        upsert(connection, repository, [{**REPOSITORY, "observed_at": naive}])


def test_upsert_replaces_and_append_does_not(store: Engine) -> None:
    row = {"repository_id": 1, "sha": "a" * 40, "path": "x.py", "additions": 1, "deletions": 0}
    with store.begin() as connection:
        upsert(connection, changed_file, [row, {**row, "additions": 2}])
        append(connection, changed_file, [{**row, "additions": 3}, {**row, "path": "y.py"}])
        found = connection.execute(select(changed_file.c.path, changed_file.c.additions)).all()
    assert sorted(found) == [("x.py", 2), ("y.py", 1)]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_versions_may_arrive_in_any_order(store: Engine, order: tuple[int, ...]) -> None:
    def version(number: int) -> dict[str, object]:
        return {
            "repository_id": 1,
            "number": 7,
            "title": f"version {number}",
            "state": "open",
            "html_url": "h",
            "description": None if number == 3 else "words",
            "created_at": NOW,
            "updated_at": NOW + timedelta(days=number),
            "source": "rest",
            "observed_at": NOW,
        }

    def title(**rule: tuple[str, ...]) -> tuple[str, str | None]:
        with store.begin() as connection:
            connection.execute(milestone.delete())
            for number in order[:2]:
                upsert(connection, milestone, [version(number)], **rule)
            upsert(connection, milestone, [version(order[2]), version(order[2])], **rule)
            row = connection.execute(select(milestone.c.title, milestone.c.description)).one()
        return row.title, row.description

    assert title(newest_by=("updated_at",)) == ("version 3", None)
    assert title(oldest_by=("updated_at",)) == ("version 1", "words")
    if order[0] != 3:
        assert title(newest_by=("updated_at",), keep_known=("description",)) == ("version 3", "words")


def test_writing_nothing_is_fine(store: Engine) -> None:
    with store.begin() as connection:
        upsert(connection, changed_file, [])


def test_empty_frames_are_typed(store: Engine) -> None:
    with store.connect() as connection:
        empty = frame(connection, select(issue.c.number, issue.c.created_at, issue.c.labels, issue.c.locked))
    assert empty.schema == {
        "number": pl.Int64,
        "created_at": pl.Datetime("us", "UTC"),
        "labels": pl.List(pl.String),
        "locked": pl.Boolean,
    }


def test_all_null_columns_are_typed(store: Engine) -> None:
    rows = [
        {
            "repository_id": 1,
            "number": number,
            "title": "x",
            "state": "open",
            "html_url": "u",
            "created_at": NOW,
            "due_on": None,
            "closed_at": None,
            "source": "rest",
            "observed_at": NOW,
        }
        for number in range(300)
    ]
    rows[299] |= {"due_on": date(2026, 11, 27), "closed_at": NOW}
    with store.begin() as connection:
        upsert(connection, milestone, rows)
        read = frame(connection, select(milestone.c.due_on, milestone.c.closed_at).order_by(milestone.c.number))
    assert read.schema == {"due_on": pl.Date, "closed_at": pl.Datetime("us", "UTC")}
    assert read.null_count().row(0) == (299, 299)
    assert read.row(299) == (date(2026, 11, 27), NOW)


def test_read_only_refuses_writes_and_creates_nothing(tmp_path: Path, sqlite_store: Engine) -> None:
    url = f"sqlite:///{tmp_path}/data/sprint.db"
    reader = open_store(url, read_only=True)
    with reader.begin() as connection, pytest.raises(OperationalError, match="readonly"):
        upsert(connection, repository, [{**REPOSITORY, "id": 9, "full_name": "acme/nine"}])
    with pytest.raises(StoreError, match="There is no store at .* yet: run 'sprint sync' first"):
        open_store(f"sqlite:///{tmp_path}/other/sprint.db", read_only=True)
    assert not (tmp_path / "other").exists()


def test_read_only_sees_what_a_writer_adds(tmp_path: Path, sqlite_store: Engine) -> None:
    reader = open_store(f"sqlite:///{tmp_path}/data/sprint.db", read_only=True)
    with sqlite_store.begin() as connection:
        upsert(connection, repository, [{**REPOSITORY, "id": 3, "full_name": "acme/ios"}])
    with reader.connect() as connection:
        assert connection.execute(select(repository.c.full_name).order_by("id")).scalars().all() == [
            "acme/api",
            "acme/ios",
        ]


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_damaged_file_gives_one_sentence_and_is_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sprint.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="move it away and run 'sprint sync' to collect again"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_a_half_written_store_is_completed(tmp_path: Path) -> None:
    path = tmp_path / "sprint.db"
    sqlite3.connect(path).close()
    engine = open_store(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert connection.execute(select(run.c.id)).all() == []


def test_a_wrong_url_gives_one_sentence() -> None:
    with pytest.raises(StoreError, match="is not a database URL that can be used"):
        open_store("sprint.db")


def test_a_folder_that_cannot_be_made_gives_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    with pytest.raises(StoreError, match="cannot be created"):
        open_store(f"sqlite:///{tmp_path}/data/sprint.db")


def test_migrations_are_numbered_in_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(upgrade_module.__file__).parent / "migrations"))
    script = ScriptDirectory.from_config(config)
    assert [revision.revision for revision in script.walk_revisions()][::-1] == revisions()
    assert script.get_heads() == [revisions()[-1]]


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/sprint.db"
    with open_store(url).begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="was written by a newer sprintlib: install that version"):
        open_store(url)
