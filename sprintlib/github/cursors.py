"""What has been collected, up to when, and where to go on: rows of `sync_cursor` and `item_cursor`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select, update

from sprintlib.store import upsert
from sprintlib.store.schema import item_cursor, repository, repository_name, set_aside, sync_cursor


@dataclass(frozen=True)
class Cursor:
    """How far the collection of one kind in one repository has come.

    repository: its name at that time. position: JSON; `next` is the next page while incomplete, `newest` the newest
    time the list had at its last probe. collected: rows held. expected: what GitHub says there is, None where it does
    not say.
    """

    repository_id: int
    repository: str
    kind: str
    as_of: datetime
    etag: str | None = None
    position: dict[str, Any] = field(default_factory=dict)
    complete: bool = False
    collected: int = 0
    expected: int | None = None
    note: str | None = None


def read_cursor(connection: Connection, repository_id: int, kind: str) -> Cursor | None:
    """The stored cursor, under the repository's name of today, or None where nothing of the kind was collected."""
    row = connection.execute(_cursors(repository_id).where(sync_cursor.c.kind == kind)).mappings().first()
    return _cursor(row) if row else None


def _cursors(repository_id: int) -> Select[Any]:
    columns = [column for column in sync_cursor.c if column.name != "repository"]
    query = select(*columns, repository.c.full_name.label("repository"))
    return query.join(repository, repository.c.id == sync_cursor.c.repository_id).where(
        sync_cursor.c.repository_id == repository_id
    )


def _cursor(row: RowMapping) -> Cursor:
    return Cursor(**{**row, "position": row["position"] or {}})


def find_repository(connection: Connection, name: str) -> Cursor | None:
    """The cursor of the repository that a name means, in whatever case: its name of today or one that it had."""
    key = find_id(connection, name)
    return read_cursor(connection, key, "repository") if key is not None else None


def find_id(connection: Connection, name: str) -> int | None:
    """The id of the repository that is called so today or, where none is, of the one that was; None: not known."""
    wanted = name.lower()
    today = connection.scalar(select(repository.c.id).where(func.lower(repository.c.full_name) == wanted))
    if today is not None:
        return int(today)
    former = connection.scalar(select(repository_name.c.repository_id).where(repository_name.c.name == wanted))
    return None if former is None else int(former)


def read_cursors(connection: Connection, repository_id: int) -> list[Cursor]:
    """All cursors of a repository."""
    return [_cursor(row) for row in connection.execute(_cursors(repository_id)).mappings()]


def write_cursor(connection: Connection, cursor: Cursor) -> None:
    """Store a cursor, in the transaction that stores what it says was collected."""
    upsert(connection, sync_cursor, [vars(cursor)])


def follow_renaming(connection: Connection, repository_id: int, full_name: str) -> None:
    """What is set aside follows a repository to its new name, before that is stored.

    Another one that had this name before keeps its own under OWNER/NAME#ID, as it is called until its own turn comes.
    """
    names = dict(connection.execute(select(repository.c.id, repository.c.full_name)).all())
    taken = full_name.lower()
    moves = [(name, f"{name}#{key}") for key, name in names.items() if name.lower() == taken and key != repository_id]
    if repository_id in names and names[repository_id] != full_name:
        moves.append((names[repository_id], full_name))
    for old, new in moves:
        connection.execute(update(set_aside).where(set_aside.c.repository == old).values(repository=new))


def mark_items(
    connection: Connection,
    repository_id: int,
    part: str,
    items: Iterable[tuple[int, datetime]],
    asked_at: datetime,
) -> None:
    """Note for (number, updated_at) of items that their own requests for `part` were answered for that update."""
    rows = [
        {"repository_id": repository_id, "number": number, "part": part, "updated_at": updated_at, "asked_at": asked_at}
        for number, updated_at in items
    ]
    upsert(connection, item_cursor, rows, newest_by=("updated_at",))
