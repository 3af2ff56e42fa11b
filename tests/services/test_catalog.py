"""Milestones of the API are the sprints that every command knows, whatever they are made from."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from sprintlib.github import sync
from sprintlib.history import find_sprints
from sprintlib.project import ProjectHandle
from sprintlib.services import milestones
from sprintlib.settings import Settings, parse
from sprintsim.fake_github import running
from tests.github import shop
from tests.github.boards import board, entry
from tests.github.conftest import HASTE

NOW = datetime(2026, 3, 17, 18, tzinfo=UTC)
BOARD = {"source": "projects", "project": "acme/3"}
CADENCE = {"source": "cadence", "start": "2026-03-02", "length": "2 weeks"}


@pytest.fixture
def url(engine: Engine, tmp_path: Path) -> str:
    """Where the shop with a milestone and a board was collected from."""
    dataset = shop.dataset()
    dataset.set_extra("milestones", [shop.milestone(due_on="2026-04-01T00:00:00Z")])
    dataset.set_extra("boards", [board(entry(1, "b2", 16), entry(2, "a1", 2))])
    with running([dataset], clock=lambda: NOW) as url:
        sync(engine, made(tmp_path, url, BOARD), None, retry_policy=HASTE)
        return url


def made(home: Path, url: str, sprints: dict[str, Any]) -> Settings:
    github = {"api_url": url, "details_days": 3650, "clone": False}
    project = {"name": "acme", "repositories": [shop.NAME]}
    return parse({"home": home, "project": project, "github": github, "sprints": sprints})


def project(engine: Engine, home: Path, url: str, sprints: dict[str, Any]) -> ProjectHandle:
    return ProjectHandle(made(home, url, sprints), engine, lambda: NOW)


def test_the_sprints_of_each_source(engine: Engine, url: str, tmp_path: Path) -> None:
    for sprints, open_ones, closed_ones in (
        ({}, [("Alpha", date(2026, 4, 1))], []),
        (BOARD, [("Sprint 2", date(2026, 3, 29))], [("Sprint 1", date(2026, 3, 15))]),
        (CADENCE, [("Sprint 2026-03-16", date(2026, 3, 29))], [("Sprint 2026-03-02", date(2026, 3, 15))]),
    ):
        handle = project(engine, tmp_path, url, sprints)
        for state, expected in (("open", open_ones), ("closed", closed_ones)):
            assert [(one.title, one.due_on) for one in milestones(handle, state)] == expected
        assert {one.source for one in milestones(handle)} == {sprints.get("source", "milestones")}


def test_their_numbers_and_titles_are_those_that_every_command_takes(engine: Engine, url: str, tmp_path: Path) -> None:
    for sprints in ({}, BOARD, CADENCE):
        handle = project(engine, tmp_path, url, sprints)
        for one in milestones(handle, "open"):
            for wanted in (str(one.number), one.title):
                (found,) = find_sprints(handle.state(NOW), handle.calendar, wanted)
                assert [part.number for part in found.parts] == [one.number]


def test_nothing_is_there_before_the_first_sync(engine: Engine, tmp_path: Path) -> None:
    for sprints in ({}, BOARD, CADENCE):
        assert milestones(project(engine, tmp_path, "http://127.0.0.1:9", sprints)) == []
