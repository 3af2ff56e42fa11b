"""Which GitHub Project a name means: owners are renamed, and GitHub's id of a project stays.

What is known of a project is stored under the first name that it was seen by. Under its later names it is found by its
id, and another project that takes a former name is not mistaken for it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from sprintlib.store import schema, upsert


@dataclass(frozen=True)
class KnownBoard:
    """A project as it was seen. board: what its rows are stored under. names: in lower case, that of today first."""

    project_id: int
    node_id: str | None
    board: str
    names: tuple[str, ...]


def known_board(connection: Connection, name: str) -> KnownBoard | None:
    """The project that a name (OWNER/NUMBER) means; None where none was seen by it."""
    table = schema.board_name
    meant = connection.execute(select(table).where(table.c.name == name.lower())).one_or_none()
    if meant is None:
        return None
    own = select(table.c.name).where(table.c.project_id == meant.project_id).order_by(table.c.seen_at.desc())
    return KnownBoard(meant.project_id, meant.node_id, meant.board, tuple(connection.execute(own).scalars()))


def stored_as(connection: Connection, name: str) -> str:
    """What the rows of the project with this name are stored under."""
    known = known_board(connection, name)
    return known.board if known else name.lower()


def note_name(connection: Connection, name: str, project_id: int, node_id: str | None, seen_at: datetime) -> str:
    """Note that a project is called so now; returns what its rows are stored under."""
    table, name = schema.board_name, name.lower()
    known = known_board(connection, name)
    if known and known.project_id == project_id and known.names[0] == name:
        return known.board
    former = connection.scalar(select(table.c.board).where(table.c.project_id == project_id).limit(1))
    # a name that was another's, or under which another's rows are
    taken = connection.scalar(select(table.c.project_id).where(table.c.board == name).limit(1)) or (known is not None)
    board = former or (f"#{project_id}" if taken else name)
    row = {"name": name, "project_id": project_id, "node_id": node_id, "board": board, "seen_at": seen_at}
    upsert(connection, table, [row])
    return board
