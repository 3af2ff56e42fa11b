"""Chunks: one for each thing that was said, cleaned, with secrets masked, and split where it is long."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from sprintlib.history.texts import Text
from sprintlib.knowledge.cleaning import clean
from sprintlib.knowledge.injection import instructions
from sprintlib.masking import mask

WORDS = 220  # what the embedding model reads at once (256 word pieces) without being cut
_SPEAKING = frozenset({"comment", "review"})


@dataclass(frozen=True)
class Chunk:
    """A part of one text. digest: of title and body, so that only what changed is embedded again."""

    text: Text
    part: int
    title: str
    body: str
    suspicious: bool
    digest: str


def chunks(text: Text, hosts: frozenset[str]) -> Iterator[Chunk]:
    """Parts of about WORDS words. Nothing for what bots say about items, and for comments without words."""
    if text.kind in _SPEAKING and text.author_is_bot:
        return
    title, body = (" ".join(_prepared(text.title, hosts).split()), _prepared(text.body, hosts))
    if not body and (text.kind in _SPEAKING or not title):
        return
    suspicious = bool(instructions(f"{text.title}\n{text.body}"))
    for part, piece in enumerate(split(body)):
        digest = blake2b(f"{title}\0{piece}".encode(), digest_size=16).hexdigest()
        yield Chunk(text, part, title, piece, suspicious, digest)


def split(body: str, words: int = WORDS) -> list[str]:
    """Pieces of at most `words` words, cut between lines or sentences where there is one; at least one piece."""
    pieces: list[str] = []
    current: list[str] = []
    length = 0
    for sentence in _sentences(body, words):
        size = len(sentence.split())
        if current and length + size > words:
            pieces.append("".join(current).strip())
            current, length = [], 0
        current.append(sentence)
        length += size
    pieces.append("".join(current).strip())
    return pieces


def _sentences(body: str, words: int) -> Iterator[str]:
    """Lines, and of long lines their sentences, and of long sentences their words: together exactly the body."""
    for line in body.splitlines(keepends=True):
        if len(line.split()) <= words:
            yield line
            continue
        for sentence in line.replace(". ", ".\0 ").split("\0"):
            found = sentence.split(" ")
            for start in range(0, len(found), words):
                yield ("" if start == 0 else " ") + " ".join(found[start : start + words])


def _prepared(text: str, hosts: frozenset[str]) -> str:
    """Masked first, as cleaning may cut a token in two, and again, as it may put one together."""
    return mask(clean(mask(text), hosts))
