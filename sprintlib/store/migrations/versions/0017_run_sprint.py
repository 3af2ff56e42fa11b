"""report runs are found by the identity of their sprint, so that one with another title is not reported twice."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column(
        "run",
        sa.Column(
            "sprint",
            sa.String(length=48),
            nullable=True,
            comment="SprintKey as written; null where no report was written or of old rows",
        ),
    )


def downgrade() -> None:
    op.drop_column("run", "sprint")
