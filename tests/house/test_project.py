"""The handle of a project: one store, one clock, and states that are read once."""

from datetime import UTC, datetime

import pytest

from sprintlib.errors import AnalysisError
from sprintlib.project import ProjectHandle
from sprintlib.services import analyze
from sprintlib.store import open_store
from tests.world import World, at

NOON = at("03-20 12:00")


@pytest.fixture
def project(team: World) -> ProjectHandle:
    return ProjectHandle(team.settings, team.engine, clock=lambda: NOON)


def test_a_state_is_read_once_until_facts_have_come_in(team: World, project: ProjectHandle) -> None:
    before = project.state(NOON).items.height
    team.issue(99)
    team.flush()
    assert project.state(NOON).items.height == before
    project.forget()
    assert project.state(NOON).items.height == before + 1


def test_it_holds_no_more_states_than_a_few(project: ProjectHandle) -> None:
    first = project.state(NOON)
    assert project.state(NOON) is first
    for hour in range(13, 17):
        project.state(at(f"03-20 {hour}:00"))
    assert project.state(NOON) is not first


def test_the_clock_is_the_present_and_a_date_is_its_end(project: ProjectHandle) -> None:
    assert project.moment(None) == NOON
    assert project.moment("2026-03-21") == datetime(2026, 3, 21, 23, 59, 59, tzinfo=UTC)
    assert analyze(project).as_of == NOON


def test_a_project_that_was_never_collected_says_what_to_do(team: World) -> None:
    empty = ProjectHandle(team.settings, open_store("sqlite://"))
    with pytest.raises(AnalysisError, match="run 'sprint sync' first"):
        empty.state(NOON)
