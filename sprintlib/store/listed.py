"""Tables of what GitHub lists of a repository, by id, and that belongs to no item."""

from sqlalchemy import BigInteger, Boolean, Column, String, Table, Text

from sprintlib.store.columns import gone_at, metadata, moment, observed, of_repository
from sprintlib.store.nature import listed

release = Table(
    "release",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("node_id", String(64)),
    of_repository(),
    Column("tag", Text, nullable=False),
    Column("name", Text),
    Column("body", Text),
    Column("prerelease", Boolean),
    Column("draft", Boolean),
    Column("html_url", Text),
    moment("created_at", nullable=False),
    moment("published_at"),
    gone_at(),
    *observed(),
    info=listed("release", "published_at"),
)
