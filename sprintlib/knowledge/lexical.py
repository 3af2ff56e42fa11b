"""Full text: FTS5 on SQLite, PostgreSQL's own text search elsewhere."""

import re
from collections.abc import Iterable
from functools import reduce
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, text, true
from sqlalchemy.sql import column, literal_column, table

from sprintlib.knowledge.search_filter import MORE, SearchFilter
from sprintlib.store.schema import FULL_TEXT, chunk

FREQUENT = 0.05  # share of all chunks; OR over such terms alone reads half the index and says nothing
MOST_TERMS = 24
MOST_MATCHES = 8000  # that are ranked: 2 microseconds each; reached beyond 6,000 chunks only
MOST_OF_FREQUENT = 2000  # of words that all are frequent, the matches that are ranked: those indexed last
_TERM = re.compile(r"[^\W_][\w./@:-]*", re.UNICODE)
_TITLE_WEIGHT, _BODY_WEIGHT = 2.0, 1.0
_FULL_TEXT = table(FULL_TEXT, column("rowid"))
# words that questions are made of; a title such as "How to ..." is found by its other words
_QUESTION_WORDS = (
    "a about an and any are as at be been but by can could did do does for from had has have how i if in into is it its"
    " may me my no not of on or our should so than that the their them then there these they this to us was we were"
    " what when where which who why will with would you your"
)
_STOP_WORDS = frozenset(_QUESTION_WORDS.split())


def terms(query: str) -> list[str]:
    """Words of a query worth looking for, lower case, each once."""
    found = [match.rstrip(".:/-@") for match in _TERM.findall(query.lower())]
    telling = [term for term in dict.fromkeys(found) if term and term not in _STOP_WORDS]
    return telling[:MOST_TERMS]


def full_text(connection: Connection, query: str, scope: SearchFilter, limit: int) -> list[int]:
    """Ids of the chunks that fit best, best first. Any query text is fine."""
    words = terms(query)
    if not words:
        return []
    if connection.dialect.name == "sqlite":
        return _fts5(connection, words, scope, limit)
    return _postgresql(connection, words, scope, limit)


def holding(connection: Connection, phrase: str) -> ColumnElement[bool]:
    """Chunks that hold a phrase, by the full-text index where there is one; everything elsewhere."""
    if connection.dialect.name != "sqlite":
        return true()
    matched = text(f"{FULL_TEXT} MATCH :phrase").bindparams(bindparam("phrase", quoted(phrase), unique=True))
    return chunk.c.id.in_(select(_FULL_TEXT.c.rowid).where(matched))


def quoted(term: str) -> str:
    """A term as an FTS5 phrase: raw `foo-bar`, `auth.py`, `#12`, `*` would be syntax."""
    return '"' + term.replace('"', '""') + '"'


def _fts5(connection: Connection, words: list[str], scope: SearchFilter, limit: int) -> list[int]:
    """Ranked inside the full-text index; only where too few of the best may be found does every match get a look."""
    expression, is_frequent = _expression(connection, words)
    matched = text(f"{FULL_TEXT} MATCH :matched").bindparams(matched=expression)
    rank: ColumnElement[float] = literal_column(f"bm25({FULL_TEXT}, {_TITLE_WEIGHT}, {_BODY_WEIGHT})")
    row = _FULL_TEXT.c.rowid
    ranked = select(row, rank.label("rank")).where(matched)
    if is_frequent:  # the rank of a match costs more than the match, and says little of such words
        ranked = ranked.order_by(row.desc()).limit(MOST_OF_FREQUENT)
    best = ranked.subquery()
    found = list(connection.scalars(select(best.c.rowid).order_by(best.c.rank, best.c.rowid).limit(MORE * limit)))
    kept = scope.among(connection, found)[:limit]
    if len(kept) == limit or len(found) < MORE * limit:
        return kept
    joined = select(row).select_from(_FULL_TEXT.join(chunk, chunk.c.id == row)).where(matched, *scope.conditions())
    return list(connection.scalars(joined.order_by(rank, row).limit(limit)))


def _expression(connection: Connection, words: list[str]) -> tuple[str, bool]:
    """OR of the rarer terms, not more than there is time for; where all are frequent (True), AND, which reads less."""
    most = max(50, int(FREQUENT * (connection.scalar(select(func.max(chunk.c.id))) or 0)))
    found = counts(connection, words, most + 1)
    present = [word for word in words if found[word]] or words
    rare = _rarest({word: found[word] for word in present if found[word] <= most})
    return (" OR " if rare else " AND ").join(map(quoted, rare or present)), not rare


def _rarest(counts: dict[str, int]) -> list[str]:
    """Terms that together occur at most MOST_MATCHES times, the rarest first; one at least."""
    order = sorted(counts, key=lambda word: counts[word])
    total = list(accumulate(counts[word] for word in order))
    return [word for place, word in enumerate(order) if place == 0 or total[place] <= MOST_MATCHES]


def counts(connection: Connection, words: list[str], most: int) -> dict[str, int]:
    """In how many chunks each term occurs, counted up to `most`."""
    if connection.dialect.name != "sqlite":
        document = func.to_tsvector("english", chunk.c.title + " " + chunk.c.body)
        held = [func.count().filter(document.op("@@")(func.plainto_tsquery("english", word))) for word in words]
        return dict(zip(words, connection.execute(select(*held)).one(), strict=True))
    one = "(SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {table} MATCH :word{place} LIMIT :most))"
    columns = ", ".join(one.format(table=FULL_TEXT, place=place) for place in range(len(words)))
    values = {f"word{place}": quoted(word) for place, word in enumerate(words)}
    row = connection.execute(text(f"SELECT {columns}"), {**values, "most": most}).one()
    return dict(zip(words, row, strict=True))


def _postgresql(connection: Connection, words: Iterable[str], scope: SearchFilter, limit: int) -> list[int]:
    document = func.to_tsvector("english", chunk.c.title + " " + chunk.c.body)
    asked: list[ColumnElement[Any]] = [func.plainto_tsquery("english", word) for word in words]
    alternatives = reduce(lambda some, one: some.op("||")(one), asked)
    query = (
        select(chunk.c.id)
        .where(document.op("@@")(alternatives), *scope.conditions())
        .order_by(func.ts_rank(document, alternatives).desc(), chunk.c.id)
        .limit(limit)
    )
    return list(connection.scalars(query))
