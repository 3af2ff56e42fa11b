"""Secrets that people paste into issues: masked before a text is kept a second time, shown, or put to a model.

E-mail addresses are cut earlier, before anything is stored: nothing here uses them.
"""

import re
from typing import Any

MASK = "[secret removed]"
ADDRESS_MASK = "[address removed]"

_KNOWN = (
    r"gh[pousr]_[A-Za-z0-9]{20,255}",  # GitHub tokens
    r"sprint_[A-Za-z0-9_-]{40,64}",  # ours
    r"github_pat_[A-Za-z0-9_]{22,255}",
    r"glpat-[A-Za-z0-9_-]{20,}",
    r"(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}",  # AWS
    r"xox[abeoprs]-[A-Za-z0-9-]{10,}",  # Slack
    r"https://hooks\.slack\.com/services/[A-Za-z0-9/]+",
    r"sk-(?:ant-|proj-|live-)?[A-Za-z0-9_-]{20,}",
    r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,}",  # Stripe
    r"AIza[A-Za-z0-9_-]{35}",  # Google
    r"ya29\.[A-Za-z0-9_-]{20,}",
    r"npm_[A-Za-z0-9]{36}",
    r"pypi-[A-Za-z0-9_-]{50,}",
    r"hf_[A-Za-z0-9]{30,}",
    r"dop_v1_[a-f0-9]{64}",
    r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",  # JSON web tokens
    r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|\Z)",
)
_WHOLE = re.compile("|".join(rf"(?<![A-Za-z0-9])(?:{pattern})" for pattern in _KNOWN), re.S)
# what follows is secret, whatever it looks like
_IN_URL = re.compile(r"(?P<before>[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{0,100}:)[^\s@/]{3,200}(?=@)", re.I)
_NAMED = re.compile(
    r"(?P<before>\b(?:api[_-]?key|apikey|secret(?:[_-]?(?:key|access[_-]?key))?|(?:access|auth|refresh)?[_-]?token"
    r"|pass(?:word|wd|phrase)|client[_-]?secret|private[_-]?key)[\"']?\s{0,3}(?:=|:|:=)\s{0,3}[\"']?"
    r"|\bauthorization:\s{0,3}(?:bearer|basic|token)\s{1,3}|\bbearer\s{1,3})"
    r"(?P<value>[A-Za-z0-9+/_.~!@$%^&*=-]{8,200})",
    re.I,
)

# `git@host:owner/name` is where a repository is, and `icon@2x.png` a file
_ADDRESS = re.compile(
    r"(?<![\w.+%-])(?!git@)[\w.+%-]+(?:@|%40)(?:[\w-]+\.)+(?!(?:avif|gif|jpe?g|png|svg|webp)\b)"
    r"(?:xn--[\w-]+|[^\W\d_]{2,})(?![\w-])",
    re.I,
)


def mask(text: str) -> str:
    """The text with tokens, keys and passwords replaced by `[secret removed]`. Masking twice changes nothing."""
    text = _WHOLE.sub(MASK, text)
    text = _IN_URL.sub(rf"\g<before>{MASK}", text)
    return _NAMED.sub(_masked, text)


def mask_addresses(text: str) -> str:
    """The text with e-mail addresses replaced by `[address removed]`. Masking twice changes nothing."""
    return _ADDRESS.sub(ADDRESS_MASK, text) if "@" in text or "%40" in text else text


def without_addresses(value: Any) -> Any:
    """A JSON value with e-mail addresses replaced in every text of it; keys stay."""
    if isinstance(value, str):
        return mask_addresses(value)
    if isinstance(value, dict):
        return {key: without_addresses(one) for key, one in value.items()}
    return [without_addresses(one) for one in value] if isinstance(value, list) else value


def _masked(match: re.Match[str]) -> str:
    """Only values that look made by a machine or typed as a password: `token: string` is documentation."""
    value = match["value"]
    telling = any(char.isdigit() for char in value) and any(char.isalpha() for char in value)
    return match["before"] + MASK if telling else match[0]
