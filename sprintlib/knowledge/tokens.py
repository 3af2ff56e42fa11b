"""Words of a text, for measuring how much of a claim stands in what it cites."""

import re
import unicodedata

_WORD = re.compile(r"[a-z][a-z0-9'-]*[a-z0-9]|[a-z]")
_EMPTY_WORDS = (
    "a about after all also an and any are as at be because been before being but by can could did do does for from had"
    " has have he her here his how i if in into is it its itself just more most no nor not now of on one or other our"
    " out over own s she should so some such t than that the their them then there these they this those through to too"
    " under until up very was we were what when where which while who whom why will with would you your"
)
# what dates are made of: they are checked as dates
_DATE_WORDS = (
    "mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday jan feb mar apr may jun jul"
    " aug sep sept oct nov dec january february march april june july august september october november december"
)
_EMPTY = frozenset(_DATE_WORDS.split()) | frozenset(_EMPTY_WORDS.split())
_ENDINGS = ("ations", "ation", "ings", "ing", "ers", "er", "ed", "es", "s", "e", "ly")
_QUOTED = re.compile(r'"[^"]*"|“[^”]*”')


def words(text: str) -> frozenset[str]:
    """Telling words, lower case, without endings: `waits` and `waiting` are one."""
    found = _WORD.findall(unicodedata.normalize("NFKC", text).lower())
    return frozenset(_stem(word) for word in found if word not in _EMPTY)


def overlap(own: frozenset[str], others: frozenset[str]) -> float:
    """Share of `own` that is among `others`; 1 for a claim without words of its own."""
    return len(own & others) / len(own) if own else 1.0


def quotation(text: str) -> str:
    """Text as quotations are compared: spaces, case and kinds of quotation marks do not matter."""
    plain = re.sub(r"[\"'“”‘’`]", "'", unicodedata.normalize("NFKC", text))
    return " ".join(plain.lower().split())


def without_quotes(text: str) -> str:
    """The text without what it quotes; as long as before."""
    return _QUOTED.sub(lambda match: '"' + " " * (len(match[0]) - 2) + '"', text)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word.removesuffix(ending)
            return stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] else stem
    return word
