"""Work that names no issue: what counts, and that nothing after the moment does."""

import pytest
from hypothesis import given

from sprintlib.calendar import WorkingCalendar
from sprintlib.history import ProjectState, find_sprints
from sprintlib.history.started_work import started_at
from sprintlib.risks.unnamed_work import UnnamedWork, unnamed_work
from tests.leaks import CAREFUL, Twins, pasts
from tests.risks.contexts import context
from tests.sprints import second_sprint
from tests.world import WEB, World

CALENDAR = WorkingCalendar()


def test_what_stands_in_the_sprint_or_names_an_issue_can_be_seen(team: World) -> None:
    team.pull(50, created="03-18 12:00", author="bob", milestone=2)
    team.pull(51, created="03-18 12:00", author="bob")
    team.pull(52, created="03-18 12:00", author="bob")
    team.event(50, "milestoned", "03-18 12:00", subject="Sprint 2")
    team.event(3, "cross-referenced", "03-18 12:00", subject="acme/api#51")
    team.event(51, "cross-referenced", "03-18 12:00", subject="acme/api#52")  # a pull request is no issue
    assert context(team).unnamed_work == UnnamedWork(("acme/api#52",), 0, 2)


def test_only_repositories_of_the_sprint_count(team: World) -> None:
    team.pull(50, created="03-18 12:00", author="bob", repo=WEB)
    team.commit("a" * 40, "03-18 12:00", message="Quick fix", repo=WEB)
    assert context(team).unnamed_work == UnnamedWork((), 0, 0)
    second_sprint(team, WEB)
    assert context(team).unnamed_work == UnnamedWork(("acme/web#50",), 1, 0)


def test_three_are_lively_and_most_is_more_than_what_names_an_issue() -> None:
    assert not UnnamedWork(("a#1", "a#2"), 0, 0).is_lively
    assert UnnamedWork(("a#1", "a#2"), 1, 3).is_lively
    assert not UnnamedWork(("a#1", "a#2"), 1, 3).is_most
    assert UnnamedWork(("a#1", "a#2"), 1, 2).is_most
    assert UnnamedWork(("a#1",), 0, 0).words() == "1 pull request since the sprint started names no issue"


@pytest.mark.slow
@given(pasts())
@CAREFUL
def test_it_does_not_see_what_comes_after(pair: Twins) -> None:
    """Which milestone an old title meant is an identity: sprints that hold other items by it are left out."""
    one, other = (_found(past) for past in pair)
    for sprint in one.keys() & other.keys():
        assert one[sprint] == other[sprint]


def _found(past: ProjectState) -> dict[tuple[object, ...], UnnamedWork]:
    """By the parts of a sprint, its start and its items."""
    return {
        (*((part.repository_id, part.number) for part in sprint.parts), started_at(sprint), *sprint.items["ref"]): (
            unnamed_work(sprint)
        )
        for sprint in find_sprints(past, CALENDAR)
    }
