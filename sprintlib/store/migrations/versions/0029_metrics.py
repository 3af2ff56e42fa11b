"""what the program measured of itself, and which delivery caused what."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0027"

_CAUSES = {
    "item_refresh": "guid of the delivery that told of it last",
    "fact_change": "guid of the delivery by which it was written",
}


def upgrade() -> None:
    for table, comment in _CAUSES.items():
        op.add_column(table, sa.Column("cause", sa.String(length=96), nullable=True, comment=comment))
    process = "which process measured: any name, new at each start"
    what = "what was measured, such as retrieval"
    op.create_table(
        "metric",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="beginning of five minutes"),
        sa.Column("name", sa.String(length=32), nullable=False, comment=what),
        sa.Column("process", sa.String(length=16), nullable=False, comment=process),
        sa.Column("count", sa.Integer(), nullable=False, comment="how many values"),
        sa.Column("total", sa.Float(), nullable=False),
        sa.Column("last", sa.Float(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False, comment="power of 1.1 -> how many values were at most that"),
        sa.PrimaryKeyConstraint("at", "name", "process", name=op.f("pk_metric")),
        comment="what services and commands measured of themselves; kept for 30 days",
    )


def downgrade() -> None:
    op.drop_table("metric")
    for table in _CAUSES:
        op.drop_column(table, "cause")
