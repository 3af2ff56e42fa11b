"""A team with one sprint behind it and one under way, for tests of the floors above history."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sprintlib.store import open_store
from tests.world import API, WEB, World

AS_OF = "03-20 12:00"  # a Friday; the second sprint began on Monday and ends a week from now


def working_days(first: str, number: int) -> list[str]:
    """'03-02' and the working days after it, as texts; weekends do not count."""
    day = date.fromisoformat(f"2026-{first}")
    found: list[str] = []
    while len(found) < number:
        if day.weekday() < 5:
            found.append(f"{day:%m-%d}")
        day += timedelta(days=1)
    return found


def put(
    world: World, number: int, title: str, entered: str, repo: str = API, milestone: int = 0, **more: object
) -> None:
    """An issue that entered a milestone; `closed` among `more` closes it."""
    world.issue(number, created=more.pop("created", entered), repo=repo, milestone=milestone, **more)
    world.event(number, "milestoned", entered, subject=title, repo=repo)
    if more.get("closed"):
        world.event(number, "closed", str(more["closed"]), repo=repo)


def first_sprint(world: World, repo: str = API) -> None:
    """Sprint 1: ten issues, one closed on every working day from Monday 2 to Friday 13 March, all in time."""
    world.milestone(1, "Sprint 1", created="03-01", due="03-13", closed="03-16 08:00", repo=repo)
    for number, day in enumerate(working_days("03-02", 10), start=1):
        put(world, number, "Sprint 1", "03-02 08:00", repo, 1, closed=f"{day} 15:00")


def second_sprint(world: World, repo: str = API, due: str | None = "03-27", size: int = 8) -> None:
    """Sprint 2: issues 11, 12, ... since Monday 16 March; three of them closed by Friday noon."""
    world.milestone(2, "Sprint 2", created="03-13", due=due, repo=repo)
    done = dict(zip((11, 12, 13), ("03-17", "03-18", "03-19"), strict=True))
    for number in range(11, 11 + size):
        closed = {"closed": f"{done[number]} 15:00"} if number in done else {}
        put(world, number, "Sprint 2", "03-16 09:00", repo, 2, **closed)


def two_sprints(world: World, due: str | None = "03-27") -> World:
    """Both sprints in acme/api."""
    first_sprint(world)
    second_sprint(world, due=due)
    return world


@cache
def _template() -> bytes:
    """A store with both sprints in it; made once, as migrations take longer than the facts."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "sprint.db"
        engine = open_store(f"sqlite:///{file}")
        two_sprints(World(engine)).flush()
        engine.dispose()
        copy = Path(folder) / "copy.db"
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
        return copy.read_bytes()


def team_in(folder: Path) -> World:
    """A world of its own with both sprints in acme/api, in a folder of its own."""
    file = folder / "data" / "sprint.db"
    file.parent.mkdir()
    file.write_bytes(_template())
    world = World(open_store(f"sqlite:///{file}"), folder)
    world.numbers_from(10_000)
    return world


__all__ = ["API", "AS_OF", "WEB", "first_sprint", "put", "second_sprint", "team_in", "two_sprints", "working_days"]
