"""A new store is, statement by statement, what all migrations make of an empty database."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from sprintlib.store import open_store, upgrade
from sprintlib.store.schema import metadata
from tests.store import newest_schema

_MASTER = text("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")


def master(engine: Engine) -> list[tuple[str, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(_MASTER)]


def test_the_file_is_what_the_migrations_come_to() -> None:
    assert upgrade.NEWEST.read_text(encoding="utf-8") == newest_schema.text(), "python -m tests.store.newest_schema"


def test_a_new_store_equals_one_that_was_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = open_store(f"sqlite:///{tmp_path}/new.db")
    with monkeypatch.context() as patched:
        patched.setattr(upgrade, "newest_statements", list)
        migrated = open_store(f"sqlite:///{tmp_path}/migrated.db")
    assert master(new) == master(migrated)
    assert set(metadata.tables) < set(inspect(new).get_table_names())
    with new.connect() as connection:
        assert upgrade.revision(connection) == upgrade.revisions()[-1]
    for engine in (new, migrated):
        engine.dispose()


def test_a_migration_that_the_file_does_not_know_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "newest.sql"
    old.write_text("-- 0001\nCREATE TABLE nothing (id INTEGER);\n", encoding="utf-8")
    monkeypatch.setattr(upgrade, "NEWEST", old)
    assert upgrade.newest_statements() == []
    engine = open_store(f"sqlite:///{tmp_path}/sprint.db")
    assert not inspect(engine).has_table("nothing")
    engine.dispose()
