"""The newest analysis of a sprint is found by an index, however many there are.

Revision ID: 0043
Revises: 0042
"""

from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.create_index("ix_analysis_newest", "analysis", ["project", "sprint", "as_of", "revision"])
    op.drop_index("ix_analysis_sprint", "analysis")


def downgrade() -> None:
    op.create_index("ix_analysis_sprint", "analysis", ["sprint"])
    op.drop_index("ix_analysis_newest", "analysis")
