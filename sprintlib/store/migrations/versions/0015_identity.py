"""identity is what GitHub's ids say: keys without names and node ids, former names, and when something went."""

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_ITEMS = {"issue": "issue", "pull_request": "pull"}  # table: kind of payload
_WITH_ID = ("comment", "review", "release")
_GOING = ("issue", "pull_request", "milestone", "comment", "release", "workflow_run")
_IN_URL = re.compile(r"#(?:issuecomment-|discussion_r|pullrequestreview-)(\d+)$")
_AT_ONCE = 500


def upgrade() -> None:
    _create_tables()
    for table in _GOING:
        comment = "when GitHub was first found to have it no longer; null while it has"
        op.add_column(table, sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True, comment=comment))
    for table, kind in _ITEMS.items():
        _key_items(table, kind)
    for table in _WITH_ID:
        _key_by_id(table)
    _describe_runs()
    _key_cursors()
    with op.batch_alter_table("payload") as batch:
        batch.alter_column(
            "key",
            existing_type=sa.String(96),
            existing_nullable=False,
            comment="what stays the same in all versions of it, by kind",
            existing_comment="node id, or the id of the event",
        )


def _create_tables() -> None:
    op.create_table(
        "repository_name",
        sa.Column(
            "name",
            sa.String(256),
            nullable=False,
            comment="OWNER/NAME in lower case, as GitHub or the settings said it",
        ),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["repository_id"], ["repository.id"], name=op.f("fk_repository_name_repository_id_repository")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_repository_name")),
        comment="every name under which a repository was found: it is looked up by what a name meant",
    )
    op.execute(
        "INSERT INTO repository_name (name, repository_id, seen_at) "
        # one that gave its name to another is called OWNER/NAME#ID
        "SELECT lower(full_name), min(id), min(observed_at) FROM repository "
        "WHERE full_name NOT LIKE '%#%' GROUP BY lower(full_name)"
    )
    op.create_table(
        "listed_page",
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False, comment="as in sync_cursor"),
        sa.Column(
            "page", sa.Integer(), autoincrement=False, nullable=False, comment="1, 2, ... of the list, oldest first"
        ),
        sa.Column("address", sa.Text(), nullable=False, comment="path and query"),
        sa.Column("following", sa.Text(), nullable=True, comment="address of the next page; null on the last"),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("keys", sa.JSON(), nullable=False, comment="by table, the numbers or ids that the page held"),
        sa.ForeignKeyConstraint(
            ["repository_id"], ["repository.id"], name=op.f("fk_listed_page_repository_id_repository")
        ),
        sa.PrimaryKeyConstraint("repository_id", "kind", "page", name=op.f("pk_listed_page")),
        comment="what GitHub listed when it was last compared with what is held, page by page, so that a 304 tells all",
    )


def _key_items(table: str, kind: str) -> None:
    """By repository and number: of rows that differ in their node id only, the newest stays."""
    rows = sa.table(table, *map(sa.column, ("repository_id", "number", "node_id", "updated_at", "observed_at")))
    payload = sa.table("payload", *map(sa.column, ("kind", "key")))
    key = sa.cast(rows.c.repository_id, sa.String) + "-" + sa.cast(rows.c.number, sa.String)
    of_payload = sa.select(key).where(rows.c.node_id == payload.c.key).scalar_subquery()
    known = sa.select(rows.c.node_id).where(rows.c.node_id == payload.c.key).exists()
    connection = op.get_bind()
    connection.execute(sa.update(payload).where(payload.c.kind == kind, known).values(key=of_payload))
    newer = rows.alias("newer")
    order = ("updated_at", "observed_at", "node_id")
    is_newer = sa.tuple_(*(newer.c[name] for name in order)) > sa.tuple_(*(rows.c[name] for name in order))
    same = sa.and_(newer.c.repository_id == rows.c.repository_id, newer.c.number == rows.c.number)
    connection.execute(sa.delete(rows).where(sa.select(newer.c.node_id).where(same, is_newer).exists()))
    with op.batch_alter_table(table) as batch:
        batch.drop_index(f"ix_{table}_number")
        batch.drop_constraint(f"pk_{table}", type_="primary")
        batch.create_primary_key(f"pk_{table}", ["repository_id", "number"])
        batch.alter_column(
            "node_id", existing_type=sa.String(64), nullable=True, comment="GitHub gives new ones now and then"
        )


def _key_by_id(table: str) -> None:
    """By GitHub's numeric id, which the kept payloads say."""
    with op.batch_alter_table(table) as batch:
        batch.add_column(sa.Column("id", sa.BigInteger(), nullable=True))
    columns = ["id", "node_id", "observed_at", "html_url", *(["kind"] if table == "comment" else [])]
    rows = sa.table(table, *map(sa.column, columns))
    connection = op.get_bind()
    said = {key: body.get("id") for key, body in _payloads(table)}
    found = []
    for row in connection.execute(sa.select(*rows.c).order_by(rows.c.observed_at, rows.c.node_id)).mappings():
        in_url = _IN_URL.search(row["html_url"] or "")
        number = said.get(row["node_id"]) or (int(in_url[1]) if in_url else None) or _from_node_id(row["node_id"])
        found.append({"node": row["node_id"], "number": number, "kind": row.get("kind")})
    newest = {(one["kind"], one["number"]): one for one in found}
    staying = {one["node"] for one in newest.values()}
    left = [{"node": one["node"]} for one in found if one["node"] not in staying]
    _run(sa.delete(rows).where(rows.c.node_id == sa.bindparam("node")), left)
    _run(
        sa.update(rows).where(rows.c.node_id == sa.bindparam("node")).values(id=sa.bindparam("number")),
        [{"node": one["node"], "number": one["number"]} for one in newest.values()],
    )
    _rename(table, found)
    comment = "GitHub counts the comments of each kind by themselves" if table == "comment" else None
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(f"pk_{table}", type_="primary")
        batch.alter_column("id", existing_type=sa.BigInteger(), nullable=False, comment=comment)
        batch.create_primary_key(f"pk_{table}", ["kind", "id"] if table == "comment" else ["id"])
        batch.alter_column("node_id", existing_type=sa.String(64), nullable=True)


