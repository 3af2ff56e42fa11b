"""what each chunk was made from, so that unchanged texts are not cleaned again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column(
        "chunk",
        sa.Column(
            "source_digest",
            sa.String(length=32),
            nullable=True,
            comment="of the stored text, and of the rules it was cleaned by",
        ),
    )


def downgrade() -> None:
    op.drop_column("chunk", "source_digest")
