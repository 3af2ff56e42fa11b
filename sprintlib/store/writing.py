"""Writing rows: idempotent upserts that behave the same on SQLite and PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, tuple_


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    newest_by: Sequence[str] = (),
    oldest_by: Sequence[str] = (),
    keep_known: Collection[str] = (),
    over: ColumnElement[bool] | None = None,
) -> None:
    """Insert rows, or replace the other columns of rows whose primary key exists. The last of equal keys wins.

    newest_by, oldest_by: columns that order versions of a row; only the newest (or oldest) version stays, in
    whatever order versions arrive. keep_known: columns in which a null does not replace a value. over: which stored
    rows an equally new version replaces; all of them where it is not given.
    """
    if not rows:
        return
    statement = insert_into(connection, table)
    keys = [column.name for column in table.primary_key]
    changed = {
        name: func.coalesce(statement.excluded[name], table.c[name]) if name in keep_known else statement.excluded[name]
        for name in rows[0]
        if name not in keys
    }
    if not changed:
        append(connection, table, rows)
        return
    order = newest_by or oldest_by
    where = None
    if order:
        arriving, stored = tuple_(*(statement.excluded[c] for c in order)), tuple_(*(table.c[c] for c in order))
        where = arriving >= stored if newest_by else arriving <= stored
        if over is not None:
            where = or_(arriving > stored if newest_by else arriving < stored, and_(arriving == stored, over))
        rows = sorted(rows, key=lambda row: tuple(row[name] for name in order), reverse=not newest_by)
    statement = statement.on_conflict_do_update(index_elements=keys, set_=changed, where=where)
    connection.execute(statement, _unique(rows, keys, keep_known))


def append(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows whose primary key is new; existing rows stay untouched."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    connection.execute(insert_into(connection, table).on_conflict_do_nothing(index_elements=keys), _unique(rows, keys))


def insert_into(connection: Connection, table: Table) -> Any:
    """The INSERT of the dialect in use, which knows ON CONFLICT."""
    # The dialect in use is imported already; the other one brings the drivers of a server that may not exist.
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as into_postgresql

        return into_postgresql(table)
    from sqlalchemy.dialects.sqlite import insert as into_sqlite

    return into_sqlite(table)


def _unique(
    rows: Sequence[Mapping[str, Any]], keys: Sequence[str], keep_known: Collection[str] = ()
) -> list[dict[str, Any]]:
    """The last row of each key; a null of it in `keep_known` is what an earlier one says there."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[name] for name in keys)
        before = found.get(key, {})
        found[key] = {**row, **{name: before.get(name) for name in keep_known if row[name] is None}}
    return list(found.values())
