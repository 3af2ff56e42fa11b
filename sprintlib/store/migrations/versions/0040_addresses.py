"""no e-mail address is stored: those in texts and payloads of before are cut, as those that come in now are."""

import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0037"

_AT_ONCE = 500
_MASK = "[address removed]"
_ADDRESS = re.compile(
    r"(?<![\w.+%-])(?!git@)[\w.+%-]+(?:@|%40)(?:[\w-]+\.)+(?!(?:avif|gif|jpe?g|png|svg|webp)\b)"
    r"(?:xn--[\w-]+|[^\W\d_]{2,})(?![\w-])",
    re.I,
)
# table: key, texts
_TEXTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "milestone": (("repository_id", "number"), ("title", "description")),
    "issue": (("repository_id", "number"), ("title", "body")),
    "pull_request": (("repository_id", "number"), ("title", "body")),
    "review": (("id",), ("body",)),
    "comment": (("kind", "id"), ("body",)),
    "commit": (("repository_id", "sha"), ("author", "message")),
    "workflow_run": (("id", "attempt"), ("name",)),
    "milestone_change": (("repository_id", "number", "field", "happened_at"), ("before",)),
    "board_iteration": (("board", "iteration", "seen_at"), ("title",)),
    "release": (("id",), ("name", "body")),
    "event": (("id",), ("subject", "detail")),
    "snapshot": (("repository_id", "number", "day"), ("title",)),
    "recommendation": (("analysis_id", "id"), ("action",)),
    "evidence": (("id",), ("note",)),
    "chunk": (("id",), ("title", "body")),
}


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if on_sqlite:  # what is replaced is overwritten in the file
        before = op.get_bind().exec_driver_sql("PRAGMA secure_delete").scalar()
        op.get_bind().exec_driver_sql("PRAGMA secure_delete = ON")
    for table, (key, columns) in _TEXTS.items():
        _cut_texts(table, key, columns)
    _cut_titles()
    _cut_payloads()
    _cut_analyses()
    if on_sqlite:
        op.execute("INSERT INTO chunk_text(chunk_text) VALUES('optimize')")
        op.get_bind().exec_driver_sql(f"PRAGMA secure_delete = {int(before or 0)}")


def downgrade() -> None:
    """What was cut is nowhere."""


def _cut_texts(name: str, key: tuple[str, ...], columns: tuple[str, ...]) -> None:
    table = sa.table(name, *(sa.column(column) for column in (*key, *columns)))
    said = sa.or_(*(table.c[column].like(f"%{sign}%", escape="!") for column in columns for sign in ("@", "!%40")))
    found = op.get_bind().execute(sa.select(table).where(said)).mappings().all()
    for row in found:
        cut = {column: _cut(row[column]) for column in columns}
        if any(cut[column] != row[column] for column in columns):
            mine = sa.and_(*(table.c[column] == row[column] for column in key))
            op.get_bind().execute(sa.update(table).where(mine).values(cut))
            if name == "chunk":  # `sprint index` makes it, and its vector, anew
                op.get_bind().execute(
                    sa.text("UPDATE chunk SET source_digest = NULL WHERE id = :id"), {"id": row["id"]}
                )


def _cut_titles() -> None:
    """Former titles of milestones, which are part of their key: of those that are one now, the oldest stays."""
    names = ("repository_id", "number", "title", "proof", "seen_at")
    table = sa.table("milestone_title", *(sa.column(name) for name in names))
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in op.get_bind().execute(sa.select(table)).mappings():
        found[row["repository_id"], row["number"], _cut(row["title"])].append(dict(row))
    for (repository_id, number, title), rows in found.items():
        if all(row["title"] == title for row in rows):
            continue
        said = sa.and_(table.c.repository_id == repository_id, table.c.number == number)
        for row in rows:
            op.get_bind().execute(sa.delete(table).where(said, table.c.title == row["title"]))
        oldest = min(rows, key=lambda row: (row["seen_at"], row["proof"]))
        op.get_bind().execute(sa.insert(table).values({**oldest, "title": title}))


def _cut_payloads() -> None:
    names = ("kind", "key", "digest")
    table = sa.table("payload", *(sa.column(name) for name in names), sa.column("body", sa.LargeBinary))
    query = sa.select(table.c.kind, table.c.key, table.c.digest, table.c.body)
    for row, text in list(_bodies(query)):
        digest = blake2b(text, digest_size=16).hexdigest()
        mine = sa.and_(*(table.c[name] == row[name] for name in names))
        other = sa.and_(table.c.kind == row["kind"], table.c.key == row["key"], table.c.digest == digest)
        if digest != row["digest"] and op.get_bind().execute(sa.select(table.c.kind).where(other)).first():
            op.get_bind().execute(sa.delete(table).where(mine))  # two versions say the same now, and it is one
        else:
            new = {"digest": digest, "body": zlib.compress(text, 1)}
            op.get_bind().execute(sa.update(table).where(mine).values(new))


def _cut_analyses() -> None:
    table = sa.table("analysis", sa.column("id"), sa.column("body", sa.LargeBinary))
    for row, text in list(_bodies(sa.select(table), sort_keys=False)):
        new = {"body": zlib.compress(text)}
        op.get_bind().execute(sa.update(table).where(table.c.id == row["id"]).values(new))


def _bodies(query: sa.Select[Any], sort_keys: bool = True) -> Iterator[tuple[sa.RowMapping, bytes]]:
    """Rows whose compressed JSON has an address, and what it says without."""
    for row in op.get_bind().execute(query.execution_options(yield_per=_AT_ONCE)).mappings():
        text = zlib.decompress(row["body"])
        if b"@" not in text and b"%40" not in text:
            continue
        before = json.loads(text)
        after = _value(before)
        if after != before:
            yield row, json.dumps(after, sort_keys=sort_keys, separators=(",", ":"), ensure_ascii=False).encode()


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _value(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_value(one) for one in value]
    return _cut(value)


def _cut(value: Any) -> Any:
    return _ADDRESS.sub(_MASK, value) if isinstance(value, str) else value
