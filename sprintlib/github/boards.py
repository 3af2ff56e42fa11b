"""Collecting a GitHub Project (v2): its iterations, and every issue and pull request on it as it is now.

GitHub tells no history of a board and lists it whole: 100 entries a request, at every sync. What it is asked for is the
fields that count.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from sprintlib.errors import CollectError
from sprintlib.facts.batch import payload_errors
from sprintlib.facts.board_names import known_board, note_name
from sprintlib.facts.boards import BoardFields, item_row, iteration_rows, write_items, write_iterations
from sprintlib.facts.rows import item_reference
from sprintlib.github.client import Client
from sprintlib.github.endpoints import PAGE_SIZE
from sprintlib.github.lists import MOST_PAGES, Walk
from sprintlib.settings import SprintSettings

_NOT_SHOWN = (403, 404)
_STATUS = "status"
_POINTS = re.compile(r"\b(?:story )?points?\b|\bestimate\b", re.IGNORECASE)
Field = Mapping[str, Any]


@dataclass(frozen=True)
class Board:
    """A GitHub Project as it was found. path: below the API root. fields: all of them, as GitHub gives them.

    id, node_id: GitHub's; they stay when its owner is renamed.
    """

    id: int
    node_id: str | None
    name: str
    title: str
    path: str
    fields: tuple[Field, ...]

    def field(self, kind: str, name: str | None) -> Field | None:
        """The field of a data type with a name, in whatever case; the first of that type where none is named."""
        own = [one for one in self.fields if one.get("data_type") == kind]
        return next((one for one in own if name is None or str(one.get("name")).lower() == name.lower()), None)

    @property
    def points(self) -> str | None:
        """The name of its number field that is called like points; None where no or more than one is."""
        names = [str(one.get("name")) for one in self.fields if one.get("data_type") == "number"]
        alike = [name for name in names if _POINTS.search(name)]
        return alike[0] if len(alike) == 1 else None

    def holds(self, client: Client, repositories: Collection[str]) -> bool:
        """Whether any of its first entries is of one of these repositories (names in lower case)."""
        answer = client.get(f"{self.path}/items", {"per_page": PAGE_SIZE}, accept=_NOT_SHOWN)
        entries = answer.body if answer.status == 200 and isinstance(answer.body, list) else []
        contents = (one.get("content") for one in entries if isinstance(one, Mapping))
        refs = (item_reference(content) for content in contents if isinstance(content, Mapping))
        return any(ref.rpartition("#")[0].lower() in repositories for ref in refs if ref)


def find_board(client: Client, name: str) -> Board | None:
    """A board (OWNER/NUMBER) of an organization or a user; None where it is not there or may not be seen.

    Raises CollectError and its kinds.
    """
    owner, _, number = name.partition("/")
    for kind in ("orgs", "users"):
        path = f"/{kind}/{owner}/projectsV2/{number}"
        answer = client.get(path, accept=_NOT_SHOWN)
        if answer.status == 200 and isinstance(answer.body, Mapping):
            fields = tuple(_listed(client, f"{path}/fields"))
            told = answer.body
            return Board(int(told["id"]), told.get("node_id"), name, str(told.get("title") or name), path, fields)
    return None


def boards_of(client: Client, owner: str) -> list[Board]:
    """The open boards of an organization or a user that may be seen; none where that is not allowed."""
    for kind in ("orgs", "users"):
        answer = client.get(f"/{kind}/{owner}/projectsV2", {"per_page": PAGE_SIZE}, accept=_NOT_SHOWN)
        if answer.status != 200 or not isinstance(answer.body, list):
            continue
        found = [one for one in answer.body if isinstance(one, Mapping) and not one.get("closed_at")]
        boards = (find_board(client, f"{owner}/{one.get('number')}") for one in found)
        return [board for board in boards if board is not None]
    return []


@dataclass(frozen=True)
class Collected:
    """What a board told: how many entries of the project's repositories it lists, and how it is called today."""

    entries: int
    name: str


def collect_board(engine: Engine, client: Client, asked: SprintSettings, repositories: Mapping[str, int]) -> Collected:
    """Store what the board of the settings tells now.

    repositories: names in lower case -> ids. A board whose owner was renamed is found under the owners of these, by its
    id. Raises CollectError and its kinds with one sentence, also for a field that is not there.
    """
    name = asked.project or ""
    board = find_board(client, name) or _renamed(engine, client, name, repositories)
    if board is None:
        raise CollectError(no_access(name))
    fields, iteration = _fields(board, asked)
    query = {"per_page": PAGE_SIZE, "fields": ",".join(map(str, fields.ids))}
    entries = list(_listed(client, f"{board.path}/items", query))
    seen_at = client.now()
    with payload_errors(f"the project {name}"):
        iterations = list(iteration_rows(iteration, seen_at))
        found = [item_row(entry, fields, repositories, seen_at) for entry in entries]
    with engine.begin() as connection:
        stored = note_name(connection, board.name, board.id, board.node_id, seen_at)
        write_iterations(connection, stored, iterations)
        return Collected(
            write_items(connection, stored, [row for row in found if row is not None], seen_at), board.name
        )


def _renamed(engine: Engine, client: Client, name: str, repositories: Iterable[str]) -> Board | None:
    """The board that was called so, where another of the owners has one of its number and its id."""
    with engine.connect() as connection:
        known = known_board(connection, name)
    if known is None:
        return None
    number = name.rpartition("/")[2]
    owners = sorted({repository.partition("/")[0] for repository in repositories})
    names = dict.fromkeys([*known.names, *(f"{owner}/{number}" for owner in owners)])
    found = (find_board(client, one) for one in names if one != name.lower())
    return next((board for board in found if board is not None and board.id == known.project_id), None)


def no_access(name: str) -> str:
    """Why a board cannot be read, and what to do; GitHub answers 404 as well as 403 to who may not see one."""
    return (
        f"GitHub does not show the project {name}: check [sprints] project, and give the token the permission "
        "'Projects: read' of its organization (fine-grained) or the scope read:project (classic)"
    )


def _fields(board: Board, asked: SprintSettings) -> tuple[BoardFields, Field]:
    """Which fields say what, and the iteration field itself."""
    iteration = board.field("iteration", asked.iteration)
    points = board.field("number", asked.points) if asked.points else None
    status = board.field("single_select", _STATUS)
    if iteration is None:
        named = f"an iteration field '{asked.iteration}'" if asked.iteration else "an iteration field"
        raise CollectError(f"the project {board.name} does not have {named}: add one there, or change [sprints].")
    if asked.points and points is None:
        raise CollectError(f"the project {board.name} has no number field '{asked.points}': change [sprints] points.")
    ids = (int(one["id"]) if one else None for one in (points, status))
    return BoardFields(int(iteration["id"]), *ids), iteration


def _listed(client: Client, path: str, query: Mapping[str, Any] | None = None) -> Iterator[Field]:
    """All pages of a list of a board. Raises CollectError where they have no end."""
    address: str | None = path
    parameters: Mapping[str, Any] | None = query or {"per_page": PAGE_SIZE}
    walk = Walk(path)
    while address:
        answer = client.get(address, parameters)
        if not isinstance(answer.body, list):
            raise CollectError(f"GitHub gave {path} in a form that is not understood: it is no list.")
        yield from (one for one in answer.body if isinstance(one, Mapping))
        address, parameters = walk.following(answer), None
        walk.check()
        if walk.is_long_enough:
            raise CollectError(f"GitHub lists more of {path} than {MOST_PAGES:,} pages.")
