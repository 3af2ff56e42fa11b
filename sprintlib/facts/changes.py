"""What was written, in order: who holds a loaded state reads here what to read again.

Every writer of facts notes what it touched in its own transaction. Only the newest notes are kept; who is further
behind than that loads everything again.
"""

from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple, get_args

from sqlalchemy import Connection, delete, func, insert, select

from sprintlib.store.schema import fact_change

Kind = Literal["item", "milestone", "run", "release", "commit"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST_KEPT = 50_000
_WRITERS_LOCK = 7_074_683_202  # any number, as long as every process takes the same


class Change(NamedTuple):
    """One thing that was written. key: number of an item or milestone, id of a run, node id of a release, sha."""

    repository_id: int
    kind: str
    key: str


def note_changes(connection: Connection, changes: Collection[Change]) -> None:
    """Note what the transaction of this connection writes.

    Notes are numbered in the order in which transactions end: SQLite has one writer at a time, and on PostgreSQL
    writers of facts wait for each other here.
    """
    if not changes:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_WRITERS_LOCK)))
    connection.execute(insert(fact_change), [change._asdict() for change in sorted(set(changes))])


def position(connection: Connection) -> int:
    """Where the notes end now: the id of the newest, 0 before the first."""
    return int(connection.scalar(select(func.max(fact_change.c.id))) or 0)


def changes_after(connection: Connection, known: int) -> frozenset[Change] | None:
    """What was written after a position, or None where the notes do not reach back so far."""
    table = fact_change.c
    oldest = connection.scalar(select(func.min(table.id)))
    newest = position(connection)
    if newest < known or (oldest is not None and oldest > known + 1) or (oldest is None and known > 0):
        return None
    found = select(table.repository_id, table.kind, table.key).where(table.id > known).distinct()
    return frozenset(Change(*row) for row in connection.execute(found))


def forget_changes(connection: Connection, most: int = MOST_KEPT) -> None:
    """Keep the newest notes only."""
    connection.execute(delete(fact_change).where(fact_change.c.id <= position(connection) - most))


def of_items(repository_id: int, numbers: Iterable[int]) -> frozenset[Change]:
    """Notes about items by number."""
    return frozenset(Change(repository_id, "item", str(number)) for number in numbers)
