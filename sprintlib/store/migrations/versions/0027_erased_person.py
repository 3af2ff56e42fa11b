"""who was erased: by which they are recognised when facts about them come in again."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "erased_person",
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of the login in lower case"),
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_erased_person")),
        comment="who asked to be erased; the login itself is nowhere",
    )


def downgrade() -> None:
    op.drop_table("erased_person")
