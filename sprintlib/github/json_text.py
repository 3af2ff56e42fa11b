"""JSON that others wrote: bounded, and without the two kinds of characters that no database takes as text."""

import json
import re
from typing import Any

# U+0000, which PostgreSQL refuses, and halves of surrogate pairs, which are no text in UTF-8: both only as escapes
_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# an empty object of two bytes takes sixty in memory, so that a long text may hold only so many values
_LONG = 1024 * 1024
_MOST_VALUES = 500_000
_VALUE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{,]', re.DOTALL)


class DeepError(ValueError):
    """JSON that is nested deeper, or holds more values, than anything that makes sense."""


def read_json(content: str | bytes) -> Any:
    """What the JSON says; null characters and lone surrogates in its strings are taken out.

    Raises ValueError for what is not JSON, DeepError (a ValueError) for what is nested without end or holds more than
    half a million values.
    """
    text = content if isinstance(content, str) else content.decode(json.detect_encoding(content))
    if len(text) > _LONG and _has_too_many_values(text):
        raise DeepError(f"it holds more than {_MOST_VALUES:,} values")
    try:
        value = json.loads(text)
        return _storable(value) if _SUSPECT.search(text) else value
    except RecursionError:
        raise DeepError("it is nested too deeply") from None


def _has_too_many_values(text: str) -> bool:
    if sum(map(text.count, "[{,")) <= _MOST_VALUES:
        return False
    # some may stand inside strings
    found = 0
    for match in _VALUE.finditer(text):
        found += match[0][0] != '"'
        if found > _MOST_VALUES:
            return True
    return False


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return value
