"""Texts of others: what somebody says in one, without code and quotations; and what a terminal may show of it."""

import re
import unicodedata

_NOT_PROSE = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|^(?P<fence>[ \t]{0,3}(?:`{3,}|~{3,})).*?(?:^(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|^[ \t]{0,3}>.*?$"
    r"|(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)",
    re.DOTALL | re.MULTILINE,
)


def prose(text: str) -> str:
    """GitHub-flavoured Markdown as plain words: each part that is not prose becomes a space."""
    return _NOT_PROSE.sub(" ", text.replace("\r\n", "\n"))


def as_clause(sentence: str) -> str:
    """A sentence as it stands after a colon: its first letter small."""
    return sentence[:1].lower() + sentence[1:]


def printable(text: object, longest: int = 200) -> str:
    """Somebody else's words on one line, cut, without what a terminal would obey (escapes, links, bidi marks)."""
    kept = (char if not unicodedata.category(char).startswith("C") else " " for char in str(text)[: 4 * longest])
    line = " ".join("".join(kept).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
