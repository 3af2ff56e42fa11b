"""What has been collected, up to when, and where to go on: rows of `sync_cursor` and `item_cursor`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from sprintlib.store import upsert
from sprintlib.store.schema import item_cursor, repository, set_aside, sync_cursor


@dataclass(frozen=True)
class Cursor:
    """How far the collection of one kind in one repository has come.

    position: JSON; `next` is the next page while incomplete, `newest` the newest time the list had at its last
    probe. collected: rows held. expected: what GitHub says there is, None where it does not say.
    """

    repository: str
    kind: str
    as_of: datetime
    etag: str | None = None
    position: dict[str, Any] = field(default_factory=dict)
    complete: bool = False
    collected: int = 0
    expected: int | None = None
    note: str | None = None


def read_cursor(connection: Connection, repository: str, kind: str) -> Cursor | None:
    """The stored cursor, or None where nothing of the kind was collected."""
    wanted = select(sync_cursor).where(sync_cursor.c.repository == repository, sync_cursor.c.kind == kind)
    row = connection.execute(wanted).mappings().first()
    return Cursor(**{**row, "position": row["position"] or {}}) if row else None


def find_repository(connection: Connection, name: str) -> Cursor | None:
    """The cursor of a repository in whatever case its name is spelled."""
    wanted = select(sync_cursor.c.repository).where(
        sync_cursor.c.kind == "repository", func.lower(sync_cursor.c.repository) == name.lower()
    )
    found = connection.execute(wanted).scalar()
    return read_cursor(connection, found, "repository") if found else None


def read_cursors(connection: Connection, repository: str) -> list[Cursor]:
    """All cursors of a repository."""
    rows = connection.execute(select(sync_cursor).where(sync_cursor.c.repository == repository)).mappings()
    return [Cursor(**{**row, "position": row["position"] or {}}) for row in rows]


def write_cursor(connection: Connection, cursor: Cursor) -> None:
    """Store a cursor, in the transaction that stores what it says was collected."""
    upsert(connection, sync_cursor, [vars(cursor)])


def settle_identity(connection: Connection, repository_id: int, full_name: str) -> None:
    """Cursors follow a repository that was renamed; those of another one that had its name before are dropped."""
    stored = connection.execute(select(repository.c.id, repository.c.full_name)).all()
    names = dict(stored)
    if any(name == full_name and number != repository_id for number, name in stored):
        connection.execute(delete(sync_cursor).where(sync_cursor.c.repository == full_name))
    old = names.get(repository_id)
    if old is not None and old != full_name:
        connection.execute(delete(sync_cursor).where(sync_cursor.c.repository == full_name))
        connection.execute(update(sync_cursor).where(sync_cursor.c.repository == old).values(repository=full_name))
        connection.execute(delete(set_aside).where(set_aside.c.repository == full_name))
        connection.execute(update(set_aside).where(set_aside.c.repository == old).values(repository=full_name))


def mark_items(connection: Connection, repository_id: int, part: str, items: Iterable[tuple[int, datetime]]) -> None:
    """Note for (number, updated_at) of items that their own requests for `part` were made at that update."""
    rows = [
        {"repository_id": repository_id, "number": number, "part": part, "updated_at": updated_at}
        for number, updated_at in items
    ]
    upsert(connection, item_cursor, rows, newest_by=("updated_at",))
