"""What is kept as it came, beside the rows made from it: each version once, with the times it was first and last told.

Parts that change without the thing itself changing are cut from what is kept: embedded repositories to their identity.
What arrived in another form than a payload is kept as a small object of its own, so that everything can be made again:
that something is gone, or that a milestone had another title.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Table

from sprintlib.facts.rows import Origin, Payload, Row
from sprintlib.store import insert_into, schema

GONE, REPOSITORY, MILESTONE_CHANGE = "gone", "repository", "milestone_change"
_REPOSITORY_IDENTITY = ("id", "node_id", "full_name", "html_url", "private", "fork")
# what repository_row and organization_row read; the rest changes with every star
_OF_REPOSITORY = (*_REPOSITORY_IDENTITY, "name", "default_branch", "clone_url", "archived", "created_at")
_OF_OWNER = ("login", "node_id", "type")


def kept_row(kind: str, key: str, payload: Payload, origin: Origin, number: int | None = None) -> Row:
    """A row of `payload`. key: what stays the same in all versions. number: the item that the thing belongs to."""
    text = json.dumps(_without_noise(payload), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return {
        "kind": kind,
        "key": key,
        "digest": blake2b(text, digest_size=16).hexdigest(),
        "repository_id": origin.repository_id,
        "number": number,
        "body": zlib.compress(text, 1),
        "source": origin.source,
        "observed_at": origin.observed_at,
        "seen_at": origin.observed_at,
    }


def write_kept(connection: Connection, rows: Iterable[Row]) -> None:
    """Store what is new; of what is kept already, note who told it last and when."""
    newest: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        known = newest.setdefault((row["kind"], row["key"], row["digest"]), row)
        if row["seen_at"] > known["seen_at"]:
            known |= {name: row[name] for name in ("seen_at", "source")}
    if not newest:
        return
    table = schema.payload
    statement = insert_into(connection, table)
    told = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["kind", "key", "digest"],
        set_={"seen_at": told.seen_at, "source": told.source},
        where=told.seen_at > table.c.seen_at,
    )
    connection.execute(statement, list(newest.values()))


def gone_row(table: Table, key: int, gone_at: datetime | None, kind: str, origin: Origin) -> Row:
    """That a thing was found to be gone, or (None) to be there again.

    key: its number or id. kind: of two kinds of comments, `review_comment` for those on code.
    """
    of = {"of": "review" if kind.startswith("review_comment") else "issue"} if table is schema.comment else {}
    told = {"table": table.name, "key": key, "gone_at": gone_at.isoformat() if gone_at else None, **of}
    return kept_row(GONE, "-".join(map(str, (origin.repository_id, table.name, *of.values(), key))), told, origin)


def repository_kept(payload: Payload, origin: Origin) -> Row:
    """A repository object, without what changes all the time."""
    owner = payload.get("owner")
    told = {name: payload[name] for name in _OF_REPOSITORY if name in payload}
    if isinstance(owner, Mapping):
        told["owner"] = {name: owner[name] for name in _OF_OWNER if name in owner}
    return kept_row(REPOSITORY, str(payload["id"]), told, origin)


def _without_noise(payload: Payload) -> Payload:
    cut: dict[str, Any] = {
        side: {**payload[side], "repo": _identity(payload[side]["repo"])}
        for side in ("head", "base")
        if isinstance(payload.get(side), Mapping) and payload[side].get("repo")
    }
    for key in ("repository", "head_repository"):
        if isinstance(payload.get(key), Mapping):
            cut[key] = _identity(payload[key])
    return {**payload, **cut} if cut else payload


def _identity(repository: Payload) -> Row:
    return {key: repository[key] for key in _REPOSITORY_IDENTITY if key in repository}
