"""When an item was asked about: a text that mentions it later has it asked about again."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

_PART = ("timeline | detail | blocked_by", "timeline | detail | blocked_by | mentioned")
_TABLE = (
    "up to which update of an item its own requests were made",
    "up to which update of an item its own requests were made; mentioned: when a text last began to mention it",
)


def upgrade() -> None:
    asked_at = sa.Column("asked_at", sa.DateTime(timezone=True), comment="when GitHub answered; null: not noted yet")
    op.add_column("item_cursor", asked_at)
    _comment(*_PART, *_TABLE)


def downgrade() -> None:
    op.drop_column("item_cursor", "asked_at")
    _comment(*reversed(_PART), *reversed(_TABLE))


def _comment(part_before: str, part: str, table_before: str, table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        kind = sa.String(16)
        op.alter_column("item_cursor", "part", existing_type=kind, comment=part, existing_comment=part_before)
        op.create_table_comment("item_cursor", table, existing_comment=table_before)
