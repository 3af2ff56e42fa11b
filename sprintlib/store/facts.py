"""Tables of facts: what GitHub told, when it happened and when it was fetched.

Entity tables are upserted views of payloads and events, which are append-only.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from sprintlib.store.columns import gone_at, metadata, moment, observed, of_repository
from sprintlib.store.nature import of_facts

_ITEM = ("item", "number")
_LIFE = ("created_at", "updated_at", "closed_at", "gone_at", "observed_at")


def _item_columns() -> tuple[Column[Any], ...]:
    """What an issue and a pull request have in common, as of `observed_at`."""
    return (
        of_repository(primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("node_id", String(64), comment="GitHub gives new ones now and then"),
        Column("title", Text, nullable=False),
        Column("body", Text),
        Column("author", String(128)),
        Column("author_type", String(16)),
        Column("state", String(16), nullable=False),
        Column("state_reason", String(32)),
        Column("locked", Boolean, nullable=False),
        Column("comments", Integer),
        Column("labels", JSON, nullable=False),
        Column("assignees", JSON, nullable=False),
        Column("milestone_number", Integer),
        Column("html_url", Text, nullable=False),
        moment("created_at", nullable=False),
        moment("updated_at", nullable=False),
        moment("closed_at"),
        gone_at(),
    )


organization = Table(
    "organization",
    metadata,
    Column("login", String(128), primary_key=True),
    Column("node_id", String(64)),
    Column("kind", String(16)),
    *observed(),
    info=of_facts(made_from="payloads"),
)

repository = Table(
    "repository",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("node_id", String(64)),
    Column("full_name", String(256), nullable=False, unique=True),
    Column("organization", String(128)),
    Column("default_branch", String(256)),
    Column("html_url", Text, nullable=False),
    Column("clone_url", Text),
    Column("private", Boolean),
    Column("archived", Boolean),
    moment("created_at"),
    *observed(),
    info=of_facts(made_from="payloads"),
)

repository_name = Table(
    "repository_name",
    metadata,
    Column(
        "name", String(256), primary_key=True, comment="OWNER/NAME in lower case, as GitHub or the settings said it"
    ),
    of_repository(),
    moment("seen_at", nullable=False),
    comment="every name under which a repository was found: it is looked up by what a name meant",
    info=of_facts(made_from="else"),
)

project = Table("project", metadata, Column("name", String(128), primary_key=True), info=of_facts(made_from="else"))

project_repository = Table(
    "project_repository",
    metadata,
    Column("project", String(128), ForeignKey("project.name"), primary_key=True),
    of_repository(primary_key=True),
    info=of_facts(made_from="else"),
)

milestone = Table(
    "milestone",
    metadata,
    of_repository(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("node_id", String(64)),
    Column("title", Text, nullable=False),
    Column("description", Text),
    Column("state", String(16), nullable=False),
    Column("due_on", Date),
    Column("open_issues", Integer),
    Column("closed_issues", Integer),
    Column("html_url", Text, nullable=False),
    moment("created_at", nullable=False),
    moment("updated_at"),
    moment("closed_at"),
    gone_at(),
    *observed(),
    info=of_facts(
        about=("milestone", "number"), newest_by=("updated_at", "observed_at"), times=_LIFE, made_from="payloads"
    ),
)

milestone_title = Table(
    "milestone_title",
    metadata,
    of_repository(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("title", String(512), primary_key=True),
    Column("proof", String(256), nullable=False),
    moment("seen_at", nullable=False),
    comment="titles under which a payload showed a milestone number; seen_at is the payload's own update time",
    info=of_facts(about=("milestone", "number"), made_from="payloads"),
)

issue = Table(
    "issue",
    metadata,
    *_item_columns(),
    Column("blockers", Integer, comment="how many blockers GitHub counts; null where it does not say"),
    *observed(),
    info=of_facts(
        about=_ITEM,
        newest_by=("updated_at", "observed_at"),
        keep_known=("blockers",),
        times=_LIFE,
        made_from="payloads",
    ),
)

pull_request = Table(
    "pull_request",
    metadata,
    *_item_columns(),
    Column("draft", Boolean, nullable=False),
    Column("merged", Boolean, nullable=False),
    moment("merged_at"),
    Column("merge_commit_sha", String(40)),
    Column("head_ref", Text),
    Column("head_sha", String(40)),
    Column("head_repository", String(256)),
    Column("base_ref", Text),
    Column("requested_reviewers", JSON, nullable=False),
    Column("additions", Integer),
    Column("deletions", Integer),
    Column("changed_files", Integer),
    *observed(),
    info=of_facts(
        about=_ITEM,
        newest_by=("updated_at", "observed_at"),
        keep_known=("additions", "deletions", "changed_files", "comments"),
        times=(*_LIFE, "merged_at"),
        made_from="payloads",
    ),
)

review = Table(
    "review",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("node_id", String(64)),
    of_repository(),
    Column("number", Integer, nullable=False),
    Column("author", String(128)),
    Column("author_type", String(16)),
    Column("state", String(24), nullable=False),
    Column("body", Text),
    Column("commit_sha", String(40)),
    Column("html_url", Text),
    moment("submitted_at", nullable=False),
    *observed(),
    info=of_facts(about=_ITEM, newest_by=("observed_at",), times=("submitted_at", "observed_at"), made_from="payloads"),
)
Index("ix_review_number", review.c.repository_id, review.c.number)

comment = Table(
    "comment",
    metadata,
    Column("kind", String(16), nullable=False, comment="issue | review"),
    Column("id", BigInteger, nullable=False, comment="GitHub counts the comments of each kind by themselves"),
    Column("node_id", String(64)),
    of_repository(),
    Column("number", Integer, nullable=False),
    Column("author", String(128)),
    Column("author_type", String(16)),
    Column("body", Text),
    Column("path", Text),
    Column("html_url", Text),
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
    gone_at(),
    *observed(),
    PrimaryKeyConstraint("kind", "id"),
    info=of_facts(
        about=_ITEM,
        newest_by=("updated_at", "observed_at"),
        times=("created_at", "updated_at", "gone_at", "observed_at"),
        made_from="payloads",
    ),
)
Index("ix_comment_number", comment.c.repository_id, comment.c.number)

commit = Table(
    "commit",
    metadata,
    of_repository(primary_key=True),
    Column("sha", String(40), primary_key=True),
    Column("author", String(256)),
    Column("message", Text),
    Column("parents", JSON, nullable=False),
    moment("authored_at"),
    moment("committed_at", nullable=False),
    *observed(),
    info=of_facts(about=("commit", "sha"), times=("committed_at",), made_from="payloads"),
)

pull_request_commit = Table(
    "pull_request_commit",
    metadata,
    of_repository(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sha", String(40), primary_key=True),
    info=of_facts(about=_ITEM, made_from="payloads"),
)

changed_file = Table(
    "changed_file",
    metadata,
    of_repository(primary_key=True),
    Column("sha", String(40), primary_key=True),
    Column("path", String(1024), primary_key=True),
    Column("additions", Integer, comment="null for a binary file"),
    Column("deletions", Integer, comment="null for a binary file"),
    info=of_facts(made_from="else"),
)

workflow_run = Table(
    "workflow_run",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    of_repository(),
    Column("workflow_id", BigInteger, comment="which workflow; names are not unique and change"),
    Column("path", Text, comment="the workflow's file"),
    Column("name", Text),
    Column("event", String(64)),
    Column("head_branch", Text),
    Column("head_sha", String(40)),
    Column("head_repository_id", BigInteger, comment="where the branch is: a fork may call its own main; null: unsaid"),
    Column("status", String(24)),
    Column("conclusion", String(24)),
    Column("html_url", Text, nullable=False),
    moment("created_at", nullable=False),
    moment("started_at"),
    moment("updated_at", nullable=False),
    gone_at(),
    *observed(),
    info=of_facts(
        about=("run", "id"),
        newest_by=("updated_at", "observed_at"),
        times=("created_at", "started_at", "updated_at", "gone_at"),
        made_from="payloads",
    ),
)
Index("ix_workflow_run_repository_id", workflow_run.c.repository_id, workflow_run.c.created_at)

event = Table(
    "event",
    metadata,
    Column("id", String(96), primary_key=True),
    of_repository(),
    Column("number", Integer, nullable=False),
    Column("kind", String(48), nullable=False, comment="GitHub's event name: milestoned, closed, labeled, ..."),
    Column("actor", String(128)),
    Column("actor_type", String(16)),
    Column(
        "subject",
        Text,
        comment="label, assignee, reviewer, milestone title or new title; 'owner/repo#n' of a reference",
    ),
    Column(
        "detail",
        Text,
        comment="state_reason of a closing, old title of a renaming, sha of a commit, blocker as owner/repo#n",
    ),
    moment("happened_at", nullable=False),
    *observed(),
    comment="append-only timeline: the source of as-of truth",
    info=of_facts(about=_ITEM, times=("happened_at",), made_from="payloads"),
)
Index("ix_event_number", event.c.repository_id, event.c.number, event.c.happened_at)
Index("ix_event_kind", event.c.repository_id, event.c.kind)

dependency = Table(
    "dependency",
    metadata,
    of_repository(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="the item that waits"),
    Column("blocker", String(280), primary_key=True, comment="owner/repo#n"),
    Column("type", String(16), primary_key=True, comment="blocks"),
    *observed(),
    comment="edges that GitHub itself states; edges read from text are derived in sprintlib.dependencies",
    info=of_facts(about=_ITEM, times=("observed_at",), made_from="payloads"),
)

snapshot = Table(
    "snapshot",
    metadata,
    of_repository(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("title", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_on", Date),
    Column("open_issues", Integer),
    Column("closed_issues", Integer),
    moment("observed_at", nullable=False),
    comment="each milestone as it was when first seen that day",
    info=of_facts(about=("milestone", "number"), times=("observed_at",), made_from="else"),
)

payload = Table(
    "payload",
    metadata,
    Column("kind", String(24), primary_key=True),
    Column("key", String(96), primary_key=True, comment="what stays the same in all versions of it, by kind"),
    Column("digest", String(32), primary_key=True),
    of_repository(),
    Column("body", LargeBinary, nullable=False, comment="zlib-compressed JSON, as GitHub sent it"),
    moment("observed_at", nullable=False),
    Column("number", Integer, comment="the item that an event, a comment, a review or a commit belongs to"),
    Column("source", String(16), nullable=False, server_default="rest", comment="who told it last"),
    moment("seen_at", comment="when it was last told; observed_at is when it was first"),
    comment="append-only",
)
Index("ix_payload_observed", payload.c.repository_id, payload.c.observed_at)
