"""Ways to embed the same texts: `python benchmarks/embedding.py [ITEMS]`, ten minutes on two idle cores with 300 items.

The texts are those of benchmarks/known_items.py. Each way runs in a process of its own: texts per second, by the clock
and of processor time, and its peak memory with loading. Then, for its vectors: recall@10 of the known items, by meaning
alone and fused with full text (queries are embedded as `sprint ask` does), with a 95 % interval of the difference to
sentence-transformers; and how many of its ten nearest neighbours each text keeps.
Shipped is the fastest whose recall@10 is within one point of sentence-transformers'.
"""

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, select

from benchmarks.known_items import DATA, Query, Ranking, compare, corpus, fused, interval, lexical
from sprintlib.embedding import Encoder, Vectors, model_folder
from sprintlib.embedding.bert import Bert, load_bert
from sprintlib.embedding.onnx_bert import open_onnx_bert
from sprintlib.embedding.worker import open_sentence_transformer
from sprintlib.knowledge.retrieval import DEPTH
from sprintlib.knowledge.search_filter import SearchFilter
from sprintlib.store import open_store
from sprintlib.store.schema import chunk

Keys = NDArray[np.int64]
Shares = NDArray[np.float64]

DEFAULT = "sentence-transformers"
WAYS = (DEFAULT, "onnxruntime fp32", "onnxruntime int8", "numpy")
NEIGHBOURS = 10


@dataclass(frozen=True)
class Run:
    """One way: its vectors, seconds by the clock and of processor time, and peak memory in bytes."""

    vectors: Vectors
    wall: float
    processor: float
    memory: int


def encode(way: str, folder: Path) -> None:
    """In a process of its own: the texts of a folder to vectors beside them; prints what it took."""
    texts = json.loads((folder / "texts.json").read_text())
    encoder = _open(way)
    encoder.encode(texts[:8])
    wall, processor = perf_counter(), process_time()
    vectors = encoder.encode(texts)
    told = {"wall": perf_counter() - wall, "processor": process_time() - processor}
    np.save(folder / "vectors.npy", vectors)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps({**told, "memory": memory}))


def _open(way: str) -> Encoder:
    model = Path(model_folder(None))
    if way == DEFAULT:
        return open_sentence_transformer(str(model))
    encoder = load_bert(model) if way == "numpy" else open_onnx_bert(model, exact=way == "onnxruntime fp32")
    assert encoder is not None
    return encoder


def run(way: str, texts: Sequence[str]) -> Run:
    """Embed the texts by one way."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "texts.json").write_text(json.dumps(list(texts)))
        command = [sys.executable, "-m", "benchmarks.embedding", "encode", way, name]
        done = subprocess.run(command, capture_output=True, check=True, text=True, cwd=Path(__file__).parents[1])
        told = json.loads(done.stdout.splitlines()[-1])
        return Run(np.load(folder / "vectors.npy"), told["wall"], told["processor"], told["memory"])


def neighbours(vectors: Vectors) -> Keys:
    """The ten nearest other texts of each text."""
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    return np.argsort(-likeness, axis=1, kind="stable")[:, :NEIGHBOURS]


def kept(own: Vectors, default: Vectors) -> float:
    """Mean share of the default's ten nearest that are among one's own ten nearest."""
    pairs = zip(neighbours(own), neighbours(default), strict=True)
    return float(np.mean([len(set(mine) & set(theirs)) / NEIGHBOURS for mine, theirs in pairs]))


def meaning(ids: Keys, vectors: Vectors, asking: Bert) -> Ranking:
    """A ranking by cosine to the query, exact."""
    known: dict[str, Vectors] = {}

    def ranking(connection: Connection, query: str, scope: SearchFilter) -> list[int]:
        if query not in known:
            known[query] = asking.encode([query])[0]
        order = ids[np.argsort(-(vectors @ known[query]), kind="stable")]
        return scope.among(connection, order.tolist())[:DEPTH]

    return ranking


def recalls(
    engine: Engine, queries: Sequence[Query], repository_id: int, ids: Sequence[int], vectors: Vectors, asking: Bert
) -> dict[str, Shares]:
    """recall@10 of every query, by meaning alone and fused."""
    dense = meaning(np.array(ids, dtype=np.int64), vectors, asking)
    found = compare(engine, queries, repository_id, {"meaning": dense, "fused": fused(lexical, dense)})
    return {name: values[:, 0] for name, values in found.items()}


def main(items: int) -> None:
    """Measure every way and print a line each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = open_store(f"sqlite:///{folder / 'known.db'}")
        repository_id, queries = corpus(engine, DATA, items, folder)
        with engine.connect() as connection:
            rows = connection.execute(select(chunk.c.id, chunk.c.title, chunk.c.body).order_by(chunk.c.id)).all()
        texts = [f"{row.title}\n{row.body}" for row in rows]
        asking = load_bert(Path(model_folder(None)))
        assert asking is not None
        print(f"{len(texts):,} texts, {len(queries):,} queries")
        default: tuple[Run, dict[str, Shares]] | None = None
        for way in WAYS:
            made = run(way, texts)
            found = recalls(engine, queries, repository_id, [row.id for row in rows], made.vectors, asking)
            default = default or (made, found)
            print(line(way, made, found, *default), flush=True)


def line(
    way: str,
    made: Run,
    found: dict[str, Shares],
    default: Run,
    at_default: dict[str, Shares],
) -> str:
    """One way in words."""
    size = len(made.vectors)
    parts = [f"{size / made.wall:.1f} texts/s, {size / made.processor:.1f} per processor second"]
    parts.append(f"{made.memory / 1e6:.0f} MB at most")
    for name, values in found.items():
        low, high = interval(values - at_default[name])
        change = values.mean() - at_default[name].mean()
        parts.append(f"recall@10 {name} {values.mean():.3f} ({change:+.3f} [{low:+.3f}, {high:+.3f}])")
    parts.append(f"neighbours kept {kept(made.vectors, default.vectors):.3f}")
    return f"{way:<22} {'; '.join(parts)}"


if __name__ == "__main__":
    if sys.argv[1:2] == ["encode"]:
        encode(sys.argv[2], Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
