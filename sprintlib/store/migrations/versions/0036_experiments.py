"""experiments between two plays, and the items in them."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.create_table(
        "experiment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column(
            "seed",
            sa.BigInteger(),
            nullable=False,
            comment="with an item's ids it decides which play the item gets",
        ),
        sa.Column(
            "usual", sa.String(length=16), nullable=False, comment="entry of the playbook that is recommended anyway"
        ),
        sa.Column("other", sa.String(length=16), nullable=False, comment="entry that half of the items get instead"),
        sa.Column("outcome", sa.String(length=16), nullable=False, comment="closed | moved"),
        sa.Column("within", sa.Integer(), nullable=False, comment="working days after which the outcome is looked at"),
        sa.Column("baseline", sa.Float(), nullable=False, comment="share expected under the usual play, 0-1"),
        sa.Column("effect", sa.Float(), nullable=False, comment="difference in shares that it is made to see"),
        sa.Column("power", sa.Float(), nullable=False),
        sa.Column(
            "items", sa.Integer(), nullable=False, comment="of both plays together, with which it is judged once"
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment")),
        comment="the terms are fixed when it begins",
    )
    op.create_index("uq_experiment_project", "experiment", ["project", "name"], unique=True)
    op.create_table(
        "experiment_item",
        sa.Column("experiment_id", sa.Integer(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("play", sa.String(length=16), nullable=False, comment="what it was given"),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False, comment="when that was first recommended"),
        sa.ForeignKeyConstraint(
            ["experiment_id"],
            ["experiment.id"],
            name=op.f("fk_experiment_item_experiment_id_experiment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("experiment_id", "repository_id", "number", name=op.f("pk_experiment_item")),
        comment="append-only",
    )


def downgrade() -> None:
    op.drop_table("experiment_item")
    op.drop_index("uq_experiment_project", table_name="experiment")
    op.drop_table("experiment")
