"""sessions of who signed in, so that they can be ended at once."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of the session's name"),
        sa.Column("login", sa.String(length=128), nullable=False),
        sa.Column("organization", sa.String(length=128), nullable=True, comment="by whose membership; null: on a list"),
        sa.Column("repositories", sa.JSON(), nullable=True, comment="OWNER/NAME of what may be seen; null: all"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_session_digest")),
        comment="who is signed in",
    )


def downgrade() -> None:
    op.drop_table("session")
