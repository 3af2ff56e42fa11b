"""Tables of the store: facts as GitHub gave them, and results that can be rebuilt from them.

Facts keep two clocks: when something happened in the world (`created_at`, `happened_at`, ...) and when we
fetched it (`observed_at`). All times are UTC. Table names are singular. People appear as logins only.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime. Naive values are refused; SQLite stores them without the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r} refused: the store keeps UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _moment(name: str, nullable: bool = True) -> Column[Any]:
    return Column(name, UtcDateTime, nullable=nullable)


def _repository(primary_key: bool = False) -> Column[Any]:
    return Column("repository_id", BigInteger, ForeignKey("repository.id"), primary_key=primary_key, nullable=False)


def _observed() -> tuple[Column[Any], Column[Any]]:
    """Where a row came from and when it was last fetched."""
    return Column("source", String(16), nullable=False), _moment("observed_at", nullable=False)


def _item_columns() -> tuple[Column[Any], ...]:
    """What an issue and a pull request have in common, as of `observed_at`."""
    return (
        Column("node_id", String(64), primary_key=True),
        _repository(),
        Column("number", Integer, nullable=False),
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
        _moment("created_at", nullable=False),
        _moment("updated_at", nullable=False),
        _moment("closed_at"),
    )


# ---------------------------------------------------------------- facts

organization = Table(
    "organization",
    metadata,
    Column("login", String(128), primary_key=True),
    Column("node_id", String(64)),
    Column("kind", String(16)),
    *_observed(),
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
    _moment("created_at"),
    *_observed(),
)

project = Table("project", metadata, Column("name", String(128), primary_key=True))

project_repository = Table(
    "project_repository",
    metadata,
    Column("project", String(128), ForeignKey("project.name"), primary_key=True),
    _repository(primary_key=True),
)

milestone = Table(
    "milestone",
    metadata,
    _repository(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("node_id", String(64)),
    Column("title", Text, nullable=False),
    Column("description", Text),
    Column("state", String(16), nullable=False),
    Column("due_on", Date),
    Column("open_issues", Integer),
    Column("closed_issues", Integer),
    Column("html_url", Text, nullable=False),
    _moment("created_at", nullable=False),
    _moment("updated_at"),
    _moment("closed_at"),
    *_observed(),
)

milestone_title = Table(
    "milestone_title",
    metadata,
    _repository(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("title", String(512), primary_key=True),
    Column("proof", String(256), nullable=False),
    _moment("seen_at", nullable=False),
    comment="titles under which a payload showed a milestone number; seen_at is the payload's own update time",
)

issue = Table(
    "issue",
    metadata,
    *_item_columns(),
    Column("blockers", Integer, comment="how many blockers GitHub counts; null where it does not say"),
    *_observed(),
)
Index("ix_issue_number", issue.c.repository_id, issue.c.number)

pull_request = Table(
    "pull_request",
    metadata,
    *_item_columns(),
    Column("draft", Boolean, nullable=False),
    Column("merged", Boolean, nullable=False),
    _moment("merged_at"),
    Column("merge_commit_sha", String(40)),
    Column("head_ref", Text),
    Column("head_sha", String(40)),
    Column("head_repository", String(256)),
    Column("base_ref", Text),
    Column("requested_reviewers", JSON, nullable=False),
    Column("additions", Integer),
    Column("deletions", Integer),
    Column("changed_files", Integer),
    *_observed(),
)
Index("ix_pull_request_number", pull_request.c.repository_id, pull_request.c.number)

review = Table(
    "review",
    metadata,
    Column("node_id", String(64), primary_key=True),
    _repository(),
    Column("number", Integer, nullable=False),
    Column("author", String(128)),
    Column("author_type", String(16)),
    Column("state", String(24), nullable=False),
    Column("body", Text),
    Column("commit_sha", String(40)),
    Column("html_url", Text),
    _moment("submitted_at", nullable=False),
    *_observed(),
)
Index("ix_review_number", review.c.repository_id, review.c.number)

comment = Table(
    "comment",
    metadata,
    Column("node_id", String(64), primary_key=True),
    _repository(),
    Column("number", Integer, nullable=False),
    Column("kind", String(16), nullable=False, comment="issue | review"),
    Column("author", String(128)),
    Column("author_type", String(16)),
    Column("body", Text),
    Column("path", Text),
    Column("html_url", Text),
    _moment("created_at", nullable=False),
    _moment("updated_at", nullable=False),
    *_observed(),
)
Index("ix_comment_number", comment.c.repository_id, comment.c.number)

commit = Table(
    "commit",
    metadata,
    _repository(primary_key=True),
    Column("sha", String(40), primary_key=True),
    Column("author", String(256)),
    Column("message", Text),
    Column("parents", JSON, nullable=False),
    _moment("authored_at"),
    _moment("committed_at", nullable=False),
    *_observed(),
)

pull_request_commit = Table(
    "pull_request_commit",
    metadata,
    _repository(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("sha", String(40), primary_key=True),
)

changed_file = Table(
    "changed_file",
    metadata,
    _repository(primary_key=True),
    Column("sha", String(40), primary_key=True),
    Column("path", String(1024), primary_key=True),
    Column("additions", Integer, comment="null for a binary file"),
    Column("deletions", Integer, comment="null for a binary file"),
)

workflow_run = Table(
    "workflow_run",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    _repository(),
    Column("name", Text),
    Column("event", String(64)),
    Column("head_branch", Text),
    Column("head_sha", String(40)),
    Column("status", String(24)),
    Column("conclusion", String(24)),
    Column("html_url", Text, nullable=False),
    _moment("created_at", nullable=False),
    _moment("started_at"),
    _moment("updated_at", nullable=False),
    *_observed(),
)
Index("ix_workflow_run_repository_id", workflow_run.c.repository_id, workflow_run.c.created_at)

release = Table(
    "release",
    metadata,
    Column("node_id", String(64), primary_key=True),
    _repository(),
    Column("tag", Text, nullable=False),
    Column("name", Text),
    Column("body", Text),
    Column("prerelease", Boolean),
    Column("draft", Boolean),
    Column("html_url", Text),
    _moment("created_at", nullable=False),
    _moment("published_at"),
    *_observed(),
)

event = Table(
    "event",
    metadata,
    Column("id", String(96), primary_key=True),
    _repository(),
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
    _moment("happened_at", nullable=False),
    *_observed(),
    comment="append-only timeline: the source of as-of truth",
)
Index("ix_event_number", event.c.repository_id, event.c.number, event.c.happened_at)
Index("ix_event_kind", event.c.repository_id, event.c.kind)

dependency = Table(
    "dependency",
    metadata,
    _repository(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False, comment="the item that waits"),
    Column("blocker", String(280), primary_key=True, comment="owner/repo#n"),
    Column("type", String(16), primary_key=True, comment="blocks"),
    *_observed(),
    comment="edges that GitHub itself states; edges read from text are derived in sprintlib.dependencies",
)

snapshot = Table(
    "snapshot",
    metadata,
    _repository(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("title", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_on", Date),
    Column("open_issues", Integer),
    Column("closed_issues", Integer),
    _moment("observed_at", nullable=False),
    comment="each milestone as it was when first seen that day",
)

payload = Table(
    "payload",
    metadata,
    Column("kind", String(24), primary_key=True),
    Column("key", String(96), primary_key=True, comment="node id, or the id of the event"),
    Column("digest", String(32), primary_key=True),
    _repository(),
    Column("body", LargeBinary, nullable=False, comment="zlib-compressed JSON, as GitHub sent it"),
    _moment("observed_at", nullable=False),
    comment="append-only",
)

sync_cursor = Table(
    "sync_cursor",
    metadata,
    Column("repository", String(256), primary_key=True, comment="OWNER/NAME as GitHub spells it"),
    Column("kind", String(32), primary_key=True),
    Column("etag", Text, comment="of the first page, newest first; set once the kind is complete"),
    Column("position", JSON, comment="where to go on: next page while incomplete, newest update time seen"),
    Column("complete", Boolean, nullable=False),
    Column("collected", Integer, nullable=False),
    Column("expected", Integer, comment="what GitHub says there is; null where it does not say"),
    Column("note", Text),
    _moment("as_of", nullable=False),
)

item_cursor = Table(
    "item_cursor",
    metadata,
    _repository(primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("part", String(16), primary_key=True, comment="timeline | detail | blocked_by"),
    _moment("updated_at", nullable=False),
    comment="up to which update of an item its own requests were made",
)

sync_run = Table(
    "sync_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("state", String(16), nullable=False, comment="running | ok | failed"),
    Column("requests", Integer, nullable=False),
    Column("not_modified", Integer, nullable=False),
    Column("message", Text),
    _moment("started_at", nullable=False),
    _moment("finished_at"),
)

# ---------------------------------------------------------------- results

analysis = Table(
    "analysis",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project", String(128), nullable=False),
    Column("milestone", Text, nullable=False),
    _moment("as_of", nullable=False),
    Column("revision", Integer, nullable=False),
    Column("version", String(32), nullable=False, comment="version of sprintlib"),
    Column("body", JSON, nullable=False, comment="the milestone's part of `sprint analyze --json`"),
    _moment("created_at", nullable=False),
)
Index("ix_analysis_project", analysis.c.project, analysis.c.as_of)

forecast = Table(
    "forecast",
    metadata,
    Column("analysis_id", Integer, ForeignKey("analysis.id", ondelete="CASCADE"), primary_key=True),
    Column("probability", Float),
    Column("probability_delivered", Float),
    Column("basis", String(24), nullable=False),
    Column("n_history", Integer, nullable=False),
    Column("p50", Date),
    Column("p85", Date),
    Column("reason", Text),
)

risk = Table(
    "risk",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("analysis_id", Integer, ForeignKey("analysis.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(48), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("statement", Text, nullable=False),
)

recommendation = Table(
    "recommendation",
    metadata,
    Column("analysis_id", Integer, ForeignKey("analysis.id", ondelete="CASCADE"), primary_key=True),
    Column("id", String(96), primary_key=True),
    Column("action", Text, nullable=False),
    Column("actor", String(128)),
    Column("expected_gain", Float),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project", String(128), nullable=False),
    Column("recommendation", String(96), nullable=False, comment="id, the same in every analysis that repeats it"),
    Column("play", String(16), nullable=False, comment="entry of the playbook"),
    Column("items", JSON, nullable=False, comment="refs the recommendation was about"),
    Column("decision", String(16), nullable=False, comment="accept | dismiss | snooze"),
    Column("reason", Text),
    Column("until", Date, comment="of a snooze: the day it is shown again"),
    _moment("happened_at", nullable=False),
    comment="append-only; says nothing about who decided",
)
Index("ix_feedback_project", feedback.c.project, feedback.c.happened_at)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("analysis_id", Integer, ForeignKey("analysis.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("supports", String(96), nullable=False, comment="risk:KIND, recommendation:ID or driver:NAME"),
    Column("ref", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("url", Text, nullable=False),
    Column("note", Text),
)

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project", String(128), nullable=False),
    Column("milestone", Text, nullable=False),
    Column("as_of", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False, comment="running | ok | failed | timeout | killed"),
    Column("trigger", String(16), nullable=False, comment="hand | due"),
    Column("parameters", JSON, nullable=False),
    Column("folder", Text, comment="relative to the reports folder"),
    Column("pid", Integer),
    Column("message", Text),
    Column("digest", String(64), comment="SHA-256 of the executed notebook"),
    _moment("started_at", nullable=False),
    _moment("finished_at"),
    comment="the truth about report runs; what papermill writes into a notebook is not",
)

# ---------------------------------------------------------------- knowledge: derived, rebuilt by `sprint index`

chunk = Table(
    "chunk",
    metadata,
    Column("id", Integer, primary_key=True, comment="also the id in the full text and in the vector index"),
    Column("source_key", String(160), nullable=False, comment="what was said: kind and GitHub's identity of it"),
    Column("part", Integer, nullable=False, comment="0, 1, ... of a text that was split"),
    Column("kind", String(16), nullable=False, comment="issue, pull, comment, review, commit, release, ..."),
    Column("repository_id", BigInteger, ForeignKey("repository.id"), comment="null: of no repository"),
    Column("number", Integer, comment="the issue or pull request it belongs to"),
    Column("ref", String(320), nullable=False, comment="owner/repo#n, owner/repo@sha, PB-001"),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False, comment="cleaned, with secrets masked"),
    Column("author", String(256)),
    Column("author_is_bot", Boolean, nullable=False),
    Column("suspicious", Boolean, nullable=False, comment="reads like instructions to a language model"),
    Column("digest", String(32), nullable=False, comment="of title and body: what a vector was made from"),
    Column("source_digest", String(32), comment="of the stored text, and of the rules it was cleaned by"),
    _moment("happened_at"),
    _moment("updated_at"),
    _moment("observed_at"),
)
Index("uq_chunk_source_key", chunk.c.source_key, chunk.c.part, unique=True)
Index("ix_chunk_number", chunk.c.repository_id, chunk.c.number)

vector = Table(
    "vector",
    metadata,
    Column("chunk_id", Integer, ForeignKey("chunk.id", ondelete="CASCADE"), primary_key=True),
    Column("model", String(32), primary_key=True, comment="digest of the model's weights"),
    Column("digest", String(32), nullable=False, comment="of the text it was made from"),
    Column("value", LargeBinary, nullable=False, comment="little-endian float32, of length 1"),
)

# SQLite only: made and kept equal to `chunk` by migration 0002, outside SQLAlchemy's knowledge.
FULL_TEXT = "chunk_text"
