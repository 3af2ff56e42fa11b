"""The last gate before words are shown: claims that check out, in words that do not come from strangers.

`knowledge.verify` holds every number, date, login, state and item against what is stored. Here it is about the words
themselves: a model that follows instructions hidden in an issue can only write, and what it writes must consist of
what Python found and of ordinary words; it cannot repeat, deny or reassure.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from sprintlib.agents.prompt_context import PromptNote
from sprintlib.history import ProjectState
from sprintlib.knowledge import Claim, Dropped, Report, Verified, verify
from sprintlib.knowledge.tokens import overlap, words

MOST_CHARACTERS = 280
_SHARE = 0.4  # of a sentence's telling words, least share that stands in what Python said of the cited entries
_MARKUP = re.compile(r"://|\bwww\.|[<>](?!\d)|[\[\]{}|\\`*]|\w\.(?:com|org|net|io|dev|example|app|xyz|ru|cn)\b", re.I)
_DENIAL = re.compile(r"\b(?:no|not|never|none|nothing|nobody|nowhere|neither|nor|without|hardly|zero)\b|n't\b", re.I)
# Nobody knows what will be, nor what caused what; and no reassurance that the analysis does not give itself.
_PROMISE = re.compile(
    r"\b(?:will|shall|guarantee\w*|ensur\w+|certain\w*|caus\w+|because of|thanks to|due to|safe\w*|on track|all good"
    r"|all is well|healthy|green|surely|definitely|easily|ignore\w*|disregard\w*)\b",
    re.I,
)
_REF = r"([\w.-]+/[\w.-]+#\d+)"
_WAITS = re.compile(rf"{_REF}[^.;#]*?\b(?:wait\w*|blocked by|depend\w* on|needs?|parked)\b[^.;#]*?{_REF}")
_BLOCKS = re.compile(rf"{_REF}[^.;#]*?\b(?:blocks?|blocking|holds? up|holding up|delays?)\b[^.;#]*?{_REF}")
_SLOT = re.compile(r"[\w.-]+/[\w.-]+#\d+|\d{4}-\d\d-\d\d|\d+(?:\.\d+)?")
_HOLE = "\0"
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")


@cache
def plain_words() -> frozenset[str]:
    """Words of everyday project talk, which a claim may use wherever they come from."""
    return words(files("sprintlib.agents.prompts").joinpath("plain_words.txt").read_text(encoding="utf-8"))


def ground(claims: Sequence[Claim], entries: Sequence[PromptNote], past: ProjectState) -> Verified:
    """Claims that hold and are in our own words. Raises nothing: what does not hold is among `dropped`."""
    by_id = {entry.id: entry for entry in entries}
    ours = frozenset().union(plain_words(), *(words(entry.told) for entry in entries))
    told = [claim.model_copy(update={"evidence": tuple(dict.fromkeys(claim.evidence))}) for claim in claims]
    objections = [
        (claim, _repeats(told[:place], claim) or next(_objections(claim, by_id, ours), None))
        for place, claim in enumerate(told)
    ]
    foreign = [Dropped(claim=claim, reason=reason) for claim, reason in objections if reason]
    good = [claim for claim, reason in objections if not reason]
    verified = verify(good, [entry.source() for entry in entries], past)
    dropped = (*foreign, *verified.dropped)
    cited = sum(len(claim.evidence) for claim in told)
    return verified.model_copy(
        update={"dropped": dropped, "report": report(verified.kept, len(dropped), cited, len(entries))}
    )


def report(kept: Sequence[Claim], dropped: int, cited: int, context: int) -> Report:
    """How well claims were cited. cited: citations of all claims, those that were dropped included; context: notes."""
    claims = len(kept) + dropped
    used = {one for claim in kept for one in claim.evidence}
    return Report(
        claims=claims,
        kept=len(kept),
        dropped=dropped,
        citation_precision=_share_of(sum(len(claim.evidence) for claim in kept), cited),
        citation_recall=_share_of(len(kept), claims),
        unsupported_rate=_share_of(dropped, claims),
        coverage=_share_of(len(used), context),
    )


def _share_of(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _repeats(before: Sequence[Claim], claim: Claim) -> str | None:
    """A small model says the same five times."""
    said = {" ".join(other.text.lower().split()) for other in before}
    return "was said already" if " ".join(claim.text.lower().split()) in said else None


def _objections(claim: Claim, entries: dict[str, PromptNote], ours: frozenset[str]) -> Iterator[str]:
    cited = [entries[one] for one in claim.evidence if one in entries]
    if not cited or len(cited) < len(claim.evidence):
        yield "cites something that is not in the pack"
    if len(claim.text) > MOST_CHARACTERS or not claim.text.strip() or not claim.text.isprintable():
        yield "is empty, too long or not one line of text"
    if _MARKUP.search(claim.text):
        yield "holds a link or markup"
    if '"' in claim.text or "“" in claim.text:
        yield "quotes what people wrote"
    told = " ".join(entry.told for entry in cited)
    if _PROMISE.search(claim.text):
        yield "promises, reassures or names a cause"
    if _DENIAL.search(claim.text) and not _DENIAL.search(told):
        yield "denies what its sources do not deny"
    if any((other, one) in _waiting(told) for one, other in _waiting(claim.text) - _waiting(told)):
        yield "turns round who waits for whom"
    if any(_misfilled(sentence, entry.told) for sentence in _SENTENCE.split(claim.text) for entry in cited):
        yield "says of one what is told of another"
    unseen = _numbers(claim.text) - _numbers(" ".join(f"{entry.told} {entry.quoted}" for entry in cited))
    if unseen:  # stored of a cited item, perhaps, but the model cannot have it from there
        yield f"the number {min(unseen):g} is not in what it cites"
    if claim.kind == "advice" and not any(entry.id.startswith("A") for entry in cited):
        yield "advises something that no analysed action says"
    strange = sorted(_own(claim.text) - ours)
    if strange:
        yield f"uses '{strange[0]}', a word that is not ours"
    for sentence in _SENTENCE.split(claim.text):
        if overlap(_own(sentence), words(told)) < _SHARE:
            yield "says more than its sources"


def _misfilled(sentence: str, told: str) -> bool:
    """Whether it is told in the very same words, but with other items, days or numbers in their places.

    The same words are those of the whole sentence, or for one place the word before and the word after it.
    """
    mine, theirs = _words_around(sentence.rstrip(".!?; ")), _words_around(told)
    values, known = _SLOT.findall(sentence), _SLOT.findall(told)
    starts = [theirs.count(_HOLE, 0, found.start()) for found in re.finditer(re.escape(mine), theirs)]
    if values and starts:
        return all(known[start : start + len(values)] != values for start in starts)
    places = _places(told)
    return any(value not in places.get(place, {value}) for place, those in _places(sentence).items() for value in those)


def _words_around(text: str) -> str:
    return _SLOT.sub(_HOLE, text).lower()


def _places(text: str) -> dict[tuple[str, str], set[str]]:
    """(word before, word after) -> the items, days and numbers that stand between them."""
    values, parts = _SLOT.findall(text), re.findall(rf"{_HOLE}|[^\W\d_]+", _words_around(text))
    found: dict[tuple[str, str], set[str]] = {}
    holes = [place for place, part in enumerate(parts) if part == _HOLE]
    for value, place in zip(values, holes, strict=True):
        if 0 < place < len(parts) - 1 and _HOLE not in (parts[place - 1], parts[place + 1]):
            found.setdefault((parts[place - 1], parts[place + 1]), set()).add(value)
    return found


def _numbers(text: str) -> set[float]:
    """Numbers, without those of items and of days."""
    bare = re.sub(rf"{_REF}|#\d+|\d{{4}}-\d\d-\d\d", " ", text)
    return {float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?![\w]|\.\d)", bare)}


def _waiting(text: str) -> set[tuple[str, str]]:
    """(who waits, for whom), as said."""
    return set(_WAITS.findall(text)) | {(other, one) for one, other in _BLOCKS.findall(text)}


def _own(text: str) -> frozenset[str]:
    """Telling words of a claim without the items it names, which are checked by themselves."""
    return words(re.sub(r"[\w.-]*/?[\w.-]*[#@]\w+|\bPB-\d+", " ", text))
