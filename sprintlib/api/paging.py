"""Lists in pages: `limit` and an opaque `cursor`; an answer names the next one."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from sprintlib.errors import SettingsError

Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.", examples=[20])]
Cursor = Annotated[str | None, Query(max_length=400, description="`next` of the page before.")]


class Page(BaseModel, Generic[Item]):
    """A page of a list. next: the cursor of the page after it; null on the last one."""

    model_config = ConfigDict(frozen=True)

    items: list[Item]
    next: str | None = Field(None)


def page_of(items: Sequence[Item], key: Callable[[Item], str], limit: int, cursor: str | None) -> Page[Item]:
    """A page of a whole list whose items keep their order. key: tells one from the others.

    Raises SettingsError for a cursor whose item is there no longer, or that is none.
    """
    start = 0
    if cursor is not None:
        last = _decoded(cursor)
        start = next((place for place, one in enumerate(items, 1) if key(one) == last), 0)
        if not start:
            raise _wrong()
    chosen = list(items[start : start + limit])
    more = start + limit < len(items)
    return Page(items=chosen, next=_encoded(key(chosen[-1])) if more else None)


def numbered_page(
    read: Callable[[int, int | None], Sequence[Item]], number: Callable[[Item], int], limit: int, cursor: str | None
) -> Page[Item]:
    """A page of what the store numbers, newest first. read: (most, only those before this number)."""
    before = None
    if cursor is not None:
        text = _decoded(cursor)
        if not text.isdecimal() or len(text) > 18:
            raise _wrong()
        before = int(text)
    found = read(limit + 1, before)
    chosen = list(found[:limit])
    return Page(items=chosen, next=_encoded(str(number(chosen[-1]))) if len(found) > limit else None)


def _encoded(key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _decoded(cursor: str) -> str:
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, UnicodeDecodeError):
        raise _wrong() from None
    if not isinstance(found, str):
        raise _wrong()
    return found


def _wrong() -> SettingsError:
    return SettingsError("The cursor is no longer one of this list: begin again without it.")
