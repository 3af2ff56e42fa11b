"""Scripts that put no spaces between words: Chinese, Japanese, Thai; and Korean, whose endings stick to its words.

A text in them is one word to a tokenizer of words. On SQLite the table `chunk_trigram` holds every three neighbouring
characters of the texts that have such scripts; words of two characters, the commonest, are looked for in those texts.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, cast, func, or_, select, text
from sqlalchemy.sql import column, table

from sprintlib.knowledge.search_filter import MORE, SearchFilter
from sprintlib.store.schema import TRIGRAMS, chunk

_SCRIPTS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uff66-\uff9f々〆"
)
_RUN = re.compile(f"[{_SCRIPTS}]+")
_HIRAGANA = re.compile("[\u3040-\u309f]")
MOST_PAIRS = 24
# what questions are made of: asks, and says nothing about what is asked
_ASKING = re.compile(
    "状況|状態|状况|状态|進捗|进展|상태|상황|현황|什么时候|什麼時候|为什么|為什麼|什么|什麼|怎么|怎麼|如何|哪个|哪些|是否|了吗|多少|谁|的|吗|呢"
    "|なぜ|どう|です|ます|ました|ください|何|誰|いつ|どこ|終わり?|完了し|について|教え|か$"
    "|무엇|누가|언제|왜|어떻|인가요|나요|습니까|입니까|있나|했나"
)


def without_unspaced(query: str) -> str:
    """The query without its runs of such scripts."""
    return _RUN.sub(" ", query)


def pairs(query: str) -> list[str]:
    """Neighbouring characters of each run, each pair once: `支払いの方法` is 支払 and 方法.

    A pair with hiragana is mostly grammar, and counts only where a run has no other.
    """
    found: list[str] = []
    for run in _runs(query):
        two = [run] if len(run) == 1 else [run[place : place + 2] for place in range(len(run) - 1)]
        found += [one for one in two if not _HIRAGANA.search(one)] or [one for one in two if not _HIRAGANA.match(one)]
    return list(dict.fromkeys(found))[:MOST_PAIRS]


def unspaced(connection: Connection, query: str, scope: SearchFilter, limit: int) -> list[int]:
    """Ids of the chunks that hold most of a query's characters side by side, best first; none for other scripts."""
    asked = pairs(query)
    if not asked:
        return []
    if connection.dialect.name == "sqlite":
        return _trigrams(connection, query, asked, scope, limit)
    score = _held(asked, chunk.c.title, chunk.c.body)
    held = or_(
        *(chunk.c.body.contains(one, autoescape=True) | chunk.c.title.contains(one, autoescape=True) for one in asked)
    )
    statement = select(chunk.c.id).where(held, *scope.conditions()).order_by(score.desc(), chunk.c.id).limit(limit)
    return list(connection.scalars(statement))


def _trigrams(connection: Connection, query: str, asked: Sequence[str], scope: SearchFilter, limit: int) -> list[int]:
    """By the index where a run is long enough for it, and by its pairs of characters; ranked by how many are held."""
    grams = table(TRIGRAMS, column("rowid", Integer), column("title"), column("body"))
    long = [run for run in _runs(query) if len(run) >= 3]
    rows: list[int] = []
    if long:
        three = dict.fromkeys(run[place : place + 3] for run in long for place in range(len(run) - 2))
        phrase = " OR ".join(f'"{one}"' for one in list(three)[:MOST_PAIRS])
        matched = text(f"{TRIGRAMS} MATCH :grams").bindparams(bindparam("grams", phrase))
        best = text(f"bm25({TRIGRAMS})")
        rows = list(connection.scalars(select(grams.c.rowid).where(matched).order_by(best).limit(MORE * limit)))
    score = _held(asked, grams.c.title, grams.c.body)
    held = select(grams.c.rowid).where(score > 0).order_by(score.desc(), grams.c.rowid).limit(MORE * limit)
    by_pairs = list(connection.scalars(held))
    order = dict.fromkeys([*by_pairs[:limit], *rows, *by_pairs[limit:]])
    return scope.among(connection, list(order))[:limit]


def _held(asked: Sequence[str], title: ColumnElement[Any], body: ColumnElement[Any]) -> ColumnElement[int]:
    """How many of the pairs a text holds."""
    parts = [
        cast(or_(func.coalesce(title, "").contains(one, autoescape=True), body.contains(one, autoescape=True)), Integer)
        for one in asked
    ]
    found: ColumnElement[int] = parts[0]
    for part in parts[1:]:
        found = found + part
    return found


def _runs(query: str) -> list[str]:
    return [part for run in _RUN.findall(query) for part in _ASKING.sub(" ", run).split()]
