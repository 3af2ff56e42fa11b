"""Who keeps a project's analyses up to date, and when a repository was last heard of.

Revision ID: 0044
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.create_table(
        "worker",
        sa.Column("holder", sa.String(length=96), nullable=False, comment="host, process and when it began"),
        sa.Column("project", sa.String(length=128), nullable=False),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="its last sign of life, by its machine's clock",
        ),
        sa.PrimaryKeyConstraint("holder", name=op.f("pk_worker")),
        comment="who keeps the stored analyses of a project up to date; a row goes when its worker ends",
    )
    op.create_index("ix_delivery_finished", "delivery", ["finished_at"])
    op.create_index("ix_delivery_received", "delivery", ["received_at"])
    op.create_index("ix_payload_observed", "payload", ["repository_id", "observed_at"])


def downgrade() -> None:
    op.drop_index("ix_delivery_received", "delivery")
    op.drop_index("ix_delivery_finished", "delivery")
    op.drop_index("ix_payload_observed", "payload")
    op.drop_table("worker")
