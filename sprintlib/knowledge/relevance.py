"""How much of what is asked a text holds: the floor below which nothing is quoted."""

from collections.abc import Iterable
from math import ceil, log

from sqlalchemy import Connection, func, select

from sprintlib.knowledge.hits import Hit
from sprintlib.knowledge.lexical import counts, terms
from sprintlib.knowledge.tokens import words
from sprintlib.knowledge.unspaced import pairs, without_unspaced
from sprintlib.store.schema import chunk

FLOOR = 0.6  # share of what a question says, each word weighing by its rarity
_FEWEST = 2  # words of several that a text has to hold


def relevances(connection: Connection, query: str, hits: Iterable[Hit]) -> dict[int, float]:
    """Chunk id -> share (0-1) of the words of a query that the text holds, rare words weighing more.

    Words are compared without endings. A word that nothing stored holds weighs most, so that no text answers a
    question about something else. What is asked in a script without spaces counts as one word, which a text holds to
    the share of the pairs of characters in it, of which every second straddles two words.
    """
    spaced = [term for term in terms(without_unspaced(query)) if words(term) or any(char.isdigit() for char in term)]
    stored = connection.scalar(select(func.max(chunk.c.id))) or 0
    found = counts(connection, spaced, stored) if spaced else {}
    weights = {term: log(1 + (1 + stored) / (1 + found[term])) for term in spaced}
    return {hit.chunk_id: _relevance(hit, weights, pairs(query), log(2 + stored)) for hit in hits}


def _relevance(hit: Hit, weights: dict[str, float], two: list[str], weight_of_pairs: float) -> float:
    """0 where a text holds one word alone of several that are asked for: it may be about anything."""
    text = f"{hit.title}\n{hit.body}\n{hit.author or ''}\n{hit.ref}".lower()
    own = words(text)
    shares = [
        (weight, float(term in text or bool(words(term) and words(term) <= own))) for term, weight in weights.items()
    ]
    if two:
        share = sum(pair in text for pair in two) / ceil(len(two) / 2)
        shares.append((weight_of_pairs, min(1.0, share)))
    if sum(share > 0 for _, share in shares) < min(_FEWEST, len(shares)) or not shares:
        return 0.0
    return sum(weight * share for weight, share in shares) / sum(weight for weight, _ in shares)
