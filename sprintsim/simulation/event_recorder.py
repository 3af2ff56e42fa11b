"""Writes the chronicle while the simulation runs: numbers items, and notes references as GitHub does."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sprintsim.simulation.event_log import (
    Commit,
    EventLog,
    FileChange,
    HappeningKind,
    InjectedProblem,
    Item,
    Key,
    Milestone,
    Person,
    Release,
    Run,
    TimelineEvent,
    WorkSession,
)

_MENTION = re.compile(r"(?:(?<!\w)sprint-demo/(?P<repo>\w+))?#(?P<number>\d+)\b")


@dataclass
class EventRecorder:
    """Everything that has happened so far."""

    milestones: dict[Key, Milestone] = field(default_factory=dict)
    items: dict[Key, Item] = field(default_factory=dict)
    happenings: list[TimelineEvent] = field(default_factory=list)
    commits: list[Commit] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    blocked_by: dict[Key, tuple[Key, ...]] = field(default_factory=dict)
    troubles: list[InjectedProblem] = field(default_factory=list)
    stints: list[WorkSession] = field(default_factory=list)
    _numbers: Counter[str] = field(default_factory=Counter)
    _run_numbers: Counter[tuple[str, str]] = field(default_factory=Counter)
    _references: set[tuple[Key, Key]] = field(default_factory=set)

    def open_item(
        self,
        at: datetime,
        repo: str,
        kind: Literal["issue", "pull"],
        title: str,
        body: str | None,
        author: str | None,
        *,
        branch: str = "",
        fork: str = "",
        draft: bool = False,
    ) -> Key:
        """Open an issue or a pull request and return its key."""
        self._numbers[repo] += 1
        item = Item(repo, self._numbers[repo], kind, title, body, author, at, branch, fork, draft)
        self.items[item.key] = item
        self._refer(at, item.key, author, body or "")
        return item.key

    def next_number(self, repo: str) -> int:
        """The number that the next item of the repository will have."""
        return self._numbers[repo] + 1

    def note(
        self,
        at: datetime,
        kind: HappeningKind,
        key: Key,
        actor: str | None,
        subject: str = "",
        detail: str = "",
        other: Key | None = None,
    ) -> None:
        """Add one entry to the timeline of an item."""
        self.happenings.append(TimelineEvent(at, kind, *key, actor, subject, detail, other))
        if kind == "commented":
            self._refer(at, key, actor, detail)

    def block(self, at: datetime, waiting: Key, blocker: Key, actor: str) -> None:
        """Record a dependency as GitHub's own: both items show it."""
        self.blocked_by[waiting] = (*self.blocked_by.get(waiting, ()), blocker)
        self.note(at, "blocked_by_added", waiting, actor, other=blocker)
        self.note(at, "blocking_added", blocker, actor, other=waiting)

    def commit(
        self,
        at: datetime,
        repo: str,
        author: str,
        message: str,
        changes: tuple[FileChange, ...] = (),
        *,
        branch: int = 0,
        merges: int = 0,
    ) -> str:
        """Commit to the default branch (0) or to that of a pull request; returns the commit's key."""
        key = f"{repo}-{len(self.commits)}"
        self.commits.append(Commit(key, repo, branch, author, at, message, changes, merges))
        return key

    def next_run_number(self, repo: str, workflow: str) -> int:
        """Count the runs of a workflow."""
        self._run_numbers[(repo, workflow)] += 1
        return self._run_numbers[(repo, workflow)]

    def event_log(self, start: datetime, until: datetime, people: tuple[Person, ...]) -> EventLog:
        """What was written, in order of time."""
        return EventLog(
            start=start,
            until=until,
            people={person.login: person for person in people},
            milestones=tuple(self.milestones.values()),
            items=tuple(sorted(self.items.values(), key=lambda item: item.created_at)),
            happenings=tuple(sorted(self.happenings, key=lambda happening: happening.at)),
            commits=tuple(sorted(self.commits, key=lambda commit: commit.at)),
            runs=tuple(self.runs),
            releases=tuple(self.releases),
            blocked_by=dict(self.blocked_by),
            troubles=tuple(self.troubles),
            stints=tuple(self.stints),
        )

    def _refer(self, at: datetime, source: Key, actor: str | None, text: str) -> None:
        for mention in _MENTION.finditer(text):
            target = (mention["repo"] or source[0], int(mention["number"]))
            if target in self.items and target != source and (source, target) not in self._references:
                self._references.add((source, target))
                self.note(at, "cross-referenced", target, actor, other=source)
