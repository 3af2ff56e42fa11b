"""Comparing what two stores hold."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import Engine, Table, select

from sprintlib.facts.replay import CARRIED, REBUILT
from sprintlib.store import schema

FACTS = tuple(
    table
    for table in (*REBUILT, *CARRIED)
    if table.name not in ("sync_cursor", "item_cursor", "listed_page", "set_aside", "sync_run", "repository_name")
)
CURSORS: tuple[Table, ...] = (schema.sync_cursor, schema.item_cursor)
# when and how rows were fetched, not what they say
_FETCHING = frozenset({"observed_at", "as_of", "source", "etag", "seen_at", "asked_at"})


def contents(
    engine: Engine, tables: Collection[Table] = FACTS, without: Collection[str] = ()
) -> dict[str, Counter[str]]:
    """Rows by table, without the columns that tell when and how they were fetched."""
    skipped = _FETCHING | set(without)
    found: dict[str, Counter[str]] = {}
    with engine.connect() as connection:
        for table in tables:
            columns = [column for column in table.c if column.name not in skipped]
            rows = connection.execute(select(*columns))
            found[table.name] = Counter(repr(tuple(_said(value) for value in row)) for row in rows)
    return found


def _said(value: Any) -> Any:
    """Without the time at which a list was compared."""
    return {name: one for name, one in value.items() if name != "compared_at"} if isinstance(value, dict) else value


def differences(left: dict[str, Counter[str]], right: dict[str, Counter[str]]) -> dict[str, Any]:
    """Tables that differ: rows only on the left, rows only on the right (three of each)."""
    return {
        name: (list(left[name] - right[name])[:3], list(right[name] - left[name])[:3])
        for name in left
        if left[name] != right[name]
    }


def count(engine: Engine, table: Table, **values: Any) -> int:
    """Rows of a table whose columns have these values."""
    with engine.connect() as connection:
        rows = connection.execute(select(table)).mappings()
        return sum(all(row[name] == value for name, value in values.items()) for row in rows)
