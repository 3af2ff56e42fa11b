"""Chunks in the store, kept equal to what was said: new and edited texts are written, deleted ones leave."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, update

from sprintlib import masking
from sprintlib.history.texts import Text
from sprintlib.knowledge.documents import Chunk, chunks
from sprintlib.store.schema import chunk

BATCH = 1000
_NAMES = [column.name for column in chunk.columns if column.name != "id"]
# the digest stands for the body
_COMPARED = [name for name in _NAMES if name not in ("body", "observed_at", "source_digest")]
_SOURCE = [field.name for field in fields(Text) if field.name != "observed_at"]
_RULES = ("documents.py", "cleaning.py", "injection*.py")


@dataclass(frozen=True)
class IndexChanges:
    """How many chunks are new, were written again because something about them changed, and left."""

    added: int = 0
    changed: int = 0
    removed: int = 0


def write_chunks(
    engine: Engine, texts: Iterable[Text], hosts: frozenset[str], kept: frozenset[str] = frozenset()
) -> IndexChanges:
    """Make the chunk table say what `texts` say. Written in batches: a kill loses the batch in hand only.

    A chunk keeps its id when its text changes; a text that has not changed is not even cleaned again. hosts: where
    links may lead. kept: kinds that stay although `texts` do not hold them.
    """
    known, made_from = _known(engine)
    seen: set[tuple[str, int]] = set()
    added = changed = 0
    for rows in _batches(_wanted(texts, hosts, made_from, seen)):
        new, different, same = [], [], []
        for row in rows:
            key = (row["source_key"], row["part"])
            if key in seen:
                continue
            seen.add(key)
            stored = known.get(key)
            if stored is None:
                new.append(row)
            elif stored[1:] != tuple(row[name] for name in _COMPARED):
                different.append({**row, "key": stored[0]})
            else:
                same.append({"source_digest": row["source_digest"], "key": stored[0]})
        with engine.begin() as connection:
            _write(connection, new, different, same)
        added, changed = added + len(new), changed + len(different)
    kind = 1 + _COMPARED.index("kind")
    gone = [stored[0] for key, stored in known.items() if key not in seen and stored[kind] not in kept]
    for start in range(0, len(gone), BATCH):
        with engine.begin() as connection:
            connection.execute(delete(chunk).where(chunk.c.id.in_(gone[start : start + BATCH])))
    return IndexChanges(added, changed, len(gone))


def is_indexed(engine: Engine) -> bool:
    """Whether there is anything to search."""
    with engine.connect() as connection:
        return connection.scalar(select(chunk.c.id).limit(1)) is not None


def count_chunks(engine: Engine) -> int:
    """How many chunks there are."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(chunk)) or 0


def _known(engine: Engine) -> tuple[dict[tuple[str, int], tuple[Any, ...]], dict[str, tuple[str | None, int]]]:
    """(source key, part) -> (id, the compared columns); source key -> (source digest, how many parts)."""
    query = select(chunk.c.source_digest, chunk.c.id, *(chunk.c[name] for name in _COMPARED))
    key, part = 1 + _COMPARED.index("source_key"), 1 + _COMPARED.index("part")
    known: dict[tuple[str, int], tuple[Any, ...]] = {}
    made_from: dict[str, tuple[str | None, int]] = {}
    with engine.connect() as connection:
        for made, *columns in connection.execute(query):
            known[columns[key], columns[part]] = tuple(columns)
            before, parts = made_from.get(columns[key], (made, 0))
            made_from[columns[key]] = (made if made == before else None, parts + 1)
    return known, made_from


def _wanted(
    texts: Iterable[Text],
    hosts: Collection[str],
    made_from: dict[str, tuple[str | None, int]],
    seen: set[tuple[str, int]],
) -> Iterator[dict[str, Any]]:
    """Rows of what is new or may have changed; the parts of what has not are `seen`."""
    for text in texts:
        digest = _source_digest(text, hosts)
        made, parts = made_from.get(text.key, (None, 0))
        if made == digest:
            seen.update((text.key, part) for part in range(parts))
        else:
            yield from (_row(piece, digest) for piece in chunks(text, frozenset(hosts)))


def _source_digest(text: Text, hosts: Collection[str]) -> str:
    """Of all that a text's chunks are made from. When it was fetched does not count."""
    told = repr((rules(), sorted(hosts), *(getattr(text, name) for name in _SOURCE)))
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


@cache
def rules() -> str:
    """Of the code that makes chunks: with a new version of it, everything is cleaned again."""
    found = blake2b(digest_size=16)
    here = sorted(path for pattern in _RULES for path in Path(__file__).parent.glob(pattern))
    for path in (*here, Path(masking.__file__)):
        found.update(path.read_bytes())
    return found.hexdigest()


def _write(
    connection: Connection, new: list[dict[str, Any]], different: list[dict[str, Any]], same: list[dict[str, Any]]
) -> None:
    if new:
        connection.execute(insert(chunk), new)
    for rows in (different, same):
        if rows:
            connection.execute(update(chunk).where(chunk.c.id == bindparam("key")), rows)


def _row(piece: Chunk, source_digest: str) -> dict[str, Any]:
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
        "source_digest": source_digest,
        "happened_at": text.happened_at,
        "updated_at": text.updated_at,
        "observed_at": text.observed_at,
    }


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """About BATCH rows; the parts of a text stay together, so that no kill leaves half of them."""
    batch: list[dict[str, Any]] = []
    for row in rows:
        if len(batch) >= BATCH and row["source_key"] != batch[-1]["source_key"]:
            yield batch
            batch = []
        batch.append(row)
    yield batch
