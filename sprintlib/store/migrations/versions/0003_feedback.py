"""what a team said to its recommendations."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project", sa.String(length=128), nullable=False),
        sa.Column(
            "recommendation",
            sa.String(length=96),
            nullable=False,
            comment="id, the same in every analysis that repeats it",
        ),
        sa.Column("play", sa.String(length=16), nullable=False, comment="entry of the playbook"),
        sa.Column("items", sa.JSON(), nullable=False, comment="refs the recommendation was about"),
        sa.Column("decision", sa.String(length=16), nullable=False, comment="accept | dismiss | snooze"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True, comment="of a snooze: the day it is shown again"),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        comment="append-only; says nothing about who decided",
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index("ix_feedback_project", ["project", "happened_at"], unique=False)


def downgrade() -> None:
    op.drop_table("feedback")
