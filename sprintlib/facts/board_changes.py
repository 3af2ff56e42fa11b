"""What a webhook tells of an entry on a GitHub Project: which field changed, from what to what.

It names the board by its node id or its number, and the issue or pull request by its node id alone; what it does not
tell stays as it was last seen, and the next listing of the board is right about the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from sprintlib.facts.board_names import KnownBoard, known_board
from sprintlib.facts.changes import note_changes, of_items
from sprintlib.facts.rows import WEBHOOK, Payload, Row, moment
from sprintlib.store import append, fitted, schema

EVENT = "projects_v2_item"
_OFF = frozenset({"archived", "deleted"})
_STATUS = "status"


@dataclass(frozen=True)
class BoardMeant:
    """The board of the settings. name: OWNER/NUMBER; iteration, points: names of its fields, None: not named."""

    name: str
    iteration: str | None = None
    points: str | None = None


def apply_board_change(
    connection: Connection, meant: BoardMeant, payload: Payload, received_at: datetime
) -> int | None:
    """Write the version of an entry that a delivery of EVENT tells; doing it again changes nothing.

    Returns the repository of its item, None where it is of no board, no item or no field that counts. Raises one of
    NOT_UNDERSTOOD.
    """
    entry = payload["projects_v2_item"]
    place = _place(connection, entry.get("content_node_id"))
    known_as = known_board(connection, meant.name)
    changed = _changed(meant, known_as, payload)
    if place is None or changed is None:
        return None
    board, (repository_id, number) = known_as.board if known_as else meant.name.lower(), place
    values, before = changed
    updated_at = datetime.fromisoformat(entry["updated_at"])
    known = _last(connection, board, place, updated_at)
    if known is None and not before:
        return None
    base: Row = {
        "board": board,
        "repository_id": repository_id,
        "number": number,
        "item": int(entry["id"]),
        "created_at": moment(entry["created_at"]),
        "source": WEBHOOK,
        "observed_at": received_at,
    }
    told = known or {"iteration": None, "status": None, "points": None}
    rows = [] if known else [{**base, **told, **before, "updated_at": base["created_at"]}]
    rows.append({**base, **{name: told[name] for name in ("iteration", "status", "points")}, **values})
    rows[-1]["updated_at"] = updated_at
    append(connection, schema.board_item, [fitted(schema.board_item, row) for row in rows])
    note_changes(connection, of_items(repository_id, [number]))
    return repository_id


def _changed(meant: BoardMeant, known: KnownBoard | None, payload: Payload) -> tuple[Row, Row] | None:
    """Columns with their new values, and with their former ones; None where nothing that counts changed."""
    if not _is_meant(meant, known, payload):
        return None
    if payload.get("action") in _OFF:
        # whose entry it was is told by what is known of it: another board's is not known under this one
        return {"iteration": None}, {}
    change = (payload.get("changes") or {}).get("field_value") or {}
    column = _column(meant, change)
    if column is None or "to" not in change:
        return None
    return {column: _value(column, change["to"])}, {column: _value(column, change.get("from"))}


def _is_meant(meant: BoardMeant, known: KnownBoard | None, payload: Payload) -> bool:
    """Whether it is about the board that is meant: by its node id where both are told, else by a name of it."""
    node_id = payload["projects_v2_item"].get("project_node_id")
    if known and known.node_id and node_id:
        return bool(node_id == known.node_id)
    owner = str((payload.get("organization") or {}).get("login", "")).lower()
    change = (payload.get("changes") or {}).get("field_value") or {}
    names = known.names if known else (meant.name.lower(),)
    if "project_number" in change:
        return f"{owner}/{change['project_number']}" in names
    # of other changes it tells no number: whose entry it was is told by what is known of it
    return owner in [name.partition("/")[0] for name in names] and payload.get("action") in _OFF


def _column(meant: BoardMeant, change: Mapping[str, Any]) -> str | None:
    name = str(change.get("field_name") or "").lower()
    match change.get("field_type"):
        case "iteration" if meant.iteration is None or name == meant.iteration.lower():
            return "iteration"
        case "number" if meant.points is not None and name == meant.points.lower():
            return "points"
        case "single_select" if name == _STATUS:
            return "status"
    return None


def _value(column: str, told: Any) -> Any:
    if told is None:
        return None
    if column == "points":
        return float(told)
    return str(told["id"] if column == "iteration" else told["name"])


def _place(connection: Connection, node_id: Any) -> tuple[int, int] | None:
    """The issue or pull request of a node id."""
    if not isinstance(node_id, str):
        return None
    for table in (schema.issue, schema.pull_request):
        found = connection.execute(
            select(table.c.repository_id, table.c.number).where(table.c.node_id == node_id)
        ).first()
        if found:
            return found.repository_id, found.number
    return None


def _last(connection: Connection, board: str, place: tuple[int, int], until: datetime) -> Row | None:
    """The newest version of an entry up to a moment."""
    table = schema.board_item
    repository_id, number = place
    mine = (table.c.board == board, table.c.repository_id == repository_id, table.c.number == number)
    versions = select(table).where(*mine, table.c.updated_at <= until).order_by(table.c.updated_at.desc())
    found = connection.execute(versions).mappings().first()
    return dict(found) if found else None
