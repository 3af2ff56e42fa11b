"""Hostile text: what a reader cannot see, what is embedded and what leads elsewhere is taken out.

Nothing here decides whether a text is true or kind; what reads like orders to a language model is `injection`.
"""

import re
import unicodedata
from collections.abc import Collection
from urllib.parse import urlsplit

GITHUB_HOSTS = frozenset({"github.com"})
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_IMAGE = re.compile(r"!\[([^\]\n]{0,300})\]\([^)\n]*\)|!\[([^\]\n]{0,300})\]\[[^\]\n]*\]|<img\b[^>]*>?", re.I)
_HIDING_TAG = re.compile(r"<(script|style|iframe|object|svg|template|noscript)\b.*?(?:</\1\s*>|\Z)", re.I | re.S)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>")
_LINK = re.compile(r"\[([^\]\n]{0,500})\]\(\s*<?([^)\s>]*)>?[^)\n]*\)")
_DEFINITION = re.compile(r"^\s{0,3}\[[^\]\n]{1,200}\]:\s*\S+.*$", re.M)
_DATA = re.compile(r"data:[\w.+-]{0,60}/?[\w.+-]{0,60}(?:;[\w=-]{1,40}){0,4},[^\s)\"'>]*", re.I)
_BLOB = re.compile(r"(?<![\w/+=-])(?=[A-Za-z0-9+/_-]*[0-9])(?=[A-Za-z0-9+/_-]*[A-Za-z])[A-Za-z0-9+/_-]{120,}={0,2}")
_URL = re.compile(r"(?:(?:https?|ftp|file|javascript|vbscript):(?://)?|//(?=[\w-]+\.)|\bwww\.)[^\s<>\"'`)\]]+", re.I)
_UNUSUAL = re.compile(r"[^\n\t -~]")
_TRAILING = ".,;:!?"


def clean(text: str, hosts: Collection[str] = GITHUB_HOSTS) -> str:
    """Text as a reader of GitHub's page would see it, without what is hidden, embedded or leads elsewhere.

    Out go control, zero-width, bidirectional and tag characters, HTML comments and tags, images, data blobs; links to
    hosts other than `hosts` become `[link removed]`, their words stay. Idempotent.
    """
    text = visible(text)
    for _ in range(4):  # removing one thing may put another together
        before = text
        text = _HIDING_TAG.sub(" ", _COMMENT.sub(" ", text))
        text = _IMAGE.sub(lambda match: f"[image: {match[1] or match[2]}]" if match[1] or match[2] else " ", text)
        text = _DATA.sub("[data removed]", text)
        text = _LINK.sub(lambda match: _link(match, hosts), text)
        text = _TAG.sub(" ", _DEFINITION.sub("", text))
        if text == before:
            break
    text = _URL.sub(lambda match: _url(match[0], hosts), text)
    text = _BLOB.sub("[data removed]", text)
    return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()


def heading(text: str, hosts: Collection[str] = GITHUB_HOSTS) -> str:
    """A title on one line, without what nobody sees and without links elsewhere. Markup stays: it is to be escaped."""
    return " ".join(_URL.sub(lambda match: _url(match[0], hosts), visible(text)).split())


def visible(text: str) -> str:
    """Without characters that no reader sees; odd spaces become spaces, lookalike widths become plain."""
    return _UNUSUAL.sub(_seen, text.replace("\r\n", "\n").replace("\r", "\n"))


def _seen(match: re.Match[str]) -> str:
    char = match[0]
    if _is_seen(char):
        return char
    return " " if unicodedata.category(char) == "Zs" else ""


def _is_seen(char: str) -> bool:
    point = ord(char)
    if 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF or point in (0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800):
        return False  # variation selectors and blank letters: they carry hidden bytes
    return unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp", "Zs")


def _link(match: re.Match[str], hosts: Collection[str]) -> str:
    words, target = match[1], match[2]
    return f"{words} {target}" if _known(target, hosts) else words


def _url(url: str, hosts: Collection[str]) -> str:
    end = len(url.rstrip(_TRAILING))
    return url if _known(url[:end], hosts) else "[link removed]" + url[end:]


def _known(url: str, hosts: Collection[str]) -> bool:
    try:
        parts = urlsplit(url)
        named, user = parts.hostname or "", parts.username
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and user is None and named.lower() in hosts
