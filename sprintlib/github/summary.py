"""What a collection brought, and how complete the store is: one sentence per repository and kind."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sprintlib.github.cursors import Cursor
from sprintlib.github.endpoints import (
    COMMENTS,
    EVENTS,
    ISSUES,
    MILESTONES,
    OF_REPOSITORY,
    PULLS,
    REVIEW_COMMENTS,
    RUNS,
)
from sprintlib.github.set_aside import SetAside

_LISTS = (MILESTONES, ISSUES, PULLS, EVENTS, COMMENTS, REVIEW_COMMENTS, RUNS, *OF_REPOSITORY)
LABELS = {
    "repository": "repository",
    **{kind.name: kind.label for kind in _LISTS},
    "timelines": "timelines",
    "review": "reviews",
    "pull_request_commit": "commits of pull requests",
    "dependencies": "blocking links",
    "changed_files": "commits with changed files",
}

_MOST_NAMED = 3


def renaming(name: str, today: str) -> str:
    """What to do about a repository that the settings call by a former name, in one sentence."""
    return f"{name} is now {today}: update sprint.toml."


@dataclass(frozen=True)
class Completeness:
    """How much of one kind the store holds.

    collected: rows held. expected: what GitHub says there is, None where it does not say. complete: whether the
    collection came to its end and nothing is set aside. as_of: GitHub's clock when it was last asked. set_aside: what
    is left out, in words.
    """

    repository: str
    kind: str
    collected: int
    expected: int | None
    complete: bool
    as_of: datetime
    note: str | None = None
    set_aside: tuple[str, ...] = ()

    @classmethod
    def of(cls, cursor: Cursor, aside: Sequence[SetAside] = ()) -> "Completeness":
        names = ("repository", "kind", "collected", "expected", "as_of", "note")
        whats = tuple(one.what for one in aside if one.repository == cursor.repository and one.part_of == cursor.kind)
        values = {name: getattr(cursor, name) for name in names}
        return cls(**values, complete=cursor.complete and not whats, set_aside=whats)

    def sentence(self) -> str:
        """Such as `1,308 of 1,308 pull requests as of 2026-08-22T19:00Z`."""
        label = LABELS.get(self.kind, self.kind)
        count = f"{self.collected:,}"
        if self.expected is not None:
            count += f" of {self.expected:,}"
        extras = [] if self.complete or self.set_aside else ["not finished"]
        if self.expected is None and self.complete and not self.note:
            extras.append("GitHub does not say how many there are")
        extras += [self.note] if self.note else []
        if self.set_aside:
            named = ", ".join(self.set_aside[:_MOST_NAMED])
            more = f" and {len(self.set_aside) - _MOST_NAMED:,} more" if len(self.set_aside) > _MOST_NAMED else ""
            extras.append(f"{len(self.set_aside):,} set aside: {named}{more}")
        about = f" ({'; '.join(extras)})" if extras else ""
        return f"{count} {label} as of {self.as_of.astimezone(UTC):%Y-%m-%dT%H:%MZ}{about}"


@dataclass(frozen=True)
class SyncSummary:
    """The result of one collection. Times are UTC; `requests` includes those answered 304.

    set_aside: what could not be collected, while everything else was.
    """

    started_at: datetime
    finished_at: datetime
    requests: int
    not_modified: int
    completeness: tuple[Completeness, ...]
    warnings: tuple[str, ...] = ()
    set_aside: tuple[SetAside, ...] = ()

    @property
    def repositories(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part.repository for part in self.completeness))

    def as_dict(self) -> dict[str, Any]:
        """For `sprint sync --json`: times as RFC 3339."""
        return {
            "started_at": self.started_at.isoformat(),
            "finished_at": self.finished_at.isoformat(),
            "requests": self.requests,
            "not_modified": self.not_modified,
            "warnings": list(self.warnings),
            "set_aside": [one.as_dict() for one in self.set_aside],
            "completeness": [
                {**asdict(part), "as_of": part.as_of.isoformat(), "sentence": part.sentence()}
                for part in self.completeness
            ],
        }
