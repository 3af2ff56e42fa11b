"""Chunks in the store, kept equal to what was said: new and edited texts are written, deleted ones leave."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from sprintlib.history.texts import Text
from sprintlib.knowledge.documents import Chunk, chunks
from sprintlib.store.schema import chunk

BATCH = 1000
_NAMES = [column.name for column in chunk.columns if column.name != "id"]
_COMPARED = [name for name in _NAMES if name not in ("body", "observed_at")]  # the digest stands for the body


@dataclass(frozen=True)
class Changes:
    """How many chunks are new, were written again because something about them changed, and left."""

    added: int = 0
    changed: int = 0
    removed: int = 0


def write_chunks(
    engine: Engine, texts: Iterable[Text], hosts: frozenset[str], kept: frozenset[str] = frozenset()
) -> Changes:
    """Make the chunk table say what `texts` say. Written in batches: a kill loses the batch in hand only.

    A chunk keeps its id when its text changes. hosts: where links may lead. kept: kinds that stay although `texts`
    do not hold them.
    """
    known = _known(engine)
    seen: set[tuple[str, int]] = set()
    added = changed = 0
    wanted = (row for text in texts for row in map(_row, chunks(text, hosts)))
    for rows in _batches(wanted):
        new, different = [], []
        for row in rows:
            key = (row["source_key"], row["part"])
            if key in seen:
                continue
            seen.add(key)
            stored = known.get(key)
            if stored is None:
                new.append(row)
            elif stored[1:] != tuple(row[name] for name in _COMPARED):
                different.append({**row, "id": stored[0]})
        with engine.begin() as connection:
            _write(connection, new, different)
        added, changed = added + len(new), changed + len(different)
    kind = 1 + _COMPARED.index("kind")
    gone = [stored[0] for key, stored in known.items() if key not in seen and stored[kind] not in kept]
    for start in range(0, len(gone), BATCH):
        with engine.begin() as connection:
            connection.execute(delete(chunk).where(chunk.c.id.in_(gone[start : start + BATCH])))
    return Changes(added, changed, len(gone))


def is_indexed(engine: Engine) -> bool:
    """Whether there is anything to search."""
    with engine.connect() as connection:
        return connection.scalar(select(chunk.c.id).limit(1)) is not None


def count_chunks(engine: Engine) -> int:
    """How many chunks there are."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(chunk)) or 0


def _known(engine: Engine) -> dict[tuple[str, int], tuple[Any, ...]]:
    """(source key, part) -> (id, the compared columns)."""
    query = select(chunk.c.id, *(chunk.c[name] for name in _COMPARED))
    place = _COMPARED.index("source_key"), _COMPARED.index("part")
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    return {(row[1 + place[0]], row[1 + place[1]]): row for row in rows}


def _write(connection: Connection, new: list[dict[str, Any]], different: list[dict[str, Any]]) -> None:
    if new:
        connection.execute(insert(chunk), new)
    for row in different:
        connection.execute(update(chunk).where(chunk.c.id == row.pop("id")), row)


def _row(piece: Chunk) -> dict[str, Any]:
    text = piece.text
    return {
        "source_key": text.key,
        "part": piece.part,
        "kind": text.kind,
        "repository_id": text.repository_id,
        "number": text.number,
        "ref": text.ref,
        "url": text.url,
        "title": piece.title,
        "body": piece.body,
        "author": text.author,
        "author_is_bot": text.author_is_bot,
        "suspicious": piece.suspicious,
        "digest": piece.digest,
        "happened_at": text.happened_at,
        "updated_at": text.updated_at,
        "observed_at": text.observed_at,
    }


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch
