"""When recalibrating was tried by itself, and what came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.create_table(
        "learning_trial",
        sa.Column("project", sa.String(length=128), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sprints", sa.Integer(), nullable=False, comment="finished ones with a forecast"),
        sa.Column("helps", sa.Boolean(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False, comment="what the backtest said"),
        sa.Column("adopted", sa.Integer(), nullable=True, comment="the version of recalibration that was made of it"),
        sa.PrimaryKeyConstraint("project", "tried_at", name=op.f("pk_learning_trial")),
        comment="append-only; tried once a week by sprint run due",
    )


def downgrade() -> None:
    op.drop_table("learning_trial")
