"""payloads say what they belong to and when they were last told, so that all facts can be made from them again."""

import json
import re
import zlib
from datetime import datetime
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_AT_ONCE = 500
_PLACE = re.compile(r"https?://[^/]+/([^/]+/[^/]+)/(?:issues|pull)/(\d+)")
_MOMENT = sa.DateTime(timezone=True)
_PAYLOAD = sa.table(
    "payload",
    sa.column("kind"),
    sa.column("key"),
    sa.column("digest"),
    sa.column("repository_id"),
    sa.column("number"),
    sa.column("body", sa.LargeBinary),
    sa.column("source"),
    sa.column("observed_at", _MOMENT),
    sa.column("seen_at", _MOMENT),
)
_OF_GONE = {
    "issue": "number",
    "pull_request": "number",
    "milestone": "number",
    "comment": "id",
    "workflow_run": "id",
    "release": "id",
}


def upgrade() -> None:
    number = "the item that an event, a comment, a review or a commit belongs to"
    seen = "when it was last told; observed_at is when it was first"
    source = sa.Column(
        "source", sa.String(length=16), nullable=False, server_default="rest", comment="who told it last"
    )
    op.add_column("payload", sa.Column("number", sa.Integer(), nullable=True, comment=number))
    op.add_column("payload", source)
    op.add_column("payload", sa.Column("seen_at", _MOMENT, nullable=True, comment=seen))
    op.execute("UPDATE payload SET seen_at = observed_at")
    for table in ("review", "comment"):  # a text that says nothing is null, whoever told it
        op.execute(f"UPDATE {table} SET body = NULL WHERE body = ''")
    _numbers()
    _commits()
    _repositories()
    _changes()
    _gone()
    _references()


def _references() -> None:
    """Cross-references, which have no id of their own, go by their source's number instead of its id."""
    query = sa.text("SELECT key, repository_id, number, body FROM payload WHERE kind = 'event' AND key LIKE 'x%'")
    found = op.get_bind().execute(query.columns(body=sa.LargeBinary)).all()
    moves = {}
    for key, repository_id, number, body in found:
        told = json.loads(zlib.decompress(body))
        if number is not None and (new := _reference_id(told, number, repository_id)):
            moves[key] = new
    rows = [{"old": old, "new": new} for old, new in moves.items() if old != new]
    _run(sa.text("UPDATE event SET id = :new WHERE id = :old"), rows)
    _run(sa.text("UPDATE payload SET key = :new WHERE kind = 'event' AND key = :old"), rows)


def _reference_id(told: dict[str, Any], number: int, repository_id: int) -> str | None:
    source = (told.get("source") or {}).get("issue") or {}
    repository = (source.get("repository") or {}).get("id")
    place = _PLACE.search(source.get("html_url") or "")
    known_as = (
        f"{repository}#{source.get('number')}" if repository else f"{place[1]}#{place[2]}".lower() if place else ""
    )
    if not known_as:
        return None
    parts = (repository_id, number, told.get("event"), known_as, told.get("created_at"))
    return "x" + blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def _numbers() -> None:
    """What an event, a review or a comment belongs to, by the row made from it."""
    keys = {"event": "of.id", "review": "CAST(of.id AS VARCHAR(32))", "comment": "of.kind || '-' || of.id"}
    for kind, key in keys.items():
        rows = f"SELECT of.number, {key} FROM {kind} of"
        numbers = {name: number for number, name in op.get_bind().execute(sa.text(rows))}
        told = op.get_bind().execute(sa.text("SELECT DISTINCT key FROM payload WHERE kind = :kind"), {"kind": kind})
        found = [{"kind": kind, "key": key, "number": numbers[key]} for (key,) in told if key in numbers]
        _run(sa.text("UPDATE payload SET number = :number WHERE kind = :kind AND key = :key"), found)


