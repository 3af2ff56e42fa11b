"""Search at 10,000 and 100,000 chunks: `python -m benchmarks.retrieval [PYTHON_WITH_CHROMADB] [SIZE ...]`.

Ten minutes. Made texts (words by Zipf's law), and vectors of 384 dimensions: real texts of benchmarks/known_items.py,
each moved away at random as often as it takes, asked by 100 real questions; in a store as `sprint index` leaves
it. Prints for the vector index and for comparing with everything: time to make it from the store, size on disk, memory,
latency and recall@10 against plain numpy; then latency of a whole search with the query's embedding. With an
interpreter that has ChromaDB (not a dependency of this project) the same vectors and queries go through it in that run.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import faiss
import numpy as np
import psutil
from numpy.typing import NDArray
from sqlalchemy import Engine, insert, select

from benchmarks.known_items import DATA, corpus
from sprintlib.embedding import Vectors, embedder, model_folder
from sprintlib.embedding.bert import load_bert
from sprintlib.knowledge import SemanticIndex, search
from sprintlib.knowledge.faiss_index import nearest
from sprintlib.knowledge.retrieval import DEPTH
from sprintlib.knowledge.search_filter import MORE
from sprintlib.knowledge.vectors import write_index
from sprintlib.settings import Settings, parse
from sprintlib.store import open_store, upsert
from sprintlib.store.schema import chunk, repository, vector

Words = NDArray[np.str_]
Keys = NDArray[np.int64]

SIZES = (10_000, 100_000)
QUERIES = 100
REAL = 1500  # texts
JITTER = 0.35  # length of what is added to a unit vector
DIMENSION = 384
_WORDS = 20_000
_CHROMA = """
import json, shutil, sys, time
from pathlib import Path
import chromadb, numpy as np
folder = Path(sys.argv[1])
vectors, queries = np.load(folder / "vectors.npy"), np.load(folder / "queries.npy")
place = folder / "chroma"
settings = chromadb.config.Settings(anonymized_telemetry=False)
client = chromadb.PersistentClient(str(place), settings=settings)
start = time.perf_counter()
made = client.create_collection("chunks", metadata={"hnsw:space": "ip"}, embedding_function=None)
for first in range(0, len(vectors), 5000):
    batch = vectors[first:first + 5000]
    made.add(ids=[str(first + n) for n in range(len(batch))], embeddings=batch)
build = time.perf_counter() - start
times, found = [], []
for query in queries:
    start = time.perf_counter()
    found.append([int(one) for one in made.query(query_embeddings=[query], n_results=10, include=[])["ids"][0]])
    times.append(time.perf_counter() - start)
