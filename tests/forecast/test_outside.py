"""What lies outside a milestone changes nothing of its forecast, nor of anything else that is said of it."""

from datetime import datetime, timedelta

import pytest

from sprintlib.analysis import MilestoneAnalysis, analyze_past
from sprintlib.calendar import WorkingCalendar
from sprintlib.dependencies import find_dependencies
from sprintlib.forecast import forecast, in_time
from sprintlib.forecast.model import Forecast
from sprintlib.history import find_sprints, load_state
from sprintlib.risks import SprintContext
from tests.sprints import API, AS_OF, WEB, put, two_sprints
from tests.world import World, at

CALENDAR = WorkingCalendar()


def told(world: World, as_of: str = AS_OF) -> tuple[Forecast, dict[str, float | None]]:
    """The forecast of Sprint 2, and of its open items."""
    past = world.past(as_of)
    (sprint,) = find_sprints(past, CALENDAR, "Sprint 2")
    inputs = SprintContext(sprint, world.settings.risks, find_dependencies(past)).inputs
    return forecast(inputs), in_time(inputs, inputs.work.open)


@pytest.mark.parametrize("repo", [API, WEB])
@pytest.mark.parametrize("author", ["ann", "a stranger"])
@pytest.mark.parametrize("created", ["03-18 09:00", "01-05 09:00"])
def test_untouched_issues_without_a_milestone(world: World, repo: str, author: str, created: str) -> None:
    before = told(two_sprints(world))
    for number in range(500, 700):
        world.issue(number, created=created, repo=repo, author=author)
        world.event(number, "labeled", created, subject="idea", repo=repo, actor=author)
    assert told(world) == before
    assert before[0].probability is not None


def test_a_backlog_that_waits_for_itself(world: World) -> None:
    before = told(two_sprints(world))
    for number in range(500, 520):
        world.issue(number, created="01-05 09:00", body=f"Blocked by #{number + 100}.")
        world.issue(number + 100, created="01-05 09:00")
    assert told(world) == before


def test_a_repository_at_rest(world: World) -> None:
    """Nobody works there: neither its plan that was left open nor its old pace counts."""
    before = told(two_sprints(world))
    old = datetime(2025, 6, 2, 9, tzinfo=at("01-01").tzinfo)
    world.milestone(1, "Old plan", created=old, due="01-09", repo=WEB)
    for number in range(1, 40):
        put(world, number, "Old plan", old, WEB, 1, author="somebody else")
    for number in range(40, 80):
        closed = old + timedelta(days=number)
        world.issue(number, created=old, closed=closed, repo=WEB, author="somebody else")
        world.event(number, "closed", closed, repo=WEB, actor="somebody else")
    assert told(world) == before


def said(world: World, as_of: str = AS_OF) -> MilestoneAnalysis:
    """Everything that is said of Sprint 2, but how long it took and what the whole project measures."""
    (found,) = analyze_past(world.past(as_of), world.settings, "Sprint 2").milestones
    return found.model_copy(update={"timings": {}, "measurements": ()})


def test_untouched_issues_elsewhere_change_nothing_that_is_said(world: World) -> None:
    before = said(two_sprints(world))
    for number in range(500, 600):
        world.issue(number, created="01-05 09:00", repo=WEB if number % 2 else API, author="a stranger")
    assert said(world) == before
    assert before.recommendations
    assert before.plan is not None


def test_an_archived_repository_changes_nothing_that_is_said(world: World) -> None:
    before = said(two_sprints(world))
    old = datetime(2024, 6, 3, 9, tzinfo=at("01-01").tzinfo)
    for number in range(1, 60):
        closed = old + timedelta(days=number)
        world.issue(number, created=old, closed=closed, repo=WEB, author="somebody else")
        world.event(number, "closed", closed, repo=WEB, actor="somebody else")
    for number in range(60, 90):
        world.issue(number, created=old, repo=WEB, author="somebody else")
    assert said(world) == before


def test_a_second_project_changes_nothing_that_is_said(world: World) -> None:
    """It has a sprint of its own, of the same title and the same days, in the same store."""
    two_sprints(world)
    world.flush()
    alone = world.settings.model_copy(
        update={"project": world.settings.project.model_copy(update={"repositories": (API,)})}
    )

    def told() -> MilestoneAnalysis:
        world.flush()
        past = load_state(world.engine, alone, at(AS_OF))
        (found,) = analyze_past(past, alone, "Sprint 2").milestones
        return found.model_copy(update={"timings": {}})

    before = told()
    world.milestone(1, "Sprint 2", created="03-13", due="03-27", repo=WEB)
    for number in range(1, 20):
        put(world, number, "Sprint 2", "03-16 09:00", WEB, 1, author="somebody else")
    assert told() == before
