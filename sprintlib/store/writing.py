"""Writing rows: idempotent upserts that behave the same on SQLite and PostgreSQL."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, or replace the other columns of rows whose primary key exists. The last of equal keys wins."""
    _insert(connection, table, rows, update=True)


def append(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows whose primary key is new; existing rows stay untouched."""
    _insert(connection, table, rows, update=False)


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], update: bool) -> None:
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    if update and changed:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    unique = {tuple(row[key] for key in keys): row for row in rows}
    connection.execute(statement, [dict(row) for row in unique.values()])
