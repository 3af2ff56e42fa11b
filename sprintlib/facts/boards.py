"""What GitHub Projects (v2) tell: iterations, and in which an issue or pull request is; with its status and points.

A board shows each entry as it is now, with its own update time: so every version that is seen is a fact from that time
on, and what was before the first one is not known. What a board is stored under: facts.board_names.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from sprintlib.facts.changes import note_changes, of_items
from sprintlib.facts.rows import Payload, Row, item_reference, moment
from sprintlib.store import append, fitted, schema, upsert


@dataclass(frozen=True)
class BoardFields:
    """Which fields of a board say what, by GitHub's ids. points, status: None where the board has none."""

    iteration: int
    points: int | None = None
    status: int | None = None

    @property
    def ids(self) -> list[int]:
        return [key for key in (self.iteration, self.points, self.status) if key is not None]


def iteration_rows(field: Payload, seen_at: datetime) -> Iterator[Row]:
    """Rows of `board_iteration`, without their board, from an iteration field. Raises one of NOT_UNDERSTOOD."""
    for told in field["configuration"]["iterations"]:
        title = told["title"]
        row = {
            "iteration": str(told["id"]),
            "seen_at": seen_at,
            "title": title["raw"] if isinstance(title, Mapping) else title,
            "first_day": date.fromisoformat(told["start_date"]),
            "days": int(told["duration"]),
        }
        if row["days"] < 1:
            raise ValueError("an iteration lasts no day")
        yield fitted(schema.board_iteration, row)


def item_row(entry: Payload, fields: BoardFields, repositories: Mapping[str, int], seen_at: datetime) -> Row | None:
    """A row of `board_item`, without its board, from an entry; None for a draft, and for a repository not named.

    repositories: names in lower case -> ids. Raises one of NOT_UNDERSTOOD.
    """
    reference = item_reference(entry.get("content") or {})
    repo, _, number = (reference or "").rpartition("#")
    repository_id = repositories.get(repo.lower())
    if repository_id is None:
        return None
    values = {field["id"]: field.get("value") for field in entry.get("fields") or ()}
    iteration, status = values.get(fields.iteration), values.get(fields.status)
    points = values.get(fields.points)
    row = {
        "repository_id": repository_id,
        "number": int(number),
        "updated_at": moment(entry["updated_at"]),
        "item": int(entry["id"]),
        "iteration": None if entry.get("archived_at") else _iteration_id(iteration),
        "status": status["name"]["raw"] if status else None,
        "points": None if points is None else float(points),
        "created_at": moment(entry["created_at"]),
        "source": "rest",
        "observed_at": seen_at,
    }
    return fitted(schema.board_item, row)


def write_iterations(connection: Connection, board: str, rows: Iterable[Row]) -> None:
    """Store iterations that are seen otherwise than before. board: what they are stored under."""
    table = schema.board_iteration
    known: dict[str, tuple[Any, ...]] = {
        row.iteration: (row.title, row.first_day, row.days)
        for row in connection.execute(select(table).where(table.c.board == board).order_by(table.c.seen_at))
    }
    fresh = [row for row in rows if known.get(row["iteration"]) != (row["title"], row["first_day"], row["days"])]
    append(connection, table, [{"board": board, **row} for row in fresh])


def write_items(connection: Connection, board: str, rows: Iterable[Row], seen_at: datetime) -> int:
    """Store versions of a board's entries that are new, and that the others are on it no longer.

    board: what they are stored under. rows: all it lists. Returns how many issues and pull requests it lists.
    """
    listed = {(row["repository_id"], row["number"]): {"board": board, **row} for row in rows}
    newest = _newest(connection, schema.board_item, board)
    gone = [
        {**row, "iteration": None, "status": None, "points": None, "updated_at": seen_at, "observed_at": seen_at}
        for key, row in newest.items()
        if key not in listed and row["iteration"] is not None
    ]
    fresh = [row for key, row in listed.items() if _differs(row, newest.get(key))]
    for repository_id in {row["repository_id"] for row in [*fresh, *gone]}:
        own = [row["number"] for row in [*fresh, *gone] if row["repository_id"] == repository_id]
        note_changes(connection, of_items(repository_id, own))
    # what is listed is right about a moment of which a webhook told only a part
    upsert(connection, schema.board_item, [*fresh, *gone], newest_by=("observed_at",))
    return len(listed)


def _newest(connection: Connection, table: Table, board: str) -> dict[tuple[int, int], Row]:
    """The last version of each entry."""
    found = select(table).where(table.c.board == board).order_by(table.c.updated_at)
    return {(row["repository_id"], row["number"]): dict(row) for row in connection.execute(found).mappings()}


def _differs(row: Row, known: Row | None) -> bool:
    names = ("updated_at", "iteration", "status", "points")
    return known is None or (
        any(row[name] != known[name] for name in names) and row["updated_at"] >= known["updated_at"]
    )


def _iteration_id(value: Any) -> str | None:
    """The id of an iteration that a field's value names."""
    if not value:
        return None
    return str(value["iteration_id"] if "iteration_id" in value else value["id"])
