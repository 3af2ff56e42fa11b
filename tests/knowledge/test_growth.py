"""Search beyond the size at which everything can be compared: what is found stays the same, and what left is gone."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, delete, insert

from sprintlib.embedding import Vectors
from sprintlib.knowledge import lexical
from sprintlib.knowledge.lexical import full_text
from sprintlib.knowledge.search_filter import SearchFilter
from sprintlib.store import upsert
from sprintlib.store.schema import chunk, repository, vector

pytest.importorskip("faiss")

from sprintlib.knowledge import faiss_index
from sprintlib.knowledge.faiss_index import make_index, nearest
from sprintlib.knowledge.vectors import read_index, read_manifest, write_index

DIMENSION = 32
NOW = datetime(2026, 3, 20, tzinfo=UTC)


def around(centres: Vectors, size: int, seed: int) -> Vectors:
    random = np.random.default_rng(seed)
    made = centres[random.integers(0, len(centres), size)] + 0.7 * random.normal(size=(size, DIMENSION))
    unit: Vectors = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return unit


@pytest.fixture(scope="module")
def centres() -> Vectors:
    return np.random.default_rng(1).normal(size=(40, DIMENSION)).astype(np.float32)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faiss_index, "FLAT_UP_TO", 1000)


def test_up_to_a_size_everything_is_compared(centres: Vectors) -> None:
    import faiss

    values = around(centres, 1001, 2)
    assert not isinstance(make_index(range(1000), values[:1000], DIMENSION), faiss.IndexIVF)
    grown = make_index(range(1001), values, DIMENSION)
    assert isinstance(grown, faiss.IndexIVF)
    assert grown.ntotal == 1001


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_of_the_ten_nearest_99_percent_are_found(centres: Vectors, seed: int) -> None:
    values, queries = around(centres, 4000, seed), around(centres, 50, seed + 10)
    index = make_index(range(100, 4100), values, DIMENSION)
    exact = 100 + np.argsort(-(queries @ values.T), axis=1)[:, :10]
    shares = [len(set(nearest(index, one, 10)) & set(true)) for one, true in zip(queries, exact.tolist(), strict=True)]
    assert sum(shares) >= 0.99 * exact.size
    assert index.nprobe < index.nlist


def test_what_is_found_comes_in_the_order_of_its_cosine(centres: Vectors) -> None:
    values = around(centres, 2000, 6)
    query = around(centres, 1, 7)[0]
    cosines = [float(values[key] @ query) for key in nearest(make_index(range(2000), values, DIMENSION), query, 50)]
    assert cosines == sorted(cosines, reverse=True)


def test_among_a_few_every_one_is_looked_at(centres: Vectors) -> None:
    values = around(centres, 2000, 8)
    query = around(centres, 1, 9)[0]
    few = [int(key) for key in np.argsort(values @ query)[:30]]  # the farthest of all
    index = make_index(range(2000), values, DIMENSION)
    assert nearest(index, query, 30, few) == few[::-1]
    assert nearest(index, query, 30, []) == []


def test_equal_vectors_make_an_equal_index(centres: Vectors) -> None:
    values, queries = around(centres, 2000, 8), around(centres, 5, 9)
    one, other = (make_index(range(2000), values, DIMENSION) for _ in range(2))
    assert [nearest(one, query, 20) for query in queries] == [nearest(other, query, 20) for query in queries]


def fill(engine: Engine, values: Vectors, body: str = "") -> None:
    common = {"kind": "comment", "repository_id": 1, "title": "", "author": "a", "author_is_bot": False}
    with engine.begin() as connection:
        about = {"id": 1, "full_name": "acme/api", "html_url": "u", "source": "made", "observed_at": NOW}
        upsert(connection, repository, [about])
        for key in range(1, len(values) + 1):
            said = {"source_key": f"comment:{key}", "part": 0, "number": 1, "ref": "acme/api#1", "url": f"u{key}"}
            row = {**common, **said, "id": key, "body": body, "digest": str(key), "happened_at": NOW}
            connection.execute(insert(chunk), {**row, "suspicious": False})
            value = {"chunk_id": key, "model": "m", "digest": str(key), "value": values[key - 1].tobytes()}
            connection.execute(insert(vector), value)


def test_it_is_read_as_it_was_written_and_what_left_is_not_found(
    engine: Engine, centres: Vectors, tmp_path: Path
) -> None:
    values, query = around(centres, 1300, 12), around(centres, 1, 13)[0]
    fill(engine, values)
    written = write_index(engine, tmp_path, "m", None, DIMENSION)
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    read = read_index(engine, tmp_path, manifest)
    assert read.nprobe == written.nprobe
    best = nearest(read, query, 5)
    assert best == nearest(written, query, 5)
    with engine.begin() as connection:
        connection.execute(delete(vector).where(vector.c.chunk_id == best[0]))
    assert nearest(read_index(engine, tmp_path, manifest), query, 4) == best[1:]


def test_of_words_that_everything_holds_the_last_are_ranked(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexical, "MOST_OF_FREQUENT", 20)
    fill(engine, np.zeros((300, DIMENSION), dtype=np.float32), "the build fails again")
    scope = SearchFilter((1,), NOW)
    with engine.connect() as connection:
        assert full_text(connection, "build fails", scope, 5) == [281, 282, 283, 284, 285]
