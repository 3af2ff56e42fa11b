"""names of GitHub Projects, which are found by GitHub's id when their owner is renamed."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "board_name",
        sa.Column(
            "name", sa.String(length=160), nullable=False, comment="OWNER/NUMBER of a GitHub Project, in lower case"
        ),
        sa.Column(
            "project_id", sa.BigInteger(), nullable=False, comment="GitHub's id of it, which outlives its owner's name"
        ),
        sa.Column("node_id", sa.String(length=64), nullable=True),
        sa.Column(
            "board", sa.String(length=160), nullable=False, comment="what its iterations and items are stored under"
        ),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="when it was first called so; its newest name is that of today",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_board_name")),
        comment="names by which GitHub Projects were seen",
    )
    op.create_index("ix_board_name_project_id", "board_name", ["project_id"])


def downgrade() -> None:
    op.drop_index("ix_board_name_project_id", table_name="board_name")
    op.drop_table("board_name")
