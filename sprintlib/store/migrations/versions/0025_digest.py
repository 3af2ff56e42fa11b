"""digests that were sent, so that none is sent twice."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project", sa.String(length=128), nullable=False),
        sa.Column(
            "target",
            sa.String(length=16),
            nullable=False,
            comment="file | slack | teams | email | issue | summary",
        ),
        sa.Column(
            "day",
            sa.Date(),
            nullable=False,
            comment="local day of the message; of a weekly one, the day of its week",
        ),
        sa.Column("state", sa.String(length=16), nullable=False, comment="sending | sent | quiet | failed | unsure"),
        sa.Column("reference", sa.Text(), nullable=True, comment="what was made of it: a file, the id of a comment"),
        sa.Column("message", sa.Text(), nullable=True, comment="why it failed, in one sentence"),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        comment="digests that were sent, so that none is sent twice",
    )
    op.create_index("uq_digest_project", "digest", ["project", "target", "day"], unique=True)


def downgrade() -> None:
    op.drop_table("digest")
