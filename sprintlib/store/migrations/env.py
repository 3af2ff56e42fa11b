"""Alembic environment: runs on the connection that `sprintlib.store.engine` hands over."""

from typing import Any, Literal

from alembic import context

from sprintlib.store.schema import UtcDateTime, metadata


def render_item(kind: str, item: Any, _autogen_context: Any) -> str | Literal[False]:
    """Migrations name plain SQLAlchemy types, so that they outlive changes of this package."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
