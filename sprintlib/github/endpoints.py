"""The lists that GitHub has of a repository, and how each is asked for."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table

from sprintlib.store import schema

PAGE_SIZE = 100


@dataclass(frozen=True)
class ListEndpoint:
    """One of GitHub's lists of a repository.

    name: kind in `sync_cursor`. label: what it holds, in a plural that ends in s. payload: kind for `FactBatch.add`.
    path: below the repository; one element is at PATH/KEY. table, counted: the rows that come from this list.
    query: parameters that put the newest first.
    ordered_by: the payload's time by which the list is ordered; None: all pages are read whenever it changed.
    first_page_tells: whether every change shows on the first page. permission: what a fine-grained token needs;
    where `optional`, the collection goes on without it. envelope: key under which the list lies in the answer.
    window: only what is younger than `github.details_days`.
    """

    name: str
    label: str
    payload: str
    path: str
    table: Table
    permission: str
    ordered_by: str | None = "updated_at"
    query: tuple[tuple[str, str], ...] = ()
    counted: ColumnElement[bool] | None = None
    first_page_tells: bool = True
    optional: bool = False
    envelope: str | None = None
    window: bool = False

    @property
    def thing(self) -> str:
        """What one element is called."""
        return self.label.removesuffix("s")

    @property
    def parameters(self) -> dict[str, str]:
        return {**dict(self.query), "per_page": str(PAGE_SIZE)}


_ALL = ("state", "all")
_BY_UPDATE = (("sort", "updated"), ("direction", "desc"))
MILESTONES = ListEndpoint(
    "milestones",
    "milestones",
    "milestone",
    "milestones",
    schema.milestone,
    "Issues",
    ordered_by=None,
    query=(_ALL, ("sort", "due_on"), ("direction", "desc")),
    first_page_tells=False,
)
PULLS = ListEndpoint(
    "pulls", "pull requests", "pull", "pulls", schema.pull_request, "Pull requests", query=(_ALL, *_BY_UPDATE)
)
ISSUES = ListEndpoint("issues", "issues", "issue", "issues", schema.issue, "Issues", query=(_ALL, *_BY_UPDATE))
EVENTS = ListEndpoint(
    "events",
    "issue events",
    "event",
    "issues/events",
    schema.event,
    "Issues",
    ordered_by="created_at",
    counted=schema.event.c.kind != "cross-referenced",  # those are in timelines only
)
COMMENTS = ListEndpoint(
    "comments",
    "issue comments",
    "comment",
    "issues/comments",
    schema.comment,
    "Issues",
    query=_BY_UPDATE,
    counted=schema.comment.c.kind == "issue",
)
REVIEW_COMMENTS = ListEndpoint(
    "review_comments",
    "review comments",
    "review_comment",
    "pulls/comments",
    schema.comment,
    "Pull requests",
    query=_BY_UPDATE,
    counted=schema.comment.c.kind == "review",
)
RUNS = ListEndpoint(
    "workflow_runs",
    "workflow runs",
    "run",
    "actions/runs",
    schema.workflow_run,
    "Actions",
    ordered_by="created_at",
    optional=True,
    envelope="workflow_runs",
    window=True,
)
# what belongs to no item: read whole whenever it changed
OF_REPOSITORY = (
    ListEndpoint(
        "releases", "releases", "release", "releases", schema.listed.release, "Contents", ordered_by=None, optional=True
    ),
)
# what an analysis needs most comes first, so that an interrupted first collection is of use
LISTS: tuple[ListEndpoint, ...] = (PULLS, ISSUES, EVENTS, RUNS, *OF_REPOSITORY, COMMENTS, REVIEW_COMMENTS)
