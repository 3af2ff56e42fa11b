"""Tables of results: all of them can be made again, but for what a team answered (`feedback`) and `run`."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from sprintlib.store.columns import CompressedJson, UtcDateTime, metadata, moment

analysis = Table(
    "analysis",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project", String(128), nullable=False),
    Column("milestone", Text, nullable=False),
    Column("sprint", String(48), comment="SprintKey as written; null where an old row's could not be told"),
    moment("as_of", nullable=False),
    Column("revision", Integer, nullable=False),
    Column("version", String(32), nullable=False, comment="version of sprintlib"),
    Column(
        "body",
        CompressedJson,
        nullable=False,
        comment="zlib-compressed JSON: the milestone's part of `sprint analyze --json`",
    ),
    moment("created_at", nullable=False),
)
Index("ix_analysis_project", analysis.c.project, analysis.c.as_of)
Index("ix_analysis_newest", analysis.c.project, analysis.c.sprint, analysis.c.as_of, analysis.c.revision)

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
    moment("happened_at", nullable=False),
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
    Column("sprint", String(48), comment="SprintKey as written; null where no report was written or of old rows"),
    Column("as_of", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False, comment="running | ok | failed | timeout | killed"),
    Column("trigger", String(16), nullable=False, comment="hand | due"),
    Column("parameters", JSON, nullable=False),
    Column("folder", Text, comment="relative to the reports folder"),
    Column("pid", Integer),
    Column("message", Text),
    Column("digest", String(64), comment="SHA-256 of the executed notebook"),
    moment("started_at", nullable=False),
    moment("finished_at"),
    Column(
        "kind",
        String(32),
        nullable=False,
        server_default="sprint_analysis",
        comment="sprint_analysis | weekly_digest | retrospective",
    ),
    comment="the truth about report runs; what papermill writes into a notebook is not",
)

digest = Table(
    "digest",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project", String(128), nullable=False),
    Column("target", String(16), nullable=False, comment="file | slack | teams | email | issue | summary"),
    Column("day", Date, nullable=False, comment="local day of the message; of a weekly one, the day of its week"),
    Column("state", String(16), nullable=False, comment="sending | sent | quiet | failed | unsure"),
    Column("reference", Text, comment="what was made of it: a file, the id of a comment"),
    Column("message", Text, comment="why it failed, in one sentence"),
    moment("tried_at", nullable=False),
    comment="digests that were sent, so that none is sent twice",
)
Index("uq_digest_project", digest.c.project, digest.c.target, digest.c.day, unique=True)

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
    moment("happened_at"),
    moment("updated_at"),
    moment("observed_at"),
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
# SQLite only, made by migration 0012_trigram: texts in scripts without spaces, by three neighbouring characters.
TRIGRAMS = "chunk_trigram"
