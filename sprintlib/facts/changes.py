"""What was written, in order: who holds a loaded state reads here what to read again.

Every writer of facts notes what it touched in its own transaction. Only the newest notes are kept; who is further
behind than that loads everything again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, delete, func, insert, select

from sprintlib.observe.context import ids
from sprintlib.store.nature import nature
from sprintlib.store.schema import fact_change

MOST_KEPT = 50_000
_WRITERS_LOCK = 7_074_683_202  # any number, as long as every process takes the same


class FactChange(NamedTuple):
    """One thing that was written. kind, key: see Nature.about of its table."""

    repository_id: int
    kind: str
    key: str


def changes_in(table: Table, rows: Iterable[Mapping[str, Any]]) -> Iterator[FactChange]:
    """What these rows of a table are about; nothing for a table that no loaded state is made from."""
    about = nature(table).about
    if about is not None:
        kind, column = about
        for row in rows:
            yield FactChange(row["repository_id"], kind, str(row[column])[:96])


def note_changes(connection: Connection, changes: Collection[FactChange]) -> None:
    """Note what the transaction of this connection writes.

    Notes are numbered in the order in which transactions end: SQLite has one writer at a time, and on PostgreSQL
    writers of facts wait for each other here.
    """
    if not changes:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_WRITERS_LOCK)))
    cause = ids().get("delivery")
    connection.execute(insert(fact_change), [{**change._asdict(), "cause": cause} for change in sorted(set(changes))])


def position(connection: Connection) -> int:
    """Where the notes end now: the id of the newest, 0 before the first."""
    return int(connection.scalar(select(func.max(fact_change.c.id))) or 0)


def changes_after(connection: Connection, known: int) -> frozenset[FactChange] | None:
    """What was written after a position, or None where the notes do not reach back so far."""
    table = fact_change.c
    oldest = connection.scalar(select(func.min(table.id)))
    newest = position(connection)
    if newest < known or (oldest is not None and oldest > known + 1) or (oldest is None and known > 0):
        return None
    found = select(table.repository_id, table.kind, table.key).where(table.id > known).distinct()
    return frozenset(FactChange(*row) for row in connection.execute(found))


def causes_between(connection: Connection, known: int, until: int) -> list[str]:
    """The deliveries by which it was written what came after a position, up to another."""
    table = fact_change.c
    found = select(table.cause).where(table.id > known, table.id <= until, table.cause.is_not(None)).distinct()
    return sorted(connection.execute(found).scalars())


def forget_changes(connection: Connection, most: int = MOST_KEPT) -> None:
    """Keep the newest notes only."""
    connection.execute(delete(fact_change).where(fact_change.c.id <= position(connection) - most))


def of_items(repository_id: int, numbers: Iterable[int]) -> frozenset[FactChange]:
    """Notes about items by number."""
    return frozenset(FactChange(repository_id, "item", str(number)) for number in numbers)
