"""Prompt injection: texts that speak to a language model instead of to people are noticed, and by what they ask for.

A heuristic that labels and removes nothing: what is noticed stays, is kept from the model, and becomes a statement of
its own (sprintlib.risks.prompt_injection). It looks for what such texts have to ask for, in any wording; it misses
plain tasks that could be meant for people ("What is the capital of Brazil?"). docs/risks.md has its rates.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from sprintlib.knowledge.cleaning import visible
from sprintlib.knowledge.injection_asks import IGNORE, KEEP, SECRETS, asks

__all__ = ["HIDDEN", "IGNORE", "KEEP", "SECRETS", "Instruction", "instructions"]

_LONGEST_QUOTE = 200
_HIDDEN_AMOUNT = 3
HIDDEN = "hide from readers"
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007f]+")  # of a region: the one good use of tag characters
_BASE64 = re.compile(r"(?<![\w/+=-])[A-Za-z0-9+/]{24,4000}={0,2}(?![\w/+=-])")
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_][ ._*-]){2,}[^\W\d_](?!\w)")
_LEAST_SPACED = 6  # letters of the longest run; initials and lists of letters are shorter
# Letters of other alphabets that look like Latin ones.
_LOOKALIKES = str.maketrans(
    "абвгеѕіјкӏмнорстухԁԛԝһАВЕЅІЈКМНОРСТУХԌαεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "abbgesijkimhopctyxdqwhABESIJKMHOPCTYXGaeikvoptuxABEZHIKMNOPTYX",
)


class Instruction(NamedTuple):
    """One place of a text that reads like an order to a language model.

    asks: what for, as the end of "it reads like an order ...". words: as written there; hostile, never to be shown raw.
    """

    asks: str
    words: str


def instructions(text: str) -> tuple[Instruction, ...]:
    """What in a text reads like orders to a language model, once for each thing asked for; hidden parts included."""
    found: dict[str, Instruction] = {}
    for one in (one for form in _forms(text) for one in _found(form)):
        found.setdefault(one.asks, one)
    if _hidden(text) >= _HIDDEN_AMOUNT:
        found[HIDDEN] = Instruction(HIDDEN, "")
    return tuple(found.values())


def _found(text: str) -> Iterator[Instruction]:
    lower = text.lower()
    for one in asks():
        if match := one.search(text, lower):
            yield Instruction(one.asks, " ".join(match[0].split())[:_LONGEST_QUOTE])


def _forms(text: str) -> Iterator[str]:
    """The text as a reader sees it, and with what tricks disguise: other alphabets, spaced letters, base64."""
    plain = visible(text)
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain).replace("’", "'")
        if (latin := plain.translate(_LOOKALIKES)) != plain:
            yield latin
    yield plain
    runs = [re.sub(r"[ ._*-]", "", match[0]) for match in _SPACED.finditer(plain)]
    if max(map(len, runs), default=0) >= _LEAST_SPACED:
        yield " ".join(runs)
    for match in _BASE64.finditer(plain):
        if decoded := _decoded(match[0]):
            yield decoded


def _decoded(blob: str) -> str:
    """What base64 hides, where it is writing; empty otherwise."""
    try:
        decoded = base64.b64decode(blob + "=" * (-len(blob) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return decoded if decoded.isprintable() and " " in decoded else ""


def _hidden(text: str) -> int:
    """Hidden characters that ordinary writing has no use for: a lone zero-width joiner belongs to emoji."""
    if text.isascii():
        return 0
    text = _FLAG.sub("", text)
    return sum(
        0xE0000 <= (point := ord(char)) <= 0xE007F
        or 0xE0100 <= point <= 0xE01EF
        or char in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\u2062\u2063\u2064"
        for char in text
    )
