"""What happened in a startup, in GitHub's vocabulary but without GitHub's JSON.

The process writes a chronicle, the payloads and the git repositories are read from it. State (open, labels,
milestone, reviewers) is nowhere stored: it is what the happenings add up to, so it cannot contradict them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

HappeningKind = Literal[
    "labeled",
    "unlabeled",
    "assigned",
    "unassigned",
    "milestoned",
    "demilestoned",
    "renamed",
    "commented",
    "review_commented",
    "review_requested",
    "reviewed",
    "committed",
    "convert_to_draft",
    "ready_for_review",
    "cross-referenced",
    "blocked_by_added",
    "blocking_added",
    "merged",
    "closed",
    "reopened",
    "head_ref_deleted",
]
Key = tuple[str, int]
# Names of the detectors that should notice.
TroubleKind = Literal[
    "late_start",
    "quiet_milestone",
    "untracked_board",
    "ageing_work",
    "too_much_wip",
    "review_bottleneck",
    "concurrent_edits",
    "single_ownership",
]


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the team, a guest or a bot. skills: repository -> speed (1 is as estimated, 0 is never)."""

    login: str
    name: str
    skills: dict[str, float]
    day_starts: int = 9
    responsiveness: float = 1.0
    is_bot: bool = False
    is_member: bool = True

    @property
    def email(self) -> str:
        return f"{self.login.removesuffix('[bot]')}@sprint-demo.example"


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One entry of a timeline.

    subject: label, assignee, reviewer, milestone title, new title, review state, key of a commit.
    detail: old title, text of a comment or review, state reason. other: the item at the far end of a reference, or
    the milestone's number.
    """

    at: datetime
    kind: HappeningKind
    repo: str
    number: int
    actor: str | None
    subject: str = ""
    detail: str = ""
    other: Key | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An issue or a pull request as it was opened. author None: the account was deleted since."""

    repo: str
    number: int
    kind: Literal["issue", "pull"]
    title: str
    body: str | None
    author: str | None
    created_at: datetime
    branch: str = ""
    fork: str = ""
    draft: bool = False

    @property
    def key(self) -> Key:
        return (self.repo, self.number)


@dataclass(frozen=True, slots=True)
class FileChange:
    """Lines added to and removed from one file."""

    path: str
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit by its key; the sha follows from the content. number 0: pushed to the default branch.

    merges: number of the pull request whose head is the second parent, 0 where it is no merge.
    """

    key: str
    repo: str
    number: int
    author: str
    at: datetime
    message: str
    changes: tuple[FileChange, ...] = ()
    merges: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt of a workflow on one commit. It is still running where `finished_at` is after the chronicle's end."""

    number: int
    attempt: int
    repo: str
    workflow: str
    event: str
    branch: str
    commit: str
    pull: int
    actor: str
    title: str
    created_at: datetime
    started_at: datetime
    finished_at: datetime
    conclusion: str


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone of one repository with the title it has today."""

    repo: str
    number: int
    title: str
    description: str
    creator: str
    created_at: datetime
    due_on: date
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Release:
    """A published release and the commit it points to."""

    repo: str
    tag: str
    body: str
    author: str
    at: datetime
    commit: str


@dataclass(frozen=True, slots=True)
class WorkSession:
    """Somebody worked on an issue, or on a pull request without one: building, mending or reviewing.

    GitHub sees what comes of it at most. piece: the issue of a pull request, where it has one.
    """

    piece: Key
    who: str
    began: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class InjectedProblem:
    """Something that was put in on purpose: the simulation knows of it, and no collector is told.

    due_on: of the sprint that it threatens. since: when it began. visible: a moment when it has lasted so long that
    somebody who looks should notice. items: issues or pull requests, where it is about single ones.
    """

    kind: TroubleKind
    due_on: date
    since: datetime
    visible: datetime
    items: tuple[Key, ...] = ()


@dataclass(frozen=True)
class EventLog:
    """Everything that happened up to `until`. Happenings, commits, runs and stints are in order of time."""

    start: datetime
    until: datetime
    people: dict[str, Person]
    milestones: tuple[Milestone, ...]
    items: tuple[Item, ...]
    happenings: tuple[TimelineEvent, ...]
    commits: tuple[Commit, ...]
    runs: tuple[Run, ...]
    releases: tuple[Release, ...]
    blocked_by: dict[Key, tuple[Key, ...]]
    troubles: tuple[InjectedProblem, ...] = ()
    stints: tuple[WorkSession, ...] = ()

    @property
    def repos(self) -> tuple[str, ...]:
        return tuple(sorted({item.repo for item in self.items}))
