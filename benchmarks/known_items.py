"""What the claims about retrieval rest on: `python -m benchmarks.known_items [ITEMS]`, two minutes on two cores.

Known items of a real project: the newest ITEMS issues and pull requests of bitcoin-core/secp256k1 with all that was
said about them. Their titles are taken out of the index, so that a title has to find what was said under it. Three
kinds of queries, each with one item as the answer:
  title    the title of an item
  renamed  an older title of it
  mention  a sentence that names it elsewhere, without the name, searched as of the moment before it was written
"""

import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Engine, select

from sprintlib.embedding import embedder
from sprintlib.github.dataset import ingest_dataset
from sprintlib.history.texts import Text, read_texts
from sprintlib.knowledge.lexical import full_text
from sprintlib.knowledge.retrieval import DEPTH, K
from sprintlib.knowledge.search_filter import SearchFilter
from sprintlib.knowledge.semantic_index import SemanticIndex, query_encoder
from sprintlib.knowledge.store import write_chunks
from sprintlib.knowledge.vectors import embed_missing, write_index
from sprintlib.settings import parse
from sprintlib.store import open_store
from sprintlib.store.schema import chunk, event, issue, pull_request

DATA = Path(__file__).parents[2] / "shared" / "data" / "github-backups" / "bitcoin-core_secp256k1.tar.xz"
REPO = "bitcoin-core/secp256k1"
AT = 10
_SPOKEN = ("issue", "pull", "comment", "review")
_MENTION = re.compile(r"(?<![\w/])#(\d{1,5})\b")
_FEWEST_WORDS = 6

Ranking = Callable[[Connection, str, SearchFilter], list[int]]


@dataclass(frozen=True)
class Query:
    """text; the number of the item that it is about; when it was asked; the item it was asked in, if any."""

    kind: str
    text: str
    answer: int
    as_of: datetime
    asked_in: int | None = None


def corpus(engine: Engine, dataset: Path, items: int, folder: Path) -> tuple[int, list[Query]]:
    """Ingest, index without titles, and make the queries; returns the repository's id with them."""
    settings = parse({"home": folder, "project": {"name": "known", "repositories": [REPO]}})
    ingest_dataset(engine, dataset, "known")
    texts = list(read_texts(engine, settings))
    numbers = sorted({text.number for text in texts if text.number is not None and text.kind in _SPOKEN})[-items:]
    chosen = [text for text in texts if text.number in set(numbers)]
    write_chunks(engine, map(_untitled, chosen), frozenset({"github.com"}))
    repository_id = next(text.repository_id for text in chosen if text.repository_id is not None)
    with engine.connect() as connection:
        return repository_id, [*_titles(connection, numbers), *_mentions(chosen, set(numbers))]


def _untitled(text: Text) -> Text:
    return replace(text, title="") if text.kind in _SPOKEN else text


def _titles(connection: Connection, numbers: Sequence[int]) -> Iterator[Query]:
    now = datetime.now(UTC)
    for table in (issue, pull_request):
        for number, title in connection.execute(
            select(table.c.number, table.c.title).where(table.c.number.in_(numbers))
        ):
            yield Query("title", title, number, now)
    renamed = select(event.c.number, event.c.detail).where(event.c.kind == "renamed", event.c.number.in_(numbers))
    for number, title in connection.execute(renamed.order_by(event.c.id)):
        if title:
            yield Query("renamed", title, number, now)


def _mentions(texts: Sequence[Text], numbers: set[int]) -> Iterator[Query]:
    for text in texts:
        if text.kind == "commit" or text.happened_at is None or text.author_is_bot:
            continue
        for sentence in re.split(r"(?<=[.!?])\s+|\n", re.sub(r"^>.*$", "", text.body, flags=re.M)):
            named = {int(number) for number in _MENTION.findall(sentence)}
            asked = " ".join(_MENTION.sub(" ", sentence).split())
            telling = len(re.findall(r"[A-Za-z]{3,}", asked)) >= _FEWEST_WORDS
            if telling and len(named) == 1 and (answer := named.pop()) in numbers and answer != text.number:
                yield Query("mention", asked, answer, text.happened_at - timedelta(seconds=1), text.number)


