"""Which items a text began to mention: their timelines tell of it, but GitHub leaves their update times alone.

So a timeline that was read before such a text was written has to be read again, although its item did not change.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import Connection, Table, select, tuple_

from sprintlib.facts.names import former_names
from sprintlib.references import Resolver
from sprintlib.store import schema, upsert

# the part of an item under which `item_cursor` holds when it was last mentioned anew
MENTIONED = "mentioned"
_MOST_OF_A_TEXT = 100  # as many requests one text can lead to
_TEXTS = {  # what is told apart by which columns
    schema.issue: ("repository_id", "number"),
    schema.pull_request: ("repository_id", "number"),
    schema.comment: ("kind", "id"),
    schema.review: ("id",),
}


class Mention(NamedTuple):
    """An item that a text mentions since `at`."""

    repository_id: int
    number: int
    at: datetime


def note_mentions(connection: Connection, rows: Mapping[Table, Sequence[Mapping[str, Any]]]) -> list[Mention]:
    """Note and return, oldest first, which stored items rows to be written mention, and did not as they are stored."""
    texts = {table: [row for row in rows.get(table, ()) if _may_refer(row["body"])] for table in _TEXTS}
    if not any(texts.values()):
        return []
    names = _Names(connection)
    began = {one for table, written in texts.items() for one in _began(connection, table, written, names)}
    stored = _stored(connection, {(one.repository_id, one.number) for one in began})
    found = sorted((one for one in began if (one.repository_id, one.number) in stored), key=lambda one: one.at)
    noted = [
        {"repository_id": one.repository_id, "number": one.number, "part": MENTIONED, "updated_at": one.at}
        for one in found
    ]
    upsert(connection, schema.item_cursor, noted, newest_by=("updated_at",))
    return found


def _may_refer(text: str | None) -> bool:
    return text is not None and ("#" in text or "GH-" in text or "/issues/" in text or "/pull/" in text)


def _began(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], names: "_Names"
) -> Iterator[Mention]:
    columns = _TEXTS[table]
    keys = {tuple(row[name] for name in columns) for row in rows}
    key = [table.c[name] for name in columns]
    query = select(*key, table.c.body).where(tuple_(*key).in_(keys))
    stored = {tuple(row[:-1]): row[-1] for row in connection.execute(query)}
    for row in rows:
        mine = tuple(row[name] for name in columns)
        before = names.items(stored.get(mine), row["repository_id"])
        at = row.get("updated_at") or (row["observed_at"] if mine in stored else row["submitted_at"])
        own = (row["repository_id"], row["number"])
        anew = [item for item in names.items(row["body"], row["repository_id"]) if item not in before and item != own]
        yield from (Mention(*item, at) for item in islice(anew, _MOST_OF_A_TEXT))


def _stored(connection: Connection, items: set[tuple[int, int]]) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for table in (schema.issue, schema.pull_request):
        key = (table.c.repository_id, table.c.number)
        found |= {tuple(row) for row in connection.execute(select(*key).where(tuple_(*key).in_(items)))}
    return found


class _Names:
    """Reads references in texts as GitHub does, and says which stored repositories they lead to."""

    def __init__(self, connection: Connection) -> None:
        table = schema.repository.c
        found = connection.execute(select(table.id, table.full_name, table.html_url)).all()
        self._ids = {row.full_name: row.id for row in found}
        self._names = {row.id: row.full_name for row in found}
        hosts = {urlsplit(row.html_url).netloc.lower() for row in found} | {"github.com"}
        self._resolver = Resolver(tuple(self._ids), hosts, former_names(connection))

    def items(self, text: str | None, repository_id: int) -> dict[tuple[int, int], None]:
        """Repository and number of each item that a text of a repository refers to, in order."""
        told = self._resolver.references(text or "", self._names.get(repository_id, ""))
        named = (one.ref.rpartition("#") for one in told)
        return {(self._ids[name], int(number)): None for name, _, number in named if name in self._ids}
