"""Hostile text: what a reader cannot see is taken out, and what reads like orders to a language model is noticed.

Nothing here decides whether a text is true or kind; a noticed text stays, marked, and becomes a risk of its own.
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
_TRAILING = ".,;:!?"


def clean(text: str, hosts: Collection[str] = GITHUB_HOSTS) -> str:
    """Text as a reader of GitHub's page would see it, without what is hidden, embedded or leads elsewhere.

    Out go control, zero-width, bidirectional and tag characters, HTML comments and tags, images, data blobs; links to
    hosts other than `hosts` become `[link removed]`, their words stay. Idempotent.
    """
    text = _visible(text)
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


def _visible(text: str) -> str:
    """Without characters that no reader sees; odd spaces become spaces, lookalike widths become plain."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = [char if _is_seen(char) else (" " if unicodedata.category(char) == "Zs" else "") for char in text]
    return "".join(kept)


def _is_seen(char: str) -> bool:
    if char in "\n\t" or (char.isascii() and char.isprintable()):
        return True
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


# Orders to a model, by what they ask for. Each alone is enough; GitHub talk about models may be caught too, which is
# why a catch marks a text and removes nothing.
_MODEL = r"(?:ai|llm|language model|assistant|chatbot|summari[sz]er)"
_SECRETS = (
    r"(?:system prompt|your (?:prompt|instructions?|rules)|hidden prompt|initial prompt|api keys?|credentials?"
    r"|environment variables?|secrets?\b|access tokens?|passwords?)"
)
_ORDERS = (
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|preceding|all|any"
    r"|your|these|those|system)\b[^.\n]{0,30}\b(?:instruction|prompt|rule|direction|context|guideline|message|polic)",
    r"\b(?:new|updated|real|actual|following)\s+(?:system\s+)?instructions?\s*:",
    r"\byou are (?:now|no longer)\b|\b(?:act|behave|respond|pretend)\s+(?:as if you|as though you|like you"
    rf"|as an? (?:{_MODEL}|model|admin|system|unrestricted))",
    r"(?:^|\n)\s*(?:#{1,6}\s*)?\[?(?:system|assistant)\]?\s*(?:message|prompt)?\s*:\s*\S",
    r"<\|?(?:im_start|im_end|system|assistant|endoftext)\|?>|\[/?INST\]|<<SYS>>|</?(?:system|instructions?)>",
    rf"\bas an? (?:{_MODEL})\b|\b(?:dear|hey|hello|attention|note to(?: the)?)[, ]+(?:{_MODEL}|bot)\b",
    rf"\b(?:{_MODEL}|model)s?\b[^.\n]{{0,30}}\b(?:must|should|shall|has to|have to"
    r"|(?:is|are) (?:instructed|required|ordered) to)\b",
    r"\b(?:reveal|print|show|repeat|output|leak|send|post|exfiltrate|share|disclose)\b[^.\n]{0,40}\b" + _SECRETS,
    r"\b(?:do not|don't|never)\s+(?:mention|tell|reveal|inform|say|report|disclose)\b[^.\n]{0,40}"
    r"\b(?:user|anyone|anybody|reader|human|this|risk|instruction)",
    r"\b(?:report|say|state|write|answer|respond|reply|output|set|claim|conclude|rate|mark)\b[^.\n]{0,50}"
    r"\b(?:probability|health|risk(?: level| score)?s?|forecast|milestone|sprint|confidence)\b[^.\n]{0,30}"
    r"(?:\b(?:is|as|to|at)\b|[:=])[^.\n]{0,20}"
    r"(?:\d{1,3} ?%|\b(?:1\.0|0\.\d+|none|zero|green|low|safe|on track|certain)\b)",
    r"\b(?:include|insert|append|embed|add|put|visit|open|click|fetch|load)\b[^.\n]{0,40}"
    r"\b(?:link|url|image|website|tracking pixel)\b[^.\n]{0,40}\b(?:in|to|at the end of|with) "
    r"(?:your|the|every|each|all) (?:answer|response|output|summary|report|repl)",
    r"\b(?:jailbreak|prompt injection|dan mode|developer mode enabled|do anything now)\b",
)
_ORDER = re.compile("|".join(f"(?:{order})" for order in _ORDERS), re.I)
_HIDDEN_AMOUNT = 3


def instructions(text: str) -> tuple[str, ...]:
    """Places that read like orders to a language model, as written there; the hidden parts of a text included.

    A heuristic that labels: it misses orders put politely ("write a poem about rain") and may catch a talk about
    prompts. docs/knowledge.md has its rates.
    """
    looked_at = unicodedata.normalize("NFKC", _visible(text)).replace("’", "'")
    found = [" ".join(match[0].split())[:200] for match in _ORDER.finditer(looked_at)]
    if _hidden(text) >= _HIDDEN_AMOUNT:
        found.append("characters that no reader sees")
    return tuple(dict.fromkeys(found))


def _hidden(text: str) -> int:
    """Hidden characters that ordinary writing has no use for: a lone zero-width joiner belongs to emoji."""
    return sum(
        0xE0000 <= (point := ord(char)) <= 0xE007F
        or 0xE0100 <= point <= 0xE01EF
        or char in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\u2062\u2063\u2064"
        for char in text
    )
