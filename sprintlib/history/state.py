"""What was known about a project at one moment: the only thing that the floors above see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar, TypeVarTuple

import polars as pl
from polars._typing import PolarsDataType

from sprintlib.experiments.model import Experiment
from sprintlib.history.listed import no_listed
from sprintlib.learning import Priors, Recalibration
from sprintlib.settings import SprintSource
from sprintlib.store.frames import UTC_DATETIME

Found = TypeVar("Found")
More = TypeVarTuple("More")


def _schema(columns: Mapping[str, PolarsDataType]) -> pl.Schema:
    return pl.Schema(columns)


_KEY: dict[str, PolarsDataType] = {"repository_id": pl.Int64, "repo": pl.String, "number": pl.Int64}

REPOSITORIES = _schema(
    {
        "repository_id": pl.Int64,
        "repo": pl.String,  # owner/name
        "html_url": pl.String,
        "default_branch": pl.String,
        "has_ci_facts": pl.Boolean,  # False means CI is unknown, never green
        "observed_at": UTC_DATETIME,  # last complete collection of issues; null if never
        "heard_at": UTC_DATETIME,  # when anything new of it was told last, by whomever; null if never
        "named": pl.String,  # as the settings name it, which may be a former name
    }
)
MILESTONES = _schema(
    {
        **_KEY,
        "title": pl.String,  # as known today: identity
        "title_then": pl.String,  # as of t where it can be known
        "state": pl.String,  # open | closed, as of t
        "due_on": pl.Date,  # null: no due date
        "created_at": UTC_DATETIME,
        "closed_at": UTC_DATETIME,  # null while open as of t
        "html_url": pl.String,
        "known_later": pl.List(pl.String),  # names of the columns that could only be taken from after t
    }
)
ITEMS = _schema(
    {
        **_KEY,
        "kind": pl.String,  # issue | pull
        "ref": pl.String,  # owner/name#number
        "html_url": pl.String,
        "title": pl.String,
        "body": pl.String,
        "author": pl.String,  # null: deleted user
        "author_is_bot": pl.Boolean,
        "created_at": UTC_DATETIME,
        "state": pl.String,  # open | closed, as of t
        "closed_at": UTC_DATETIME,  # last closing up to t, null while open
        "closed_as": pl.String,  # done | dropped, null while open
        "draft": pl.Boolean,  # False for issues
        "labels": pl.List(pl.String),  # as of t, from events
        "assignees": pl.List(pl.String),  # as of t, from events
        "milestone": pl.Int64,  # number of the milestone it is in as of t
        "head_sha": pl.String,
        "head_ref": pl.String,  # name of the branch; null for issues. It never changes.
        "additions": pl.Int64,  # as last fetched; null where unknown
        "deletions": pl.Int64,
        "known_later": pl.List(pl.String),
    }
)
MEMBERSHIPS = _schema(
    {
        "repository_id": pl.Int64,
        "repo": pl.String,
        "milestone": pl.Int64,  # null: a title that fits no number
        "milestone_title": pl.String,  # as the event called it
        "number": pl.Int64,  # the item
        "entered_at": UTC_DATETIME,
        "left_at": UTC_DATETIME,  # null while inside as of t
    }
)
TRANSITIONS = _schema(
    {
        **_KEY,
        "at": UTC_DATETIME,
        "to": pl.String,  # open | done | dropped; the first row of an item is its creation
    }
)
EVENTS = _schema(
    {
        **_KEY,
        "kind": pl.String,  # GitHub's event name
        "actor": pl.String,
        "actor_is_bot": pl.Boolean,
        "subject": pl.String,
        "detail": pl.String,
        "happened_at": UTC_DATETIME,
    }
)
COMMENTS = _schema(
    {
        **_KEY,
        "kind": pl.String,  # issue | review
        "author": pl.String,
        "author_is_bot": pl.Boolean,
        "body": pl.String,  # null where not loaded: of closed items outside milestones
        "html_url": pl.String,
        "created_at": UTC_DATETIME,
        "known_later": pl.List(pl.String),
    }
)
REVIEWS = _schema(
    {
        **_KEY,
        "author": pl.String,
        "author_is_bot": pl.Boolean,
        "state": pl.String,  # approved | changes_requested | commented | dismissed
        "body": pl.String,
        "html_url": pl.String,
        "submitted_at": UTC_DATETIME,
        "known_later": pl.List(pl.String),
    }
)
COMMITS = _schema(
    {
        **_KEY,  # the pull request it belongs to; null number: on a branch only
        "sha": pl.String,
        "author": pl.String,  # a name, not a login
        "author_is_bot": pl.Boolean,
        "message": pl.String,
        "committed_at": UTC_DATETIME,
    }
)
RUNS = _schema(
    {
        "repository_id": pl.Int64,
        "repo": pl.String,
        "id": pl.Int64,
        "attempt": pl.Int64,
        "workflow": pl.String,  # which workflow: its id, else its file, else its name
        "path": pl.String,  # its file; null where GitHub did not say
        "name": pl.String,  # neither unique nor lasting
        "event": pl.String,
        "head_branch": pl.String,
        "head_sha": pl.String,
        "from_fork": pl.Boolean,  # the branch is another repository's, whatever it is called
        "conclusion": pl.String,  # null while running as of t
        "html_url": pl.String,
        "created_at": UTC_DATETIME,
        "finished_at": UTC_DATETIME,  # null while running as of t
    }
)
DEPENDENCIES = _schema(
    {
        **_KEY,  # the item that waits
        "blocker": pl.String,  # owner/name#number
        "type": pl.String,  # blocks
        "observed_at": UTC_DATETIME,
    }
)
CHANGED_FILES = _schema(
    {
        "repository_id": pl.Int64,
        "repo": pl.String,
        "sha": pl.String,
        "path": pl.String,
        "author": pl.String,
        "additions": pl.Int64,  # null for a binary file
        "deletions": pl.Int64,
        "committed_at": UTC_DATETIME,
    }
)


POINTS = _schema({"repository_id": pl.Int64, "number": pl.Int64, "points": pl.Float64})
PRESENCE = _schema(
    {
        "repository_id": pl.Int64,
        "number": pl.Int64,
        "arrived_at": UTC_DATETIME,  # transferred here; null: opened here
        "gone_at": UTC_DATETIME,  # transferred away, deleted or converted; null: still there
    }
)


@dataclass(frozen=True)
class Holdings:
    """What the store holds of a project beside what there was at the moment.

    gone: items (schema ITEMS) that were there before and are no longer; of the frames only memberships, transitions
    and events still know them, as of their time. presence: when these, and those that were transferred here, were
    there. former_names: of repositories, in lower case -> their name of today. incomplete: what has not been
    collected completely, a sentence each; about the store as it is, whatever the moment.
    """

    gone: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ITEMS))
    presence: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PRESENCE))
    former_names: Mapping[str, str] = field(default_factory=dict)
    incomplete: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProjectState:
    """A project as of one moment. No value is later than `as_of`, except columns listed in `known_later`.

    Every frame has the schema of the constant with its name, whatever it holds; times are UTC.
    unresolved: memberships under titles that could not be mapped to a milestone number (schema MEMBERSHIPS).
    sprint_parts: title of a sprint -> its milestones as `owner/name#number`, where sprint.toml decides it.
    holdings: what the frames cannot show.
    first_days: (repository_id, milestone number) -> first day of the sprint, where sprint.toml says so.
    unknown_titles: milestones that sprint.toml names and that never were.
    source: what the milestones of this past are: GitHub's, or sprints of another source (history.sprint_source).
    points: of items on a GitHub Project that have some, as of the moment (schema POINTS).
    listed: name of the table -> things of a repository that belong to no item (history.listed).
    experiments: those that items enter at the moment. recalibration: the one in force then. priors: of other teams, in
    use then; both None for a past made from another one.
    """

    project: str
    as_of: datetime
    repositories: pl.DataFrame
    milestones: pl.DataFrame
    items: pl.DataFrame
    memberships: pl.DataFrame
    transitions: pl.DataFrame
    events: pl.DataFrame
    comments: pl.DataFrame
    reviews: pl.DataFrame
    commits: pl.DataFrame
    runs: pl.DataFrame
    unresolved: pl.DataFrame
    dependencies: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DEPENDENCIES))
    listed: Mapping[str, pl.DataFrame] = field(default_factory=no_listed)
    changed_files: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CHANGED_FILES))
    sprint_parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    holdings: Holdings = field(default_factory=Holdings)
    first_days: Mapping[tuple[int, int], date] = field(default_factory=dict)
    unknown_titles: tuple[str, ...] = ()
    source: SprintSource = "milestones"
    points: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=POINTS))
    experiments: tuple[Experiment, ...] = ()
    recalibration: Recalibration | None = None
    priors: Priors | None = None

    @property
    def releases(self) -> pl.DataFrame:
        """Published releases (schema history.listed.RELEASES), oldest first."""
        return self.listed["release"]

    def cached(self, work: Callable[["ProjectState", *More], Found], *more: *More) -> Found:
        """What `work(past, *more)` finds, worked out the first time that it is asked for and kept as long as the past.

        For what every milestone of a project needs and none changes. work: a function of a module, of the past and of
        `more` (hashable) alone; nobody changes what it returned.
        """
        key = (work, *more)
        if key not in self._known:
            self._known[key] = work(self, *more)
        found: Found = self._known[key]
        return found

    @cached_property
    def _known(self) -> dict[object, Any]:
        return {}