def _commits() -> None:
    """A commit may be in several pull requests: one payload for each."""
    key = "l.repository_id || '-' || l.number || '-' || l.sha"
    op.execute(
        "INSERT INTO payload (kind, key, digest, repository_id, number, body, source, observed_at, seen_at) "
        f"SELECT p.kind, {key}, p.digest, l.repository_id, l.number, p.body, p.source, p.observed_at, p.seen_at "
        "FROM payload p JOIN pull_request_commit l ON l.sha = p.key WHERE p.kind = 'commit'"
    )
    op.execute("DELETE FROM payload WHERE kind = 'commit' AND number IS NULL")


def _repositories() -> None:
    names = "id, node_id, full_name, html_url, private, default_branch, clone_url, archived, created_at, organization"
    times = sa.text(f"SELECT {names}, observed_at FROM repository").columns(created_at=_MOMENT, observed_at=_MOMENT)
    owners = {row["login"]: row for row in op.get_bind().execute(sa.text("SELECT * FROM organization")).mappings()}
    rows = []
    for found in op.get_bind().execute(times).mappings():
        told: dict[str, Any] = {**found, "created_at": _text(found["created_at"])}
        seen_at, owner = told.pop("observed_at"), owners.get(told.pop("organization"))
        for flag in ("private", "archived"):
            told[flag] = None if told[flag] is None else bool(told[flag])
        if owner:
            told["owner"] = {"login": owner["login"], "node_id": owner["node_id"], "type": owner["kind"]}
        rows.append(_kept("repository", str(found["id"]), found["id"], told, seen_at))
    _run(sa.insert(_PAYLOAD), rows)


def _changes() -> None:
    query = sa.text("SELECT * FROM milestone_change").columns(happened_at=_MOMENT)
    rows = []
    for found in op.get_bind().execute(query).mappings():
        told = {name: found[name] for name in ("number", "field", "before")}
        key = f"{found['repository_id']}-{found['number']}-{found['field']}"
        told["happened_at"] = _text(found["happened_at"])
        rows.append(_kept("milestone_change", key, found["repository_id"], told, found["happened_at"]))
    _run(sa.insert(_PAYLOAD), rows)


def _gone() -> None:
    for table, column in _OF_GONE.items():
        names = f"repository_id, {column} AS key, gone_at" + (", kind" if table == "comment" else "")
        query = sa.text(f"SELECT DISTINCT {names} FROM {table} WHERE gone_at IS NOT NULL").columns(gone_at=_MOMENT)
        rows = []
        for found in op.get_bind().execute(query).mappings():
            of = {"of": found["kind"]} if table == "comment" else {}
            told = {"table": table, "key": found["key"], "gone_at": _text(found["gone_at"]), **of}
            key = "-".join(map(str, (found["repository_id"], table, *of.values(), found["key"])))
            rows.append(_kept("gone", key, found["repository_id"], told, found["gone_at"]))
        _run(sa.insert(_PAYLOAD), rows)


def _text(moment: datetime | None) -> str | None:
    """With its zone: SQLite gives none, and means UTC."""
    return None if moment is None else moment.isoformat() + ("" if moment.tzinfo else "+00:00")


def _kept(kind: str, key: str, repository_id: int, told: dict[str, Any], at: datetime) -> dict[str, Any]:
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return {
        "kind": kind,
        "key": key,
        "digest": blake2b(text, digest_size=16).hexdigest(),
        "repository_id": repository_id,
        "body": zlib.compress(text, 1),
        "source": "rest",
        "observed_at": at,
        "seen_at": at,
    }


def _run(statement: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _AT_ONCE):
        op.get_bind().execute(statement, rows[start : start + _AT_ONCE])


def downgrade() -> None:
    op.execute("DELETE FROM payload WHERE kind IN ('repository', 'milestone_change', 'gone')")
    same = "SELECT 1 FROM payload o WHERE o.kind = 'commit' AND o.digest = payload.digest AND o.key < payload.key"
    op.execute(f"DELETE FROM payload WHERE kind = 'commit' AND EXISTS ({same})")
    op.execute("UPDATE payload SET key = substr(key, length(key) - 39) WHERE kind = 'commit'")
    for name in ("seen_at", "source", "number"):
        op.drop_column("payload", name)
