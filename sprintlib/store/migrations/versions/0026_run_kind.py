"""runs know which kind of report they made."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.add_column(
        "run",
        sa.Column(
            "kind",
            sa.String(length=32),
            nullable=False,
            server_default="sprint_analysis",
            comment="sprint_analysis | weekly_digest | retrospective",
        ),
    )


def downgrade() -> None:
    op.drop_column("run", "kind")
