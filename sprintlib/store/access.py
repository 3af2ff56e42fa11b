"""Tables of who may do what: tokens of programs, and the audit."""

from sqlalchemy import JSON, Column, Integer, String, Table, Text

from sprintlib.store.columns import metadata, moment

api_token = Table(
    "api_token",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("digest", String(64), nullable=False, unique=True, comment="SHA-256 of the token, which is kept nowhere"),
    Column("role", String(16), nullable=False, comment="viewer | member | admin"),
    Column("repositories", JSON(none_as_null=True), comment="OWNER/NAME of what it may see; null: all"),
    moment("created_at", nullable=False),
    moment("expires_at", nullable=False),
    moment("revoked_at"),
    moment("used_at"),
    comment="tokens of the API",
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    moment("happened_at", nullable=False),
    Column("name", String(128), nullable=False, comment="who; local: the person at this machine"),
    Column("role", String(16), nullable=False),
    Column("proof", String(16), nullable=False, comment="local | token | session"),
    Column("action", String(32), nullable=False),
    Column("subject", Text, nullable=False),
    Column("outcome", String(16), nullable=False, comment="done | failed | refused"),
    sqlite_autoincrement=True,
    comment="every write through commands, pages and API; triggers keep it append-only",
)

session = Table(
    "session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True, comment="SHA-256 of the session's name"),
    Column("login", String(128), nullable=False),
    Column("organization", String(128), comment="by whose membership; null: on a list"),
    Column("repositories", JSON(none_as_null=True), comment="OWNER/NAME of what may be seen; null: all"),
    moment("created_at", nullable=False),
    moment("expires_at", nullable=False),
    moment("checked_at", nullable=False),
    moment("revoked_at"),
    comment="who is signed in",
)

erased_person = Table(
    "erased_person",
    metadata,
    Column("digest", String(64), primary_key=True, comment="SHA-256 of the login in lower case"),
    Column("pseudonym", String(32), nullable=False),
    moment("erased_at", nullable=False),
    comment="who asked to be erased; the login itself is nowhere",
)
