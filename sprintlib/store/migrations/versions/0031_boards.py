"""iterations and items of GitHub Projects, as the source of sprints."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "board_iteration",
        sa.Column(
            "board",
            sa.String(length=160),
            nullable=False,
            comment="OWNER/NUMBER of the GitHub Project, in lower case",
        ),
        sa.Column(
            "iteration", sa.String(length=64), nullable=False, comment="GitHub's id of it, which outlives another title"
        ),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="when it was first seen like this"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("board", "iteration", "seen_at", name=op.f("pk_board_iteration")),
        comment="iterations of GitHub Projects: a row whenever one was seen otherwise than before",
    )
    op.create_table(
        "board_item",
        sa.Column(
            "board",
            sa.String(length=160),
            nullable=False,
            comment="OWNER/NUMBER of the GitHub Project, in lower case",
        ),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="GitHub's own time, from which on it was so",
        ),
        sa.Column("item", sa.BigInteger(), nullable=True, comment="GitHub's id of the entry"),
        sa.Column(
            "iteration",
            sa.String(length=64),
            nullable=True,
            comment="null: in none, archived or taken off the board",
        ),
        sa.Column("status", sa.String(length=128), nullable=True),
        sa.Column("points", sa.Float(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, comment="when it was put on the board"),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"], ["repository.id"], name=op.f("fk_board_item_repository_id_repository")
        ),
        sa.PrimaryKeyConstraint("board", "repository_id", "number", "updated_at", name=op.f("pk_board_item")),
        comment="issues and pull requests on GitHub Projects: a row for each version that was seen",
    )
    op.create_index(op.f("ix_board_item_repository_id"), "board_item", ["repository_id", "number"])


def downgrade() -> None:
    op.drop_index(op.f("ix_board_item_repository_id"), table_name="board_item")
    op.drop_table("board_item")
    op.drop_table("board_iteration")
