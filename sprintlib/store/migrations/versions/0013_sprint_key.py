"""analyses are found by the identity of their sprint, so that a milestone with another title keeps its history.

Tables that were written and never read go: every value in them is in the body of the analysis.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column(
        "analysis",
        sa.Column(
            "sprint",
            sa.String(length=48),
            nullable=True,
            comment="SprintKey as written; null where an old row's could not be told",
        ),
    )
    op.create_index("ix_analysis_sprint", "analysis", ["sprint"])
    _fill(op.get_bind())
    op.drop_table("forecast")
    op.drop_table("risk")


def _fill(connection: sa.Connection) -> None:
    """The key is the oldest of the milestones that the stored analysis names."""
    repositories = sa.table("repository", sa.column("id"), sa.column("full_name"))
    milestones = sa.table("milestone", sa.column("repository_id"), sa.column("number"), sa.column("created_at"))
    analyses = sa.table("analysis", sa.column("id"), sa.column("body", sa.JSON), sa.column("sprint"))
    ids = {
        name.lower(): key for key, name in connection.execute(sa.select(repositories.c.id, repositories.c.full_name))
    }
    created = {
        (key, number): str(at)
        for key, number, at in connection.execute(
            sa.select(milestones.c.repository_id, milestones.c.number, milestones.c.created_at)
        )
    }
    for key, body in connection.execute(sa.select(analyses.c.id, analyses.c.body)).all():
        numbers = (json.loads(body) if isinstance(body, str) else body or {}).get("number") or {}
        parts = [(ids[repo.lower()], number) for repo, number in numbers.items() if repo.lower() in ids]
        if parts:
            oldest = min(parts, key=lambda part: (created.get(part, "9"), *part))
            update = sa.update(analyses).where(analyses.c.id == key)
            connection.execute(update.values(sprint=f"{oldest[0]}-{oldest[1]}"))


def downgrade() -> None:
    op.drop_index("ix_analysis_sprint", "analysis")
    op.drop_column("analysis", "sprint")
