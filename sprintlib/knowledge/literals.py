"""What can be checked in a sentence: items, commits, links, numbers, dates, logins and states."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sprintlib.references import Resolver

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
_DATE = re.compile(
    r"(?<![\w.])(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?(?![\w])"
    rf"|(?<![\w.-])(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\.? (?:of )?(?P<m1>{_MONTH})\b\.?(?:,? (?P<y1>\d{{4}}))?"
    rf"|\b(?P<m2>{_MONTH})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,? (?P<y2>\d{{4}}))?",
    re.I,
)
_LINK = re.compile(r"(?:https?|ftp|file|javascript|data):[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+", re.I)
_SHA = re.compile(r"(?<![\w#/.-])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}(?![\w-])", re.I)
_AT_SHA = re.compile(r"(?:[\w.-]+/)?[\w.-]+@([0-9a-f]{7,40})\b", re.I)
_NUMBER = re.compile(r"(?<![\w.#@])[-−]?\d+(?:[.,]\d+)*(?![\w#]|\.\d)")
_COUNTED = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_WORDS = {word: str(value) for value, word in enumerate(_COUNTED.split(), start=2)} | {
    "twenty": "20",
    "thirty": "30",
    "dozen": "12",
    "none": "0",
    "zero": "0",
    "half": "50",
}
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.I)
_LOGIN = re.compile(r"(?<![\w/@.])@([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))")
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*(?:\[bot\])?")
# "a 56% chance of being done", "to be merged": what may come is no state of an item
_STATE = re.compile(
    r"(?<!\bbeing )(?<!\bto be )(?<!\bwill be )\b(open|closed|merged|draft|done|dropped|approved)\b", re.I
)
_CLAUSE = re.compile(r"[;,]|\b(?:and|but|while|whereas|which|who)\b|\.\s")
_RELATIVE = re.compile(
    r",? (?:which|who|that) (?:is|was|are|were|has been)(?: \w+)? "
    r"|,[^,;]{1,80}, (?:is|was|are|were|has been|has|stays|remains)(?: \w+)? "  # "api#12, the card form, is closed"
)
_NEAR = 25  # characters between a state and the item it is said of, as in "the merged api#12"
_SHORTEST_PLAIN_LOGIN = 4  # shorter names without a digit or hyphen are words too often


class DayLiteral(NamedTuple):
    """A date as written: the year may be missing."""

    year: int | None
    month: int
    day: int

    def fits(self, other: "DayLiteral") -> bool:
        """The same day, as far as both say."""
        years = {self.year, other.year} - {None}
        return (self.month, self.day) == (other.month, other.day) and len(years) < 2

    def __str__(self) -> str:
        return f"{self.year or '????'}-{self.month:02}-{self.day:02}"


class StateLiteral(NamedTuple):
    """A state that is said of an item, or of nothing in particular (`ref` is None)."""

    name: str
    ref: str | None
    start: int


@dataclass(frozen=True)
class Details:
    """What a text says that can be right or wrong. numbers are written without thousands separators or end zeros."""

    refs: tuple[str, ...]
    shas: tuple[str, ...]
    links: tuple[str, ...]
    numbers: frozenset[str]
    dates: tuple[DayLiteral, ...]
    logins: frozenset[str]
    states: tuple[StateLiteral, ...]


def read_details(text: str, resolver: Resolver, logins: Collection[str]) -> Details:
    """resolver: of the project's repositories. logins: everybody who is known there, lower case."""
    references = list(resolver.references(text, ""))
    links = [match[0].rstrip(".,;:") for match in _LINK.finditer(text)]
    rest = _LINK.sub(_blank, text)
    shas = [match[1].lower() for match in _AT_SHA.finditer(rest)]
    rest = _AT_SHA.sub(_blank, rest)
    for reference in references:
        rest = rest[: reference.start] + " " * (reference.end - reference.start) + rest[reference.end :]
    dates = list(_dates(rest))
    rest = _DATE.sub(_blank, rest)
    shas += [match[0].lower() for match in _SHA.finditer(rest)]
    rest = _SHA.sub(_blank, rest)
    spans = [(reference.start, reference.end, reference.ref) for reference in references]
    return Details(
        refs=tuple(dict.fromkeys(reference.ref for reference in references)),
        shas=tuple(dict.fromkeys(shas)),
        links=tuple(dict.fromkeys(link for link in links if not _is_item(link, resolver))),
        numbers=frozenset(_numbers(rest)),
        dates=tuple(dict.fromkeys(dates)),
        logins=frozenset(_logins(rest, logins)),
        states=tuple(_states(text, spans)),
    )


def plain_number(text: str) -> str:
    """1,308 and 1308 are one number, so are 2.50 and 2.5; 0.8.1 stays as it is."""
    text = text.replace("−", "-").replace(",", "")
    if text.count(".") == 1:
        text = text.rstrip("0").rstrip(".")
    return text.lstrip("-").lstrip("0") or "0" if text.count(".") < 2 else text


def _is_item(link: str, resolver: Resolver) -> bool:
    return any(True for _ in resolver.references(link, ""))


def _numbers(text: str) -> Iterator[str]:
    for match in _NUMBER.finditer(text):
        yield plain_number(match[0])
    for match in _NUMBER_WORD.finditer(text):
        yield _WORDS[match[0].lower()]


def _dates(text: str) -> Iterator[DayLiteral]:
    for match in _DATE.finditer(text):
        if match["y"]:
            yield DayLiteral(int(match["y"]), int(match["m"]), int(match["d"]))
        else:
            month, day = match["m1"] or match["m2"], match["d1"] or match["d2"]
            year = match["y1"] or match["y2"]
            yield DayLiteral(int(year) if year else None, _MONTHS.index(month[:3].lower()) + 1, int(day))


def _logins(text: str, known: Collection[str]) -> Iterator[str]:
    for match in _LOGIN.finditer(text):
        yield match[1].lower()
    for match in _TOKEN.finditer(text):
        token = match[0].lower()
        telling = any(not char.isalpha() for char in token) or len(token) >= _SHORTEST_PLAIN_LOGIN
        if telling and token in known:
            yield token


def _states(text: str, references: list[tuple[int, int, str]]) -> Iterator[StateLiteral]:
    """Each state word with the item it is said of: the nearest before it in its clause, else the nearest after."""
    for match in _STATE.finditer(text):
        before = [one for one in references if one[1] <= match.start()]
        after = [one for one in references if one[0] >= match.end()]
        ref = None
        if before and _belongs(text[before[-1][1] : match.start()]):
            ref = before[-1][2]
        elif after and after[0][0] - match.end() < _NEAR and not _CLAUSE.search(text[match.end() : after[0][0]]):
            ref = after[0][2]
        yield StateLiteral(match[1].lower(), ref, match.start())


def _belongs(between: str) -> bool:
    """Whether what stands between an item and a state leaves the state with the item."""
    return not _CLAUSE.search(between) or bool(_RELATIVE.fullmatch(between))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
