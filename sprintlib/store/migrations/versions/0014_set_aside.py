"""what could not be collected by itself, while everything else was."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "set_aside",
        sa.Column("repository", sa.String(length=256), nullable=False, comment="OWNER/NAME as GitHub spells it"),
        sa.Column(
            "kind",
            sa.String(length=32),
            nullable=False,
            comment="a list, a part of an item, or what one element is",
        ),
        sa.Column("key", sa.String(length=96), nullable=False, comment="number, id or sha; empty for a whole list"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("repository", "kind", "key", name=op.f("pk_set_aside")),
        comment="what could not be collected by itself, while everything else was",
    )


def downgrade() -> None:
    op.drop_table("set_aside")
