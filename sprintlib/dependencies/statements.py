"""What people write about waiting: "blocked by #12", "after acme/api#4 lands", "no longer blocked", `Depends-On:`.

A statement is a trigger and a reference in one sentence. Negations, questions and past tense are not statements that
something waits; "no longer blocked" takes an earlier one back. Code, quotes and HTML comments are not read.
Source: research on cross-repository dependencies, signals 2 and 3 of docs/dependencies.md.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from sprintlib.references import Reference, Resolver
from sprintlib.text import prose

Says = Literal["waits", "blocks", "mentions", "free"]
Signal = Literal["footer", "text", "weak text", "mention"]

# how many characters around a reference are looked at
_REACH = 200
_DONE_TASK = re.compile(r"[-*] \[[xX]\] ")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_FOOTER = re.compile(r"^[ \t]*(?:depends[- ]on|blocked[- ]by):[ \t]*(?P<refs>.+)$", re.IGNORECASE | re.MULTILINE)

_FILL = (
    r"(?:(?:[-*(\[:,]|the|a|an|this|that|both|fix(?:es)?|changes?|prs?|pull|requests?|issues?|in|from|of"
    r"|merg(?:e|ing)|release|first|new|latest)\s*)"
)
# after one of these the reference may stand a few words away
_STRONG = re.compile(
    r"\b(?P<trigger>(?:blocked|held up|gated) (?:by|on)|(?:depends?|dependent|hinges) (?:up)?on"
    r"|wait(?:s|ing)? (?:for|on)|prerequisites?:?|has to wait for)\b(?P<gap>[^.!?;]{0,60}?)$",
    re.IGNORECASE,
)
# after one of these it must follow at once
_WEAK = re.compile(rf"\b(?P<trigger>needs?|requires?|requiring)\s+{_FILL}{{0,4}}$", re.IGNORECASE)
_AFTER = re.compile(rf"\b(?P<trigger>after|once|until|as soon as|when)\s+{_FILL}{{0,4}}$", re.IGNORECASE)
_LANDS = re.compile(
    r"^\W{0,3}(?:(?:is|are|gets?|has been|have been)\s+)?"
    r"(?:lands?|landed|merges?|merged|ships?|shipped|releases?|released|in|done|finished|closed|fixed|resolved)\b",
    re.IGNORECASE,
)
# stacked pull requests: the most frequent form in real repositories
_BASED = re.compile(
    r"\b(?P<trigger>(?:re)?based|builds?|built|building|stacked|sits?) (?:up)?on\s+(?:top of\s+)?"
    rf"{_FILL}{{0,4}}$"
    rf"|^\W*(?P<top>on top of)\s+{_FILL}{{0,4}}$",
    re.IGNORECASE,
)
_REBASED = re.compile(r"\brebased\b", re.IGNORECASE)
_BLOCKS = re.compile(r"(?<!\w)(?P<trigger>blocks|blocking|is a blocker for)\s+(?:\W{0,3})$", re.IGNORECASE)
_JOINED = re.compile(r"^(?:[\s,/&+]|and|or|as well as|\(|\)|\[|\]|\*)*$", re.IGNORECASE)

_FREE = re.compile(
    r"\b(?:no longer|not|isn['’]t|aren['’]t|never|un)[\s-]*(?:being |really |actually )?"
    r"(?:blocked|block(?:s|ing)|depend(?:s|ing|ent)?|wait(?:s|ing)?|gated)\b"
    r"|\b(?:doesn['’]t|does not|don['’]t|do not|won['’]t|didn['’]t|did not|no longer|not|never) (?:\w+ )?"
    r"(?:block|depend|wait|need|requir)\w*\b"
    r"|\bunblock(?:ed|s)\b",
    re.IGNORECASE,
)
# without a reference only words about being blocked say that an item waits for nothing any more
# somebody else is based on this one; one way among others; not so yet
_NOT_THIS = re.compile(
    r"\b(?:being|has (?:it|this|them)|have (?:it|this|them)|not yet|or|acceptable to|instead)\s+$", re.IGNORECASE
)
_FREED = re.compile(r"\b(?:no longer|not|isn['’]t) (?:being |really |actually )?blocked\b|\bunblocked\b", re.IGNORECASE)
_PAST = re.compile(
    r"\b(?:was|were|been|had|used to(?: be)?|previously|formerly|initially|originally)\s+(?:\w+\s+)?$"
    r"|\b(?:now|now that|if|whether|unless|instead of|without|rather than)\b[^,]*$",
    re.IGNORECASE,
)


class Statement(NamedTuple):
    """What one sentence says. ref: owner/repo#n; None with `free`, where the item says it waits for nothing."""

    says: Says
    signal: Signal
    ref: str | None
    sentence: str


