"""Bringing a store to the newest migration: whole or not at all, and by one process at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine, inspect, select, table

from sprintlib.errors import StoreError
from sprintlib.locks import file_lock
from sprintlib.store.schema import FULL_TEXT, TRIGRAMS, metadata

_MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = _MIGRATIONS / "newest.sql"  # what all of them come to; `python -m tests.store.newest_schema` writes it
_LOCK_SUFFIX = ".lock"
_FORMER = frozenset({"forecast", "risk"})  # tables of the first migration that a later one drops
_ADVISORY_LOCK = 7_074_683_201  # any number, as long as every process takes the same


def revisions() -> list[str]:
    """Every migration, oldest first: the number its file begins with.

    Read from the file names, because importing Alembic takes longer than everything else that opening a store does.
    """
    return sorted(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def revision(connection: Connection) -> str | None:
    """The migration the store is at, or None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing in one transaction; whoever comes second finds them done.

    A new SQLite store is made as they leave it, without going through them: in a tenth of the time. A process that is
    killed in the middle leaves the store as it was. Raises OSError where the lock cannot be made.
    """
    with _alone(engine) as connection:
        current = revision(connection)
        if current == revisions()[-1]:
            return
        if current is None and engine.dialect.name == "sqlite":
            _drop_half_made(connection)
            if made := newest_statements():
                _make(connection, made)
                return
        _migrate(connection)


def newest_statements() -> list[str]:
    """Those that make an empty SQLite database what all migrations make of it; none where a migration is newer."""
    first, *lines = NEWEST.read_text(encoding="utf-8").splitlines(keepends=True)
    if first.removeprefix("-- ").strip() != revisions()[-1]:
        return []
    found, statement = [], ""
    for line in lines:
        statement += line
        if sqlite3.complete_statement(statement):
            found.append(statement.rstrip().removesuffix(";"))
            statement = ""
    return found


def _make(connection: Connection, statements: list[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (revisions()[-1],))


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that no other process upgrades beside."""
    if engine.dialect.name == "sqlite":
        with _file_lock(engine), _sqlite_transaction(engine) as connection:
            yield connection
        return
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
        yield connection


@contextmanager
def _file_lock(engine: Engine) -> Iterator[None]:
    """SQLite's own lock is not enough: two processes that first switch a new file to WAL find it busy at once."""
    if not engine.url.database:  # in memory
        yield
        return
    with file_lock(Path(engine.url.database + _LOCK_SUFFIX), wait=True):
        yield


@contextmanager
def _sqlite_transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction that holds DDL too: Python's driver begins none before a CREATE TABLE.

    Foreign keys are off, since a table that a migration builds anew is dropped, and what refers to it is not to go.
    """
    with engine.connect() as connection:
        driver = cast(sqlite3.Connection, connection.connection.driver_connection)
        usual, driver.isolation_level = driver.isolation_level, None
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                driver.execute("BEGIN IMMEDIATE")
                yield connection
        finally:
            driver.execute("PRAGMA foreign_keys = ON")
            driver.isolation_level = usual


def _drop_half_made(connection: Connection) -> None:
    """Take away the empty tables of a first start that was interrupted before it was one transaction."""
    indexes = {FULL_TEXT, TRIGRAMS}
    ours = (indexes | _FORMER | set(metadata.tables)) & set(inspect(connection).get_table_names())
    for name in ours - indexes:
        if connection.execute(select(1).select_from(table(name)).limit(1)).first():
            raise StoreError(
                f"The store {connection.engine.url.render_as_string()} was only half made, yet holds facts: "
                "move it away and run 'sprint sync' to collect again."
            )
    for name in sorted(ours, key=lambda name: name not in indexes):  # they go with the tables that they are kept in
        connection.exec_driver_sql(f'DROP TABLE "{name}"')
