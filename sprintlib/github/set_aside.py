"""What cannot be collected by itself, while everything else is: named with its reason, and tried again later.

The next sync tries again; what fails then too is left alone for a quarter of an hour, an hour, four hours, then a day
each time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Engine, delete, select

from sprintlib.github.endpoints import COMMENTS, EVENTS, MILESTONES, OF_REPOSITORY, REVIEW_COMMENTS, RUNS
from sprintlib.store import schema, upsert
from sprintlib.text import printable

_RESTS = (timedelta(0), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(days=1))
_LONGEST_KEY = 96
ENTRY = "timeline entry"
COMMIT = "commit"
REPOSITORY = "repository"
COMPARISON = "comparison"
BOARD = "board"
# kind -> (what it is called, the line of completeness it belongs to)
_KINDS: Mapping[str, tuple[str, str]] = {
    "timeline": ("the timeline of {repository}#{key}", "timelines"),
    "detail": ("the size of {repository}#{key}", "pulls"),
    "blocked_by": ("what blocks {repository}#{key}", "dependencies"),
    "milestone items": ("the items of milestone {key} of {repository}", "milestones"),
    ENTRY: ("", "timelines"),
    "issue": ("issue {repository}#{key}", "issues"),
    "pull": ("pull request {repository}#{key}", "pulls"),
    **{
        kind.payload: (f"{kind.thing} {{key}} of {{repository}}", kind.name)
        for kind in (MILESTONES, EVENTS, COMMENTS, REVIEW_COMMENTS, RUNS, *OF_REPOSITORY)
    },
    COMMIT: ("commit {key} of {repository}", "changed_files"),
    BOARD: ("the GitHub Project {key}", "board"),
    REPOSITORY: ("all of {repository}", "repository"),
    COMPARISON: ("the comparison with GitHub's list of {key} of {repository}", ""),
}


@dataclass(frozen=True)
class SetAside:
    """One thing that was left out.

    kind: a list, a part of an item, or what one element is. key: number, id or sha, empty for a whole list. since: when
    it was first left out. next_try: it is not asked for again before.
    """

    repository: str
    kind: str
    key: str
    reason: str
    since: datetime
    attempts: int
    next_try: datetime

    @property
    def what(self) -> str:
        """Such as `the timeline of acme/shop#4`."""
        if self.kind == ENTRY:
            number, _, entry = self.key.partition("/")
            return f"the entry {entry.replace('/', ' ')} in the timeline of {self.repository}#{number}"
        phrase, _ = _KINDS.get(self.kind, (f"the {self.kind.replace('_', ' ')} of {{repository}}", ""))
        return phrase.format(repository=self.repository, key=self.key.replace("_", " "))

    @property
    def part_of(self) -> str:
        """The kind of the cursor that says how complete this is."""
        return self.key if self.kind == COMPARISON else _KINDS.get(self.kind, ("", self.kind))[1]

    def sentence(self) -> str:
        """Such as `the timeline of acme/shop#4 is set aside since 2026-03-20: it answers 502`."""
        return f"{self.what} is set aside since {self.since.astimezone(UTC):%Y-%m-%dT%H:%MZ}: {self.reason}"

    def as_dict(self) -> dict[str, Any]:
        """For JSON: what, why, since, and how it goes on; times as RFC 3339."""
        told = {"what": self.what, "why": self.reason, **asdict(self)}
        del told["reason"]
        return told | {"since": self.since.isoformat(), "next_try": self.next_try.isoformat()}


def set_aside(connection: Connection, repositories: Iterable[str]) -> list[SetAside]:
    """Everything that is set aside in these repositories (OWNER/NAME), the oldest first."""
    table = schema.set_aside
    found = select(table).where(table.c.repository.in_(list(repositories)))
    rows = connection.execute(found.order_by(table.c.since, table.c.kind, table.c.key)).mappings()
    return [SetAside(**row) for row in rows]


class Shelf:
    """What is set aside in one repository; changes are stored at once.

    now: the time of this sync, against which rests are measured.
    """

    def __init__(self, engine: Engine, repository: str, now: datetime) -> None:
        self._engine = engine
        self._repository = repository
        self._now = now
        self._tried: set[tuple[str, str]] = set()
        with engine.connect() as connection:
            self._held = {(one.kind, one.key): one for one in set_aside(connection, [repository])}

    def put(self, kind: str, key: str, reason: object) -> None:
        """Set something aside, or note that it failed again: once a sync, however often it is met."""
        known = self._held.get((kind, key))
        if (kind, key) in self._tried:
            return
        self._tried.add((kind, key))
        attempts = known.attempts + 1 if known else 1
        rest = _RESTS[min(attempts, len(_RESTS)) - 1]
        since = known.since if known else self._now
        one = SetAside(self._repository, kind, key, printable(reason), since, attempts, self._now + rest)
        self._held[kind, key] = one
        with self._engine.begin() as connection:
            upsert(connection, schema.set_aside, [vars(one)])

    def clear(self, kind: str, key: str) -> None:
        """It was collected, or is no longer there."""
        if self._held.pop((kind, key), None) is None:
            return
        table = schema.set_aside.c
        same = (table.repository == self._repository, table.kind == kind, table.key == key)
        with self._engine.begin() as connection:
            connection.execute(delete(schema.set_aside).where(*same))

    def clear_collected(self, kind: str, key: str) -> None:
        """The same, unless it was set aside in this very sync: the rest of the page went well."""
        if (kind, key) not in self._tried:
            self.clear(kind, key)

    def clear_others(self, kind: str, prefix: str) -> None:
        """What was not met again this time is no longer there."""
        for known, key in list(self._held):
            if known == kind and key.startswith(prefix):
                self.clear_collected(known, key)

    def rests(self, kind: str, key: str) -> bool:
        """Whether it is not to be tried now: it failed in this sync already, or too often before."""
        known = self._held.get((kind, key))
        if known is None or (kind, key) in self._tried:
            return known is not None
        # after a first failure the next sync tries, even where GitHub's clock has gone back a second meanwhile
        return known.attempts > 1 and known.next_try > self._now

    def due(self, kind: str) -> list[str]:
        """Keys of a kind that are to be tried again now."""
        return sorted(key for known, key in self._held if known == kind and not self.rests(kind, key))

    def holds(self, *kinds: str) -> bool:
        """Whether anything of these kinds is set aside."""
        return any(kind in kinds for kind, _ in self._held)


def key_of(kind: str, payload: Any, number: int | None = None) -> str:
    """By what an element is named: its number, else its id; a digest with `?` before it where it has neither."""
    own = payload if isinstance(payload, Mapping) else {}
    if kind == "timeline":
        name = next((str(own[key]) for key in ("id", "sha", "node_id") if own.get(key)), _digest(payload))
        key = f"{number}/{printable(own.get('event') or 'entry')}/{printable(name)}"
        return key if len(key) <= _LONGEST_KEY else f"{number}/{_digest(payload)}"
    value = own.get("number" if kind in ("issue", "pull", "milestone") else "id")
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**60:
        return str(value)
    return _digest(payload)


def _digest(payload: Any) -> str:
    return "?" + blake2b(repr(payload)[:100_000].encode(errors="replace"), digest_size=8).hexdigest()