size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
import resource
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"build": build, "times": times, "found": found, "size": size, "memory": memory}))
"""


def main(chroma: str | None, sizes: Sequence[int]) -> None:
    """Measure every size and print a line each."""
    texts_of, asked = real()
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            measure(Path(name), size, texts_of, asked, chroma)


def measure(folder: Path, size: int, texts_of: Vectors, queries: Vectors, chroma: str | None) -> None:
    """One size: the vector index, the whole search, and ChromaDB beside them."""
    random = np.random.default_rng(7)
    vectors = jittered(random, texts_of, size)
    exact = np.argsort(-(queries @ vectors.T), axis=1, kind="stable")[:, :10]
    settings = parse({"home": folder, "project": {"name": "made", "repositories": ["made/up"]}})
    engine = open_store(settings.database_url)
    words = vocabulary()
    store = timed(lambda: fill(engine, random, vectors, words))
    before = psutil.Process().memory_info().rss
    start = perf_counter()
    index = write_index(engine, folder / "index", "made", None, DIMENSION)
    build, memory = perf_counter() - start, psutil.Process().memory_info().rss - before
    disk = (folder / "index" / "vectors.faiss").stat().st_size
    print(f"\n{size:,} chunks (rows and vectors stored in {store:.1f} s)")
    report(kind_of(index), build, *asked_of(index, queries, exact), disk, memory)
    start = perf_counter()
    flat = faiss.IndexIDMap2(faiss.IndexFlatIP(DIMENSION))
    flat.add_with_ids(vectors, np.arange(1, size + 1))
    report("compared with all", perf_counter() - start, *asked_of(flat, queries, exact), disk, vectors.nbytes)
    encoder = load_bert(Path(model_folder(None)))
    assert encoder is not None
    hybrid(engine, settings, SemanticIndex(index, encoder), random, words)
    engine.dispose()
    if chroma:
        beside(chroma, folder, vectors, queries, exact)


def hybrid(
    engine: Engine, settings: Settings, meaning: SemanticIndex, random: np.random.Generator, words: Words
) -> None:
    """The whole search, as `sprint ask` does it."""

    def spans(queries: list[str]) -> list[float]:
        return [timed(partial(search, engine, settings, asked, semantic_index=meaning)) for asked in queries]

    started = process_time()
    mixed = spans(texts(random, words, QUERIES, 6))
    used = 1000 * (process_time() - started) / len(mixed)
    print(f"  hybrid search with the query's embedding: {spread(mixed)} ({used:.1f} ms of processor time each)")
    frequent = spans([" ".join(words[random.integers(0, 12, 5)]) for _ in range(30)])
    print(f"  the same for the most frequent words alone: {spread(frequent)}")


def beside(chroma: str, folder: Path, vectors: Vectors, queries: Vectors, exact: Keys) -> None:
    """ChromaDB with the same vectors and queries."""
    np.save(folder / "vectors.npy", vectors)
    np.save(folder / "queries.npy", queries)
    done = subprocess.run([chroma, "-c", _CHROMA, str(folder)], capture_output=True, check=True, text=True)
    other = json.loads(done.stdout.splitlines()[-1])
    share = recall(other["found"], exact)
    report("ChromaDB", other["build"], other["times"], share, other["size"], other["memory"])


def kind_of(index: Any) -> str:
    """What it is, in a word or two."""
    return f"{index.nprobe} of {index.nlist} lists" if isinstance(index, faiss.IndexIVF) else "every vector"


def asked_of(index: Any, queries: Vectors, exact: Keys) -> tuple[list[float], float]:
    """Seconds of each query for as many as a search takes, and recall@10."""
    times, found = [], []
    for query in queries:
        start = perf_counter()
        ids = nearest(index, query, MORE * DEPTH)
        times.append(perf_counter() - start)
        found.append([key - 1 for key in ids[:10]])
    return times, recall(found, exact)


def real() -> tuple[Vectors, Vectors]:
    """Vectors of real texts and of real questions about them, as the shipped model makes them."""
    with tempfile.TemporaryDirectory() as name, embedder() as model:
        engine = open_store(f"sqlite:///{name}/known.db")
        _, queries = corpus(engine, DATA, 300, Path(name))
        with engine.connect() as connection:
            bodies = connection.scalars(select(chunk.c.body).order_by(chunk.c.digest).limit(REAL)).all()
        engine.dispose()
        step = max(len(queries) // QUERIES, 1)
        return model.encode(bodies), model.encode([one.text for one in queries[::step][:QUERIES]])


def jittered(random: np.random.Generator, vectors: Vectors, size: int) -> Vectors:
    """Unit vectors around these, in the order of chance."""
    made = vectors[random.integers(0, len(vectors), size)]
    aside = random.normal(size=made.shape)
    made = made + JITTER * aside / np.linalg.norm(aside, axis=1, keepdims=True)
    unit: Vectors = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return unit


def vocabulary() -> Words:
    """Words of the model's vocabulary, so that a query has as many tokens as a real one; in a mixed order."""
    lines = (Path(model_folder(None)) / "vocab.txt").read_text(encoding="utf-8").splitlines()
    found = np.array([line for line in lines if line.isascii() and line.isalpha() and len(line) > 3][:_WORDS])
    return np.random.default_rng(3).permutation(found)


def texts(random: np.random.Generator, words: Words, size: int, length: int) -> list[str]:
    """Sentences of words by Zipf's law."""
    ranks = np.minimum(random.zipf(1.25, (size, length)), len(words)) - 1
    return [" ".join(row) for row in words[ranks]]


def fill(engine: Engine, random: np.random.Generator, vectors: Vectors, words: Words) -> None:
    """Chunks with their full text (by trigger) and vectors."""
    now = datetime.now(UTC)
    bodies = texts(random, words, len(vectors), 40)
    common = {
        "kind": "comment",
        "repository_id": 1,
        "title": "",
        "author": "a",
        "author_is_bot": False,
        "suspicious": False,
    }
    with engine.begin() as connection:
        about = {"id": 1, "full_name": "made/up", "html_url": "u", "source": "made", "observed_at": now}
        upsert(connection, repository, [about])
        for first in range(0, len(vectors), 5000):
            places = range(first, min(first + 5000, len(vectors)))
            rows = [
                {
                    **common,
                    "id": place + 1,
                    "source_key": f"comment:{place}",
                    "part": 0,
                    "number": place // 20 + 1,
                    "ref": f"made/up#{place // 20 + 1}",
                    "url": f"u{place}",
                    "body": bodies[place],
                    "digest": str(place),
                    "happened_at": now - timedelta(minutes=place),
                }
                for place in places
            ]
            connection.execute(insert(chunk), rows)
            values = [
                {"chunk_id": place + 1, "model": "made", "digest": str(place), "value": vectors[place].tobytes()}
                for place in places
            ]
            connection.execute(insert(vector), values)


def timed(work: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def recall(found: list[list[int]], exact: Keys) -> float:
    """Share of the ten nearest that were found."""
    return float(np.mean([len(set(mine) & set(true)) / 10 for mine, true in zip(found, exact.tolist(), strict=True)]))


def spread(seconds: list[float]) -> str:
    """Median and 95th percentile."""
    return f"p50 {1000 * np.median(seconds):.1f} ms, p95 {1000 * np.quantile(seconds, 0.95):.1f} ms"


def report(name: str, build: float, times: list[float], share: float, disk: int, memory: int) -> None:
    """One line."""
    print(
        f"  {name:<22} built in {build:6.2f} s; {spread(times)}; recall@10 {share:.3f}; "
        f"{disk / 1e6:.0f} MB on disk, {memory / 1e6:.0f} MB in memory"
    )


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if not word.isdecimal()]
    main(given[0] if given else None, [int(word) for word in sys.argv[1:] if word.isdecimal()] or SIZES)
