"""Search by meaning: the vector index, and the worker that embeds queries."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import Connection, Engine, select

from sprintlib.embedding import MISSING, Encoder, embedder, installed, model_folder
from sprintlib.errors import KnowledgeError
from sprintlib.knowledge.faiss_index import nearest
from sprintlib.knowledge.search_filter import MORE, SearchFilter
from sprintlib.knowledge.vectors import read_index, read_manifest
from sprintlib.settings import Settings
from sprintlib.store.schema import chunk

if TYPE_CHECKING:
    import faiss


@dataclass(frozen=True)
class SemanticIndex:
    """An open vector index with its embedding model."""

    index: "faiss.Index"
    encoder: Encoder

    def nearest(self, connection: Connection, query: str, scope: SearchFilter, limit: int) -> list[int]:
        """Ids of the chunks that mean what the query says, best first."""
        if not query.strip() or not self.index.ntotal:
            return []
        asked = self.encoder.encode([query])[0]
        found = nearest(self.index, asked, MORE * limit)
        kept = scope.among(connection, found)[:limit]
        if len(kept) == limit or len(found) == self.index.ntotal:
            return kept
        among = list(connection.scalars(select(chunk.c.id).where(*scope.conditions())))
        return nearest(self.index, asked, limit, among) if among else []

    def similarity(self, one: str, other: str) -> float:
        """Cosine of two texts."""
        vectors = self.encoder.encode([one, other])
        return float(np.dot(vectors[0], vectors[1]))


@contextmanager
def open_semantic_index(engine: Engine, settings: Settings) -> Iterator[SemanticIndex]:
    """Open the index that `sprint index` made, with the model it was made with.

    Raises KnowledgeError, in one sentence, when packages, index or model are missing: full text works without.
    """
    if not installed():
        raise KnowledgeError(MISSING)
    folder = index_folder(settings)
    manifest = read_manifest(folder)
    if manifest is None:
        raise KnowledgeError("Searched by words alone: run 'sprint index' once, and meaning is searched too.")
    with query_encoder(manifest.name) as model:
        if model.model != manifest.model:
            raise KnowledgeError("The embedding model has changed since the index was made: run 'sprint index'.")
        yield SemanticIndex(read_index(engine, folder, manifest), model)


@contextmanager
def query_encoder(name: str | None) -> Iterator[Encoder]:
    """What embeds one text at a time: in this process where numpy can, else the worker, which takes long to start."""
    from sprintlib.embedding.bert import load_bert

    folder = Path(model_folder(name))
    here = load_bert(folder) if folder.is_dir() else None
    if here is not None:
        yield here
        return
    with embedder(name) as running:
        yield running


def index_folder(settings: Settings) -> Path:
    """Where the vector index lies."""
    return settings.data_dir / "index"
