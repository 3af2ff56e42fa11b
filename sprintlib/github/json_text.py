"""JSON that others wrote, without the two kinds of characters that no database takes as text."""

import json
import re
from typing import Any

# U+0000, which PostgreSQL refuses, and halves of surrogate pairs, which are no text in UTF-8: both only as escapes
_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def read_json(content: str | bytes) -> Any:
    """What the JSON says; null characters and lone surrogates in its strings are taken out.

    Raises ValueError for what is not JSON.
    """
    text = content if isinstance(content, str) else content.decode(json.detect_encoding(content))
    value = json.loads(text)
    return _storable(value) if _SUSPECT.search(text) else value


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return value