def rank_of(connection: Connection, query: Query, repository_id: int, ranking: Ranking) -> int | None:
    """The place of the answer among items, the item that the query was taken from left out; None beyond the lists."""
    scope = SearchFilter((repository_id,), query.as_of, general=False)
    ids = ranking(connection, query.text, scope)
    numbers = dict(connection.execute(select(chunk.c.id, chunk.c.number).where(chunk.c.id.in_(ids))).all())
    items = [numbers[key] for key in ids if numbers[key] != query.asked_in]
    order = list(dict.fromkeys(items))
    return order.index(query.answer) + 1 if query.answer in order else None


def scores(ranks: Sequence[int | None]) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """Per query: recall at 10, reciprocal rank, nDCG at 10 (one relevant item)."""
    rows = [
        (float(rank <= AT), 1 / rank, 1 / np.log2(1 + rank) if rank <= AT else 0.0) if rank else (0.0, 0.0, 0.0)
        for rank in ranks
    ]
    return np.array(rows, dtype=np.float64).reshape(len(rows), 3)


def interval(values: "np.ndarray[tuple[int], np.dtype[np.float64]]", seed: int = 7) -> tuple[float, float]:
    """95 % bootstrap interval of a mean, 2,000 resamples of queries."""
    picks = np.random.default_rng(seed).integers(0, len(values), (2000, len(values)))
    low, high = np.quantile(values[picks].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def fused(*rankings: Ranking) -> Ranking:
    """Reciprocal rank fusion, as search does it."""

    def ranking(connection: Connection, query: str, scope: SearchFilter) -> list[int]:
        shares: dict[int, float] = {}
        for one in rankings:
            for place, key in enumerate(one(connection, query, scope), start=1):
                shares[key] = shares.get(key, 0.0) + 1 / (K + place)
        return sorted(shares, key=lambda key: (-shares[key], key))

    return ranking


def lexical(connection: Connection, query: str, scope: SearchFilter) -> list[int]:
    """Full text alone."""
    return full_text(connection, query, scope, DEPTH)


def compare(
    engine: Engine, queries: Sequence[Query], repository_id: int, rankings: dict[str, Ranking]
) -> dict[str, "np.ndarray[tuple[int, int], np.dtype[np.float64]]"]:
    """Scores of every ranking on the same queries."""
    with engine.connect() as connection:
        return {
            name: scores([rank_of(connection, query, repository_id, ranking) for query in queries])
            for name, ranking in rankings.items()
        }


def as_text(queries: Sequence[Query], found: dict[str, "np.ndarray[tuple[int, int], np.dtype[np.float64]]"]) -> str:
    """A table: kind of query, ranking, the three scores; and what fusion adds, with intervals."""
    lines = [f"{'queries':<10}{'n':>5}  {'ranking':<10}{'recall@10':>10}{'MRR':>8}{'nDCG@10':>9}"]
    for kind in ("title", "renamed", "mention", "all"):
        rows = [place for place, query in enumerate(queries) if kind in (query.kind, "all")]
        for name, values in found.items() if rows else ():
            recall, mrr, ndcg = values[rows].mean(axis=0)
            lines.append(f"{kind:<10}{len(rows):>5}  {name:<10}{recall:>10.3f}{mrr:>8.3f}{ndcg:>9.3f}")
    for other in ("full text", "meaning"):
        for place, measure in enumerate(("recall@10", "MRR", "nDCG@10")):
            difference = found["fused"][:, place] - found[other][:, place]
            low, high = interval(difference)
            lines.append(f"fused - {other}, {measure}: {difference.mean():+.3f} [{low:+.3f}, {high:+.3f}]")
    return "\n".join(lines)


def main(items: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = open_store(f"sqlite:///{folder / 'known.db'}")
        repository_id, queries = corpus(engine, DATA, items, folder)
        with embedder() as model:
            count = embed_missing(engine, model, lambda what, done, total: print(what, done, total, flush=True))
            index = write_index(engine, folder, model.model, None, model.dimension)
        with query_encoder(None) as asking:  # as `sprint ask` does
            meaning = SemanticIndex(index, asking)
            rankings: dict[str, Ranking] = {"full text": lexical}
            rankings["meaning"] = lambda connection, query, scope: meaning.nearest(connection, query, scope, DEPTH)
            rankings["fused"] = fused(*rankings.values())
            found = compare(engine, queries, repository_id, rankings)
    print(f"{count:,} chunks of {items:,} items, {len(queries):,} queries\n{as_text(queries, found)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
