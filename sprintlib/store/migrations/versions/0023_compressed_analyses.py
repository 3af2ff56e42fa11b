"""analyses are kept compressed: one of the demo's takes 5 KB instead of 43."""

import json
import zlib
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_AT_ONCE = 200


def upgrade() -> None:
    _replace(sa.LargeBinary(), "zlib-compressed JSON: the milestone's part of `sprint analyze --json`", _compressed)


def downgrade() -> None:
    _replace(sa.JSON(), "the milestone's part of `sprint analyze --json`", _plain)


def _replace(kind: sa.types.TypeEngine, comment: str, turned: Callable[[Any], Any]) -> None:
    """A new column in the place of the old one; a table that is copied would lose what refers to it."""
    nothing = sa.text("''" if isinstance(kind, sa.LargeBinary) else "'null'")
    op.add_column("analysis", sa.Column("body_new", kind, nullable=False, server_default=nothing, comment=comment))
    old = sa.JSON() if isinstance(kind, sa.LargeBinary) else sa.LargeBinary()
    table = sa.table("analysis", sa.column("id"), sa.column("body", old), sa.column("body_new", kind))
    connection = op.get_bind()
    ids = list(connection.execute(sa.select(table.c.id).order_by(table.c.id)).scalars())
    for start in range(0, len(ids), _AT_ONCE):
        chosen = table.c.id.in_(ids[start : start + _AT_ONCE])
        for key, body in connection.execute(sa.select(table.c.id, table.c.body).where(chosen)).all():
            connection.execute(sa.update(table).where(table.c.id == key).values(body_new=turned(body)))
    op.drop_column("analysis", "body")
    op.execute("ALTER TABLE analysis RENAME COLUMN body_new TO body")
    if connection.dialect.name == "postgresql":
        op.alter_column("analysis", "body", server_default=None)


def _compressed(body: object) -> bytes:
    return zlib.compress(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


def _plain(body: bytes) -> object:
    return json.loads(zlib.decompress(body))