@lru_cache(maxsize=20_000)
def statements_in(text: str, repo: str, resolver: Resolver, *, only_footers: bool = False) -> tuple[Statement, ...]:
    """The statements of a text, read once: a state that is brought forward holds the same texts again."""
    return tuple((footers if only_footers else statements)(text, repo, resolver))


def statements(text: str, repo: str, resolver: Resolver) -> Iterator[Statement]:
    """Statements in a text written in repository `repo`: footers first, then sentence by sentence."""
    said = prose(text)
    yield from footers(said, repo, resolver)
    for sentence in _SENTENCE_END.split(_FOOTER.sub(" ", said)):
        yield from _in_sentence(sentence.strip(), repo, resolver)


def footers(text: str, repo: str, resolver: Resolver) -> Iterator[Statement]:
    """`Depends-On:` and `Blocked-By:` lines, as in commit messages."""
    for line in _FOOTER.finditer(text):
        for reference in resolver.references(line["refs"], repo):
            yield Statement("waits", "footer", reference.ref, line[0].strip())


def _in_sentence(sentence: str, repo: str, resolver: Resolver) -> Iterator[Statement]:
    references = list(resolver.references(sentence, repo))
    if not references and _FREED.search(sentence):
        yield Statement("free", "text", None, sentence)
    carried: tuple[Says, Signal] | None = None
    for place, reference in enumerate(references):
        before = sentence[references[place - 1].end : reference.start] if place else ""
        says, signal = _reading(sentence, reference)
        if says == "mentions" and carried and _JOINED.match(before):
            says, signal = carried
        carried = (says, signal) if says != "mentions" else None
        yield Statement(says, signal, reference.ref, sentence)


def _reading(sentence: str, reference: Reference) -> tuple[Says, Signal]:
    """How a sentence relates the item it stands in to one reference."""
    if reference.in_passing or _DONE_TASK.match(sentence):
        return "mentions", "mention"
    before, behind = sentence[max(reference.start - _REACH, 0) : reference.start], sentence[reference.end :][:_REACH]
    for pattern, says, signal in _READINGS:
        found = pattern.search(before)
        if not found or (pattern is _AFTER and (not _LANDS.match(behind) or _REBASED.search(before))):
            continue
        if "#" in found[0] or (pattern is _STRONG and re.search(r"[:,]\s*\w|\b(?:but|see|cf|like|as)\b", found["gap"])):
            continue
        start = found.start(found.lastgroup or 0) if pattern is _BASED else found.start("trigger")
        freed = _FREE.search(before)
        if freed and freed.start() <= start < freed.end() + 12:
            return "free", "text"
        if sentence.endswith("?") or _PAST.search(before[:start]) or _NOT_THIS.search(before[:start]):
            return "mentions", "mention"
        return says, signal
    return "mentions", "mention"


_READINGS: tuple[tuple[re.Pattern[str], Says, Signal], ...] = (
    (_STRONG, "waits", "text"),
    (_WEAK, "waits", "weak text"),
    (_AFTER, "waits", "weak text"),
    (_BASED, "waits", "weak text"),
    (_BLOCKS, "blocks", "text"),
)
