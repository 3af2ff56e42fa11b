"""A repository that is renamed, or an owner that is, changes no figure."""

import json
from typing import Any

import pytest
from sqlalchemy import func, update

from sprintlib.analysis import analyze_past
from sprintlib.facts.batch import write_names
from sprintlib.history import load_state
from sprintlib.store import schema
from tests.sprints import API, AS_OF, WEB, put, two_sprints
from tests.world import IDS, World, at

NAMES = {API: "zeta/service", WEB: "zeta/a-front"}


@pytest.fixture
def waiting(world: World) -> World:
    """Two repositories in one sprint, with work that waits across and a pull request that carries an item."""
    two_sprints(world)
    world.milestone(2, "Sprint 2", created="03-13", due="03-27", repo=WEB)
    for number in (1, 2, 3):
        put(world, number, "Sprint 2", "03-16 09:00", WEB, 2)
    world.blocked_by(1, f"{API}#15", "03-17 09:00", repo=WEB)
    world.pull(30, created="03-18 12:00", body="Fixes #16")
    world.review(30, "COMMENTED", "03-19 12:00")
    return world


def told(world: World, names: dict[str, str]) -> Any:
    """All that is said of the sprint, with the names of before."""
    world.flush()
    state = load_state(world.engine, world.settings, at(AS_OF))
    (milestone,) = [one for one in analyze_past(state, world.settings).milestones if one.title == "Sprint 2"]
    text = milestone.model_dump_json(exclude={"timings"})
    for before, after in names.items():
        text = text.replace(after, before).replace(after.split("/")[1] + "#", before.split("/")[1] + "#")
    return json.loads(text)


def rename(world: World) -> None:
    table = schema.repository
    with world.engine.begin() as connection:
        for before, after in NAMES.items():
            connection.execute(
                update(table)
                .where(table.c.full_name == before)
                .values(full_name=after, html_url=func.replace(table.c.html_url, before, after))
            )
            write_names(connection, IDS[before], (before, after), at(AS_OF))


def test_every_figure_stays(waiting: World) -> None:
    before = told(waiting, {})
    rename(waiting)
    waiting.settings = waiting.settings.model_copy(
        update={"project": waiting.settings.project.model_copy(update={"repositories": tuple(NAMES.values())})}
    )
    after = told(waiting, NAMES)
    assert before["probability"] not in (None, 0.03, 0.97)
    assert figures(after) == figures(before)


def figures(value: Any, path: str = "") -> dict[str, float]:
    """Every number in an answer, by the place where it stands, whatever the order of lists of items."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return {}
    if isinstance(value, int | float):
        return {path: value}
    if isinstance(value, dict):
        return {key: number for name, one in value.items() for key, number in figures(one, f"{path}.{name}").items()}
    named = [
        (
            str(one.get("ref") or one.get("repo") or one.get("kind") or place) if isinstance(one, dict) else str(place),
            one,
        )
        for place, one in enumerate(value)
    ]
    return {key: number for name, one in named for key, number in figures(one, f"{path}[{name}]").items()}
