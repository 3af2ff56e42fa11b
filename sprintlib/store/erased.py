"""People who asked to be erased: a pseudonym stands for their login in whatever is stored, and in what comes in later.

Only a digest of the login is kept, by which it is recognised. A login is found as a whole word, in whatever case;
numbers, addresses of pictures and other identities of a user object go with it.
"""

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import Any

from sqlalchemy import JSON, Column, Connection, LargeBinary, String, Table, select

from sprintlib.store import schema
from sprintlib.store.columns import CompressedJson

# words of GitHub's and of ours, which mean something else than the person who is called so
_VOCABULARY = frozenset(
    {
        *("action", "author_association", "basis", "conclusion", "decision", "event", "kind", "level", "merge_method"),
        *("role", "severity", "side", "source", "state", "state_reason", "status", "type", "visibility"),
    }
)
_PEOPLE = frozenset({"author", "actor", "login", "subject"})  # short columns that hold somebody
_NAMES = ("login", "username", "name")
_WORD = re.compile(r"(?<![A-Za-z\d_-])[A-Za-z\d](?:[A-Za-z\d_]|-(?=[A-Za-z\d]))*")
_OF_ITEMS = ("repository_id", "number")


def digest_of(login: str) -> str:
    """By what a login is recognised."""
    return sha256(login.lower().encode()).hexdigest()


def _digest(name: Any) -> str:
    return digest_of(name) if isinstance(name, str) else ""


@dataclass(frozen=True)
class Erased:
    """Pseudonyms by digest of the login. Nobody: everything stays as it is."""

    pseudonyms: Mapping[str, str]

    @classmethod
    def of(cls, connection: Connection) -> "Erased":
        """Everybody who was erased from this store."""
        table = schema.erased_person.c
        return cls({row.digest: row.pseudonym for row in connection.execute(select(table.digest, table.pseudonym))})

    def __bool__(self) -> bool:
        return bool(self.pseudonyms)

    def text(self, text: str) -> str:
        """The text with pseudonyms."""
        return _WORD.sub(lambda word: self.pseudonyms.get(digest_of(word[0]), word[0]), text)

    def value(self, value: Any) -> Any:
        """A JSON value with pseudonyms, but for keys and for words of a vocabulary."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if not isinstance(value, dict):
            return value
        known = self._account(value)
        if known is not None:
            return {key: known for key in _NAMES if key in value} | {"type": value.get("type", "User")}
        return {key: one if key in _VOCABULARY else self.value(one) for key, one in value.items()}

    def _account(self, value: Mapping[str, Any]) -> str | None:
        """The pseudonym of an account, as GitHub describes one, or as git does: with an address."""
        if "login" not in value and "email" not in value:
            return None
        names = (value.get(key) for key in _NAMES)
        return next((self.pseudonyms[found] for name in names if (found := _digest(name)) in self.pseudonyms), None)

    def row(self, table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row of a table with pseudonyms; a kept payload gets the digest of what it says now."""
        found = {name: self._cell(table.c[name], value) for name, value in row.items()}
        if table is schema.payload and found.get("body") != row.get("body"):
            found["digest"] = blake2b(zlib.decompress(found["body"]), digest_size=16).hexdigest()
        return found

    def _cell(self, column: Column[Any], value: Any) -> Any:
        if value is None or not may_name(column):
            return value
        if not isinstance(value, bytes):
            return self.value(value)
        try:
            before = json.loads(zlib.decompress(value))
        except ValueError:  # a webhook that was not sent as JSON
            return value
        after = self.value(before)
        if after == before:
            return value
        text = json.dumps(after, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        return zlib.compress(text, 1)


def may_name(column: Column[Any]) -> bool:
    """Whether somebody can be named in a column: in texts and JSON, and in short columns that hold a login."""
    if column.primary_key or column.name in _VOCABULARY or column.name in ("digest", "source_digest", "headers"):
        return False
    if isinstance(column.type, LargeBinary):
        return column.table.name in ("payload", "delivery") and column.name == "body"
    if isinstance(column.type, JSON | CompressedJson):
        return True
    if not isinstance(column.type, String):
        return False
    return column.name in _PEOPLE or column.type.length is None


__all__ = ["Erased", "digest_of", "may_name"]
