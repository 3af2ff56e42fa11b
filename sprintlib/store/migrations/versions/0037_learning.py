"""recalibrations that were adopted, and priors of other teams."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.create_table(
        "recalibration",
        sa.Column("project", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "stretch",
            sa.Float(),
            nullable=False,
            comment="how many times as long work takes as the forecast alone says",
        ),
        sa.Column("sprints", sa.Integer(), nullable=False, comment="finished ones that it was learned from"),
        sa.Column("scored", sa.Integer(), nullable=False, comment="of these, forecast from the ones before them"),
        sa.Column("brier_without", sa.Float(), nullable=False),
        sa.Column("brier", sa.Float(), nullable=False),
        sa.Column("error", sa.Float(), nullable=False, comment="standard error of the difference"),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("project", "version", name=op.f("pk_recalibration")),
        comment="the newest one that was not taken back is in force",
    )
    op.create_table(
        "imported_prior",
        sa.Column("project", sa.String(length=128), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "numbers", sa.JSON(), nullable=True, comment="learning.Priors; null: those that ship hold from then on"
        ),
        sa.PrimaryKeyConstraint("project", "imported_at", name=op.f("pk_imported_prior")),
        comment="append-only; the newest row holds",
    )


def downgrade() -> None:
    op.drop_table("imported_prior")
    op.drop_table("recalibration")
