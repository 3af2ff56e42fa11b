"""deliveries of webhooks, items to ask about again, what was written in which order, and edits of milestones."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", _COUNTED, nullable=False),
        sa.Column("guid", sa.String(length=96), nullable=False, comment="X-GitHub-Delivery; it is not signed"),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of the raw body"),
        sa.Column("event", sa.String(length=64), nullable=False, comment="X-GitHub-Event"),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column(
            "body",
            sa.LargeBinary(),
            nullable=True,
            comment="zlib-compressed raw bytes; null once they are no longer kept",
        ),
        sa.Column("state", sa.String(length=16), nullable=False, comment="waiting | taken | done | ignored | aside"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False, comment="how often the same id or the same body came again"),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it is ignored, or what went wrong last"),
        sa.Column("holder", sa.String(length=96), nullable=True, comment="the worker that has taken it"),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("guid", name=op.f("uq_delivery_guid")),
        sa.UniqueConstraint("digest", name=op.f("uq_delivery_digest")),
        comment="deliveries of webhooks, as they came; each is worked on at least once, and counts once",
    )
    op.create_index(op.f("ix_delivery_state"), "delivery", ["state", "id"])
    op.create_table(
        "item_refresh",
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"], ["repository.id"], name=op.f("fk_item_refresh_repository_id_repository")
        ),
        sa.PrimaryKeyConstraint("repository_id", "number", name=op.f("pk_item_refresh")),
        comment="items to ask GitHub about again: a webhook told of them, and its payload lacks the timeline",
    )
    op.create_table(
        "fact_change",
        sa.Column("id", _COUNTED, nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="item | milestone | run | release | commit"),
        sa.Column("key", sa.String(length=96), nullable=False, comment="number, id, tag or sha"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_change")),
        sqlite_autoincrement=True,
        comment="what was written, in order; only the newest rows are kept, for who brings a loaded state forward",
    )
    op.create_table(
        "milestone_change",
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False, comment="title | due_on"),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.Text(), nullable=True, comment="the value until then; null: there was none"),
        sa.ForeignKeyConstraint(
            ["repository_id"], ["repository.id"], name=op.f("fk_milestone_change_repository_id_repository")
        ),
        sa.PrimaryKeyConstraint("repository_id", "number", "field", "happened_at", name=op.f("pk_milestone_change")),
        comment="edits of milestones, which only webhooks tell",
    )


def downgrade() -> None:
    for table in ("milestone_change", "fact_change", "item_refresh", "delivery"):
        op.drop_table(table)
