"""The record of finished sprints is kept from one state to the next where no fact of theirs differs, and only there."""

from collections.abc import Callable

import pytest

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast import sprint_history
from sprintlib.history import load_state
from tests.sprints import AS_OF
from tests.world import World, at

NOON, LATER, NEXT_DAY = AS_OF, "03-20 15:00", "03-21 09:00"
Change = Callable[[World], None]


def nothing(_: World) -> None:
    pass


def a_comment(team: World) -> None:
    team.comment(14, "Goes on tomorrow.", "03-20 13:00")


def work_on_the_running_sprint(team: World) -> None:
    team.event(15, "closed", "03-20 13:00")
    team.event(16, "assigned", "03-20 13:00", subject="ann")


def a_finished_item_was_closed_later(team: World) -> None:
    team.event(10, "reopened", "03-13 16:00")


def an_item_was_in_the_finished_sprint(team: World) -> None:
    team.issue(90, created="03-02 08:00", milestone=1)
    team.event(90, "milestoned", "03-02 08:00", subject="Sprint 1")


def somebody_reviewed_then(team: World) -> None:
    team.pull(91, created="03-03 08:00")


@pytest.mark.parametrize(
    ("change", "moment", "kept"),
    [
        (nothing, LATER, True),
        (a_comment, LATER, True),
        (work_on_the_running_sprint, LATER, True),
        (nothing, NEXT_DAY, False),
        (a_finished_item_was_closed_later, LATER, False),
        (an_item_was_in_the_finished_sprint, LATER, False),
        (somebody_reviewed_then, LATER, False),
    ],
)
def test_it_is_what_is_worked_out_anew(team: World, change: Change, moment: str, kept: bool) -> None:
    calendar = WorkingCalendar.from_settings(team.settings)
    before = sprint_history(load_state(team.engine, team.settings, at(NOON)), calendar)
    assert len(before.finished) == 1
    change(team)
    team.flush()
    after = sprint_history(load_state(team.engine, team.settings, at(moment)), calendar)
    assert after.resume(before) is kept
    anew = sprint_history(load_state(team.engine, team.settings, at(moment)), calendar)
    assert after.finished == anew.finished
    assert (after.finished is before.finished) is kept
