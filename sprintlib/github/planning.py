"""How a team plans its sprints, told from what its repositories hold: what `sprint init` proposes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sprintlib.github.boards import boards_of
from sprintlib.github.client import Client
from sprintlib.github.endpoints import PAGE_SIZE
from sprintlib.settings import SprintSettings
from sprintlib.text import printable

_LATELY = timedelta(days=365)  # a team whose last dated milestone is older plans otherwise by now
_WEEKS_BACK = 26  # an even number, so that a sprint of two weeks begins this week
_NOT_SHOWN = (403, 404, 410)


@dataclass(frozen=True)
class Planning:
    """sprints: the settings that fit. told: a line that says what was found and what follows from it."""

    sprints: SprintSettings
    told: str


def find_planning(client: Client, repositories: Sequence[str]) -> Planning:
    """A GitHub Project with iterations, else milestones with due dates of the last year or to come, else a cadence.

    The cadence begins half a year back, so that there are finished sprints to learn from. Raises CollectError and its
    kinds.
    """
    board = _with_iterations(client, repositories)
    if board is not None:
        sprints, title = board
        return Planning(sprints, f"Sprints: the iterations of the GitHub Project {sprints.project} ({title}).")
    today = client.now().date()
    dated = [name for name in repositories if _has_dated_milestones(client, name, today - _LATELY)]
    if dated:
        verb = "has" if len(dated) == 1 else "have"
        return Planning(SprintSettings(), f"Sprints: milestones; {', '.join(dated)} {verb} some with due dates.")
    monday = today - timedelta(days=today.weekday(), weeks=_WEEKS_BACK)
    told = (
        f"Sprints: steps of 2 weeks since {monday}, as no milestone has a due date; "
        "change [sprints] in sprint.toml to the days on which yours begin."
    )
    return Planning(SprintSettings(source="cadence", start=monday, length="2 weeks"), told)


def _has_dated_milestones(client: Client, repository: str, since: date) -> bool:
    query = {"state": "all", "sort": "due_on", "direction": "desc", "per_page": PAGE_SIZE}
    answer = client.get(f"/repos/{repository}/milestones", query, accept=_NOT_SHOWN)
    found = answer.body if answer.status == 200 and isinstance(answer.body, list) else []
    due = (one.get("due_on") for one in found if isinstance(one, dict))
    return any(isinstance(day, str) and day[:10] >= since.isoformat() for day in due)


def _with_iterations(client: Client, repositories: Sequence[str]) -> tuple[SprintSettings, str] | None:
    """The first open GitHub Project of the owners that has iterations and holds items of these repositories."""
    wanted = {name.lower() for name in repositories}
    for owner in dict.fromkeys(name.partition("/")[0] for name in repositories):
        for board in boards_of(client, owner):
            field = board.field("iteration", None)
            if field is not None and board.holds(client, wanted):
                points = board.points
                sprints = SprintSettings(
                    source="projects", project=board.name, iteration=str(field["name"]), points=points
                )
                return sprints, printable(board.title)
    return None
