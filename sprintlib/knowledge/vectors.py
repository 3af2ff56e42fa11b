"""Vectors in the store are the truth; the FAISS file is made from them, and made again when it does not fit."""

import hashlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Connection, CursorResult, Engine, and_, delete, func, select

from sprintlib.embedding import Embedder, Vectors, encode_there
from sprintlib.errors import KnowledgeError
from sprintlib.knowledge.faiss_index import make_index
from sprintlib.observe.log import LOGGER
from sprintlib.parallel import in_order, open_executor
from sprintlib.store import upsert
from sprintlib.store.schema import chunk, vector

if TYPE_CHECKING:
    import faiss

BATCH = 256
_READ = 4096  # rows at once
_FILE, _MANIFEST = "vectors.faiss", "vectors.json"


@dataclass(frozen=True)
class IndexManifest:
    """What the file beside it holds. fingerprint: of (chunk, text) pairs; checksum: SHA-256 of the file."""

    model: str
    name: str | None
    dimension: int
    count: int
    fingerprint: str
    checksum: str


def embed_missing(
    engine: Engine,
    model: Embedder,
    progress: Callable[[str, int, int | None], None],
    scheduler: str | None = None,
    name: str | None = None,
) -> int:
    """Embed chunks that have no vector of their present text; returns how many. Kept batch by batch.

    Vectors of other models leave when this one is complete. scheduler: as of `open_executor`, a call for each batch
    with the model of this name; by default `model` makes all. Raises KnowledgeError where a worker has another model.
    """
    fits = and_(vector.c.chunk_id == chunk.c.id, vector.c.model == model.model, vector.c.digest == chunk.c.digest)
    missing = select(chunk.c.id).select_from(chunk.outerjoin(vector, fits)).where(vector.c.chunk_id.is_(None))
    with engine.connect() as connection:  # texts of like length waste no padding
        ids = list(connection.scalars(missing.order_by(func.length(chunk.c.title) + func.length(chunk.c.body))))
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    progress("Embedding", 0, len(ids))
    done = 0
    for rows, values in _encoded(engine, model, batches, scheduler, name):
        found = [
            {"chunk_id": key, "model": model.model, "digest": digest, "value": value.astype("<f4").tobytes()}
            for (key, digest), value in zip(rows, values, strict=True)
        ]
        with engine.begin() as connection:
            upsert(connection, vector, found)
        done += len(rows)
        progress("Embedding", done, len(ids))
    with engine.begin() as connection:
        connection.execute(delete(vector).where(vector.c.model != model.model))
    return len(ids)


def _encoded(
    engine: Engine, model: Embedder, batches: Sequence[Sequence[int]], scheduler: str | None, name: str | None
) -> Iterator[tuple[list[tuple[int, str]], Vectors]]:
    """Of each batch of chunks the ids with the digests of their texts, and their vectors."""
    if scheduler is None:
        for batch in batches:
            rows, texts = _texts(engine, batch)
            yield rows, model.encode(texts)
        return
    told: deque[list[tuple[int, str]]] = deque()

    def calls() -> Iterator[tuple[str | None, list[str]]]:
        for batch in batches:
            rows, texts = _texts(engine, batch)
            told.append(rows)
            yield name, texts

    with open_executor(scheduler) as executor:
        for digest, values in in_order(executor, encode_there, calls()):
            if digest != model.model:
                raise KnowledgeError("A worker of the cluster has another embedding model: install the same there.")
            yield told.popleft(), values


def _texts(engine: Engine, batch: Sequence[int]) -> tuple[list[tuple[int, str]], list[str]]:
    query = select(chunk.c.id, chunk.c.digest, chunk.c.title, chunk.c.body).where(chunk.c.id.in_(batch))
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return [(row.id, row.digest) for row in rows], [f"{row.title}\n{row.body}" for row in rows]


def write_index(engine: Engine, folder: Path, model: str, name: str | None, dimension: int) -> "faiss.Index":
    """Make the index from the store's vectors and put it in place, file first, so that a crash shows in the checksum.

    A folder that cannot be written is no failure: the index is returned all the same.
    """
    import faiss

    with engine.connect() as connection:
        ids, values, fingerprint = _stored(connection, model, dimension)
    index = make_index(ids, values, dimension)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _replacing(folder / _FILE) as beside:
            faiss.write_index(index, str(beside))
            with beside.open("rb") as file:
                checksum = hashlib.file_digest(file, "sha256").hexdigest()
        manifest = IndexManifest(model, name, dimension, len(ids), fingerprint, checksum)
        with _replacing(folder / _MANIFEST) as beside:
            beside.write_text(json.dumps(asdict(manifest), indent=2), encoding="utf-8")
    except (OSError, RuntimeError) as error:  # FAISS raises the latter
        LOGGER.warning("The vector index was not written to %s: %s", folder, error)
    return index


def read_manifest(folder: Path) -> IndexManifest | None:
    """The manifest, or None where there is none that can be read."""
    try:
        return IndexManifest(**json.loads((folder / _MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def read_index(engine: Engine, folder: Path, manifest: IndexManifest) -> "faiss.Index":
    """The index as stored, or made again from the store when file, manifest and store do not fit each other."""
    import faiss

    query = select(vector.c.chunk_id, vector.c.digest).where(vector.c.model == manifest.model)
    with engine.connect() as connection:
        fingerprint = _fingerprint(connection.execute(query.order_by(vector.c.chunk_id)))
    try:
        data = (folder / _FILE).read_bytes()
        if hashlib.sha256(data).hexdigest() == manifest.checksum and fingerprint == manifest.fingerprint:
            index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
            if (index.d, index.ntotal) == (manifest.dimension, manifest.count):
                return index
        LOGGER.info("The vector index in %s does not fit the store: it is made again.", folder)
    except (OSError, RuntimeError) as error:
        LOGGER.info("The vector index in %s cannot be read (%s): it is made again.", folder, error)
    return write_index(engine, folder, manifest.model, manifest.name, manifest.dimension)


def _stored(connection: Connection, model: str, dimension: int) -> tuple[Any, Vectors, str]:
    """Ids, vectors and fingerprint of a model; a vector of another length is left out."""
    query = select(vector.c.chunk_id, vector.c.digest, vector.c.value).where(vector.c.model == model)
    rows = connection.execution_options(yield_per=_READ).execute(query.order_by(vector.c.chunk_id))
    found = hashlib.blake2b(digest_size=16)
    ids, values = [np.empty(0, dtype=np.int64)], [np.empty((0, dimension), dtype=np.float32)]
    for part in rows.partitions():
        found.update(_as_bytes(part))
        good = [row for row in part if len(row.value) == 4 * dimension]
        ids.append(np.array([row.chunk_id for row in good], dtype=np.int64))
        joined = np.frombuffer(b"".join([row.value for row in good]), dtype="<f4")
        values.append(joined.reshape(len(good), dimension))
    return np.concatenate(ids), np.concatenate(values), found.hexdigest()


def _fingerprint(rows: CursorResult[Any]) -> str:
    """Of which chunks have a vector, and of which text."""
    found = hashlib.blake2b(digest_size=16)
    for part in rows.partitions(_READ):
        found.update(_as_bytes(part))
    return found.hexdigest()


def _as_bytes(rows: Sequence[Any]) -> bytes:
    return "".join([f"{row.chunk_id}:{row.digest};" for row in rows]).encode()


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A file to write beside it, which is put in its place at the end: a reader sees the old one or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield beside
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
