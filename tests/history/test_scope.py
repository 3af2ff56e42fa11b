"""Counting the scope of a milestone: literal courses, and its identity at every moment."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from sprintlib.calendar import WorkingCalendar
from sprintlib.history.scope import BURN_UP, ScopeHistory, burn_up, scope, start_of
from tests.world import API, World, at

CALENDAR = WorkingCalendar()
BERLIN = WorkingCalendar(time_zone=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def sprint(world: World) -> World:
    """Milestone 1, 2026-03-02 (a Monday) to 03-13.

    1 and 2 are there from the start; 3 comes on the 4th, 4 comes and goes; 2 is moved out on the 6th and is back
    on the 10th; 5 was closed before it entered. 1 is done on the 5th, 3 dropped on the 9th, 2 is open.
    """
    world.milestone(1, "a", created="03-01", due="03-13")
    world.issue(1, "03-02 09:00", milestone=1, closed="03-05 10:00", state_reason="completed")
    world.issue(2, "03-02 09:00", milestone=1, updated="03-10 10:00")
    world.issue(3, "03-04 09:00", milestone=1, closed="03-09 10:00", state_reason="not_planned")
    world.issue(4, "03-04 09:00", updated="03-05 09:00")
    world.pull(5, "03-01 09:00", milestone=1, merged="03-03 09:00", updated="03-06 09:00")
    for number, kind, when in (
        (1, "milestoned", "03-02 09:00"),
        (2, "milestoned", "03-02 10:00"),
        (3, "milestoned", "03-04 09:00"),
        (4, "milestoned", "03-04 12:00"),
        (4, "demilestoned", "03-05 09:00"),
        (2, "demilestoned", "03-06 09:00"),
        (5, "milestoned", "03-06 09:00"),
        (2, "milestoned", "03-10 10:00"),
    ):
        world.event(number, kind, when, "a")
    world.event(1, "closed", "03-05 10:00", detail="completed")
    world.event(3, "closed", "03-09 10:00", detail="not_planned")
    world.event(5, "merged", "03-03 09:00")
    world.event(5, "closed", "03-03 09:00")
    return world


def refs(*numbers: int) -> tuple[str, ...]:
    return tuple(f"{API}#{number}" for number in numbers)


def counted(world: World, when: str) -> ScopeHistory:
    past = world.past(when)
    found = scope(past, 1, 1, start_of(past, 1, 1, CALENDAR))
    assert len(found.committed) + len(found.added) - len(found.removed) == (
        len(found.done) + len(found.dropped) + len(found.open)
    )
    return found


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("03-01 12:00", ScopeHistory((), (), (), (), (), ())),
        ("03-02 09:30", ScopeHistory(refs(1), (), (), (), (), refs(1))),
        ("03-02 23:00", ScopeHistory(refs(1, 2), (), (), (), (), refs(1, 2))),
        ("03-04 13:00", ScopeHistory(refs(1, 2), refs(3, 4), (), (), (), refs(1, 2, 3, 4))),
        ("03-05 12:00", ScopeHistory(refs(1, 2), refs(3, 4), refs(4), refs(1), (), refs(2, 3))),
        ("03-06 12:00", ScopeHistory(refs(1, 2), refs(3, 4, 5), refs(2, 4), refs(1, 5), (), refs(3))),
        ("03-10 12:00", ScopeHistory(refs(1, 2), refs(3, 4, 5), refs(4), refs(1, 5), refs(3), refs(2))),
    ],
)
def test_scope(sprint: World, when: str, expected: ScopeHistory) -> None:
    assert counted(sprint, when) == expected


def test_a_start_in_the_settings_decides_what_was_committed(sprint: World) -> None:
    past = sprint.past("03-10 12:00")
    start = start_of(replace(past, first_days={(1, 1): date(2026, 3, 4)}), 1, 1, CALENDAR)
    assert start == at("03-05")
    found = scope(past, 1, 1, start)
    assert (found.committed, found.added, found.removed) == (refs(1, 2, 3, 4), refs(5), refs(4))


def test_before_a_start_that_is_yet_to_come_everything_inside_is_committed(sprint: World) -> None:
    past = sprint.past("03-05 12:00")
    found = scope(past, 1, 1, start_of(replace(past, first_days={(1, 1): date(2026, 3, 9)}), 1, 1, CALENDAR))
    assert (found.committed, found.added, found.removed) == (refs(1, 2, 3), (), ())


def test_parts_add_up(sprint: World) -> None:
    one = counted(sprint, "03-10 12:00")
    other = ScopeHistory(("acme/web#1",), (), (), (), (), ("acme/web#1",))
    assert (one + other).committed == (*refs(1, 2), "acme/web#1")
    assert (one + other).open == (*refs(2), "acme/web#1")


def start(world: World, when: str, calendar: WorkingCalendar = CALENDAR) -> object:
    return start_of(world.past(when), 1, 1, calendar)


def inside(world: World, entered: str, left: str | None = None) -> None:
    """One item, inside milestone 1 for a while."""
    world.milestone(1, "a", created="03-01")
    world.issue(1, "03-01", milestone=None if left else 1, updated=left or entered)
    world.event(1, "milestoned", entered, "a")
    if left:
        world.event(1, "demilestoned", left, "a")


def test_the_start_is_the_end_of_the_first_working_day_with_an_item(world: World) -> None:
    inside(world, "03-04 09:00")
    assert start(world, "03-04 08:00") is None
    assert start(world, "03-04 10:00") == at("03-05")
    assert start(world, "03-20") == at("03-05")


def test_an_item_that_came_on_a_saturday_starts_the_milestone_on_monday(world: World) -> None:
    inside(world, "03-07 09:00")
    assert start(world, "03-07 12:00") == at("03-10")


def test_an_item_that_was_gone_before_the_first_working_day_starts_nothing(world: World) -> None:
    inside(world, "03-07 09:00", "03-08 09:00")
    assert start(world, "03-20") is None


def test_days_are_those_of_the_project(world: World) -> None:
    inside(world, "03-04 23:30")  # already the 5th in Berlin
    assert start(world, "03-20", BERLIN) == at("03-05 23:00")
    assert BERLIN.deadline(date(2026, 3, 13)) == at("03-13 23:00")
    assert BERLIN.deadline(date(2026, 7, 3)) == at("07-03 22:00")


def test_burn_up(sprint: World) -> None:
    past = sprint.past("03-10 12:00")
    found = burn_up(past, 1, 1, CALENDAR, start_of(past, 1, 1, CALENDAR))
    assert found.schema == BURN_UP
    assert [(day.day, inside, done) for day, inside, done in found.rows()] == [
        (2, 2, 0),
        (3, 2, 0),
        (4, 4, 0),
        (5, 3, 1),
        (6, 3, 2),
        (7, 3, 2),
        (8, 3, 2),
        (9, 3, 3),
        (10, 4, 3),
    ]


def test_burn_up_goes_down_when_an_item_is_reopened(world: World) -> None:
    inside(world, "03-02 09:00")
    for when, kind in (("03-03 09:00", "closed"), ("03-04 09:00", "reopened"), ("03-05 09:00", "closed")):
        world.event(1, kind, when)
    past = world.past("03-05 12:00")
    assert burn_up(past, 1, 1, CALENDAR, at("03-03"))["done"].to_list() == [0, 1, 0, 1]


def test_burn_up_is_empty_before_the_start(world: World) -> None:
    world.milestone(1, "a")
    found = burn_up(world.past("03-05"), 1, 1, CALENDAR, None)
    assert found.is_empty()
    assert found.schema == BURN_UP
