"""Pseudonyms for people in a report: `dev-1a2b3c` wherever somebody's login or name stands.

The same person has the same pseudonym in every report of a home, until `sprint secrets rotate`: it is a keyed hash, so
that nobody else can tell from a list of logins who is who. Names of repositories and of their owners stay, as every
reference holds them, and so do robots.
"""

import hmac
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel
from sqlalchemy import ColumnElement, select

from sprintlib.access.keys import load_keys
from sprintlib.history.machines import Machines
from sprintlib.project import ProjectHandle
from sprintlib.store import schema

Value = TypeVar("Value")
_PEOPLE: tuple[ColumnElement[Any], ...] = (
    schema.issue.c.author,
    schema.pull_request.c.author,
    schema.review.c.author,
    schema.comment.c.author,
    schema.commit.c.author,
    schema.event.c.actor,
)
_LISTED = (schema.issue.c.assignees, schema.pull_request.c.assignees, schema.pull_request.c.requested_reviewers)
_ABOUT_PEOPLE = ("assigned", "unassigned", "review_requested", "review_request_removed")
# fields that name a thing of ours, or hold a word of a fixed vocabulary
_NEVER = frozenset({"id", "key", "kind", "digest", "play", "severity", "state", "state_reason", "status", "time_zone"})
_MENTION = r"(?<![\w@])@(?P<mentioned>[A-Za-z\d](?:[A-Za-z\d]|-(?=[A-Za-z\d])){0,38})(?![\w/@])"
_SHORTEST = 3  # what is shorter, and what is a number, is told from other words by its '@' only


@dataclass(frozen=True)
class Pseudonyms:
    """Who is replaced by what. names: in lower case. kept: words that stay, in lower case."""

    names: Collection[str]
    kept: frozenset[str] = frozenset()
    _key: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, project: ProjectHandle) -> "Pseudonyms":
        """For everybody whom the facts of a project name. Raises SettingsError where the home's keys cannot be read."""
        repositories = [name.lower() for name in project.settings.project.repositories]
        kept = frozenset(part for name in repositories for part in (name, *name.split("/")))
        machines = Machines.of(project.settings.project.machines)
        names = {name.lower() for name in _people(project) if not machines.includes(name)}
        return cls(names - kept, kept, load_keys(project.settings.data_dir)[0].derived("pseudonyms"))

    def name(self, login: str) -> str:
        """The pseudonym of somebody."""
        return f"dev-{hmac.new(self._key, login.lower().encode(), 'sha256').hexdigest()[:6]}"

    def text(self, text: str) -> str:
        """A text with pseudonyms, mentions of anybody included."""
        return self._replaced(text, self._pattern(text))

    def applied(self, value: Value) -> Value:
        """The same thing with pseudonyms in every text of it, but for keys and for words of a fixed vocabulary."""
        said: Value = self._applied(value, self._pattern("\n".join(_texts(value))))
        return said

    def _pattern(self, text: str) -> re.Pattern[str]:
        """Finds mentions, and those people who are in this text at all."""
        lower = text.lower()
        said = (name for name in self.names if name in lower and len(name) >= _SHORTEST and not name.isdecimal())
        found = "|".join(re.escape(name) for name in sorted(said, key=len, reverse=True))
        words = rf"|(?<![^\W_])(?:{found})(?![^\W_])" if found else ""
        return re.compile(_MENTION + words, re.IGNORECASE)

    def _replaced(self, text: str, pattern: re.Pattern[str]) -> str:
        if text.lower() in self.names:
            return self.name(text)

        def said(match: re.Match[str]) -> str:
            login = match["mentioned"] or match[0]
            return match[0] if login.lower() in self.kept else self.name(login)

        return pattern.sub(said, text)

    def _applied(self, value: Any, pattern: re.Pattern[str]) -> Any:
        if type(value) is str:
            return self._replaced(value, pattern)
        if isinstance(value, BaseModel):
            told = {name: getattr(value, name) for name in _told_fields(type(value))}
            return value.model_copy(update={name: self._applied(one, pattern) for name, one in told.items()})
        if is_dataclass(value) and not isinstance(value, type):
            told = {one.name: getattr(value, one.name) for one in fields(value) if one.init and one.name not in _NEVER}
            return replace(value, **{name: self._applied(one, pattern) for name, one in told.items()})
        if isinstance(value, Mapping):
            return {self._applied(key, pattern): self._applied(one, pattern) for key, one in value.items()}
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*(self._applied(one, pattern) for one in value))
        if isinstance(value, tuple | list):
            return type(value)(self._applied(one, pattern) for one in value)
        return value


def _told_fields(kind: type[BaseModel]) -> list[str]:
    """Fields that may hold a text of somebody's."""
    return [
        name for name, one in kind.model_fields.items() if name not in _NEVER and not _is_vocabulary(one.annotation)
    ]


def _is_vocabulary(annotation: Any) -> bool:
    return get_origin(annotation) is Literal or any(_is_vocabulary(one) for one in get_args(annotation))


def _texts(value: Any) -> Iterator[str]:
    """Every text in a thing."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        yield value.model_dump_json()
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _texts(getattr(value, one.name))
    elif isinstance(value, Mapping):
        for pair in value.items():
            yield from _texts(pair)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _texts(one)


def _people(project: ProjectHandle) -> Iterator[str]:
    """Everybody whom facts or settings name, as they are written."""
    with project.engine.connect() as connection:
        for column in _PEOPLE:
            yield from _names(connection.execute(select(column).distinct()).scalars())
        about = schema.event.c.kind.in_(_ABOUT_PEOPLE)
        yield from _names(connection.execute(select(schema.event.c.subject).where(about).distinct()).scalars())
        for column in _LISTED:
            for listed in connection.execute(select(column)).scalars():
                yield from _names(listed or ())
    auth = project.settings.auth
    yield from (*auth.admins, *auth.members, *auth.viewers)


def _names(found: Iterable[str | None]) -> Iterator[str]:
    return (name.strip() for name in found if name and name.strip())
