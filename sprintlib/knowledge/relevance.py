"""How much of what is asked a text holds: the floor below which nothing is quoted."""

from collections.abc import Iterable
from math import log

from sqlalchemy import Connection, func, select

from sprintlib.knowledge.hits import Hit
from sprintlib.knowledge.lexical import counts, terms
from sprintlib.knowledge.unspaced import pairs, without_unspaced
from sprintlib.knowledge.wording import words
from sprintlib.store.schema import chunk

FLOOR = 0.6  # share of what a question says, each word weighing by its rarity
_FEWEST = 2  # words of several that a text has to hold


def relevances(connection: Connection, query: str, hits: Iterable[Hit]) -> dict[int, float]:
    """Chunk id -> share (0-1) of the words of a query that the text holds, rare words weighing more.

    Words are compared without endings; in scripts without spaces two neighbouring characters are a word. A word that
    nothing stored holds weighs most, so that no text answers a question about something else.
    """
    several = list(hits)
    spaced = [term for term in terms(without_unspaced(query)) if words(term) or any(char.isdigit() for char in term)]
    stored = connection.scalar(select(func.max(chunk.c.id))) or 0
    found = counts(connection, spaced, stored) if spaced else {}
    weights = {term: log(1 + (1 + stored) / (1 + found[term])) for term in spaced}
    weights |= dict.fromkeys(pairs(query), log(2 + stored))
    return {hit.chunk_id: _relevance(hit, weights) for hit in several}


def _relevance(hit: Hit, weights: dict[str, float]) -> float:
    """0 where a text holds one word alone of several that are asked for: it may be about anything."""
    text = f"{hit.title}\n{hit.body}\n{hit.author or ''}\n{hit.ref}".lower()
    own = words(text)
    held = [weight for term, weight in weights.items() if term in text or (words(term) and words(term) <= own)]
    return sum(held) / sum(weights.values()) if len(held) >= min(_FEWEST, len(weights)) and held else 0.0