def _rename(kind: str, found: list[dict[str, Any]]) -> None:
    """Payloads and chunks of the search get the new keys; of two chunks of one thing the newest stays."""
    payload = sa.table("payload", *map(sa.column, ("kind", "key")))
    chunk = sa.table("chunk", *map(sa.column, ("source_key",)))
    keys = [
        {"old": one["node"], "new": f"{one['kind']}-{one['number']}" if one["kind"] else str(one["number"])}
        for one in found
    ]
    of_old = sa.update(payload).where(payload.c.kind == kind, payload.c.key == sa.bindparam("old"))
    _run(of_old.values(key=sa.bindparam("new")), keys)
    newest = {one["new"]: one["old"] for one in keys}
    _run(
        sa.delete(chunk).where(chunk.c.source_key == sa.bindparam("old")),
        [{"old": f"{kind}:{one['old']}"} for one in keys if newest[one["new"]] != one["old"]],
    )
    _run(
        sa.update(chunk).where(chunk.c.source_key == sa.bindparam("old")).values(source_key=sa.bindparam("new")),
        [{"old": f"{kind}:{old}", "new": f"{kind}:{new}"} for new, old in newest.items()],
    )


def _describe_runs() -> None:
    """Which workflow a run was of, and whose branch it was on, from the payloads that were kept."""
    with op.batch_alter_table("workflow_run") as batch:
        comment = "which workflow; names are not unique and change"
        batch.add_column(sa.Column("workflow_id", sa.BigInteger(), nullable=True, comment=comment))
        batch.add_column(sa.Column("path", sa.Text(), nullable=True, comment="the workflow's file"))
        comment = "where the branch is: a fork may call its own main; null: unsaid"
        batch.add_column(sa.Column("head_repository_id", sa.BigInteger(), nullable=True, comment=comment))
    run = sa.table("workflow_run", *map(sa.column, ("id", "attempt", "workflow_id", "path", "head_repository_id")))
    known = [
        {
            "run": body["id"],
            "again": body.get("run_attempt") or 1,
            "workflow": body.get("workflow_id"),
            "file": body.get("path"),
            "head": (body.get("head_repository") or {}).get("id"),
        }
        for _, body in _payloads("run")
    ]
    of_run = sa.update(run).where(run.c.id == sa.bindparam("run"), run.c.attempt == sa.bindparam("again"))
    values = {
        "workflow_id": sa.bindparam("workflow", type_=sa.BigInteger()),
        "path": sa.bindparam("file", type_=sa.Text()),
        "head_repository_id": sa.bindparam("head", type_=sa.BigInteger()),
    }
    _run(of_run.values(values), known)


def _key_cursors() -> None:
    with op.batch_alter_table("sync_cursor") as batch:
        batch.add_column(sa.Column("repository_id", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE sync_cursor SET repository_id = "
        "(SELECT id FROM repository WHERE repository.full_name = sync_cursor.repository)"
    )
    op.execute("DELETE FROM sync_cursor WHERE repository_id IS NULL")
    with op.batch_alter_table("sync_cursor") as batch:
        batch.drop_constraint("pk_sync_cursor", type_="primary")
        batch.alter_column("repository_id", existing_type=sa.BigInteger(), nullable=False)
        batch.alter_column(
            "repository",
            existing_type=sa.String(256),
            existing_nullable=False,
            comment="OWNER/NAME as GitHub spelled it then",
            existing_comment="OWNER/NAME as GitHub spells it",
        )
        batch.create_primary_key("pk_sync_cursor", ["repository_id", "kind"])
        batch.create_foreign_key("fk_sync_cursor_repository_id_repository", "repository", ["repository_id"], ["id"])


def _payloads(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Key and content of what was kept of a kind, oldest first."""
    columns = (sa.column("kind"), sa.column("key"), sa.column("body", sa.LargeBinary), sa.column("observed_at"))
    payload = sa.table("payload", *columns)
    query = sa.select(payload.c.key, payload.c.body).where(payload.c.kind == kind).order_by(payload.c.observed_at)
    for key, body in op.get_bind().execute(query):
        yield key, json.loads(zlib.decompress(body))


def _from_node_id(node_id: str) -> int:
    """A stand-in for an id that nobody said: negative, so that it is nobody else's."""
    return -int.from_bytes(blake2b(node_id.encode(), digest_size=7).digest()) - 1


def _run(statement: Any, rows: list[Mapping[str, Any]] | list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _AT_ONCE):
        op.get_bind().execute(statement, rows[start : start + _AT_ONCE])


def downgrade() -> None:
    raise NotImplementedError("what was known by former names and node ids cannot be told apart again")
