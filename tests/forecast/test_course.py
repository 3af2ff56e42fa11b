"""What milestones have seen: closings, days with open work, arrivals."""

from datetime import date

import pytest

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast.throughput_history import ThroughputHistory, throughput_history
from tests.sprints import API, AS_OF, WEB, first_sprint, put, second_sprint, two_sprints
from tests.world import World, at

CALENDAR = WorkingCalendar()


def seen(world: World, number: int = 2, as_of: str = AS_OF) -> ThroughputHistory:
    return throughput_history(world.past(as_of), CALENDAR, API, number)


def test_closings_of_this_milestone_and_the_earlier_one(world: World) -> None:
    found = seen(two_sprints(world))
    assert [entry.ref for entry in found.closings] == [f"acme/api#{n}" for n in range(1, 14)]
    assert found.closings[-1] == (at("03-19 15:00"), "acme/api#13", 2)


def test_a_later_milestone_says_nothing_about_an_earlier_one(world: World) -> None:
    assert {entry.milestone for entry in seen(two_sprints(world), number=1).closings} == {1}


def test_only_days_with_an_open_item_inside_count(world: World) -> None:
    found = seen(two_sprints(world))
    assert sorted(found.worked) == [*CALENDAR.working_days(date(2026, 3, 2), date(2026, 3, 20))]
    assert sum(found.worked.values()) == pytest.approx(14.5)  # today is half over


def test_a_gap_between_milestones_is_no_exposure(world: World) -> None:
    first_sprint(world)
    world.milestone(2, "Sprint 2", created="03-13", due="04-10")
    put(world, 11, "Sprint 2", "03-23 09:00", milestone=2)
    found = seen(world, as_of="03-24 12:00")
    assert date(2026, 3, 18) not in found.worked
    assert sum(found.worked.values()) == pytest.approx(10 + 1 + 0.5)


def test_items_put_in_after_they_were_closed_are_no_closings(world: World) -> None:
    two_sprints(world)
    world.issue(30, created="03-10", closed="03-17 10:00", milestone=2, updated="03-17 11:00")
    world.event(30, "closed", "03-17 10:00")
    world.event(30, "milestoned", "03-17 11:00", subject="Sprint 2")
    found = seen(world)
    assert "acme/api#30" not in {entry.ref for entry in (*found.closings, *found.arrivals)}


def test_a_closing_that_was_taken_back_does_not_count(world: World) -> None:
    two_sprints(world)
    world.issue(30, created="03-16 09:00", milestone=2, updated="03-18")
    world.event(30, "milestoned", "03-16 09:00", subject="Sprint 2")
    world.event(30, "closed", "03-17 10:00")
    world.event(30, "reopened", "03-18 10:00")
    assert "acme/api#30" not in {entry.ref for entry in seen(world).closings}


def test_arrivals_are_open_items_that_came_after_the_start(world: World) -> None:
    two_sprints(world)
    put(world, 30, "Sprint 2", "03-16 17:00", milestone=2)  # still the first working day: committed
    put(world, 31, "Sprint 2", "03-18 10:00", milestone=2)
    assert [entry.ref for entry in seen(world).arrivals] == ["acme/api#31"]


def test_a_pull_request_that_carries_an_item_is_no_further_work(world: World) -> None:
    two_sprints(world)
    for number, body in ((31, "Closes #14"), (32, "Closes #999"), (33, "See #14")):
        world.pull(number, created="03-18 10:00", milestone=2, body=body)
        world.event(number, "milestoned", "03-18 10:00", subject="Sprint 2")
    assert [entry.ref for entry in seen(world).arrivals] == ["acme/api#32", "acme/api#33"]


def test_every_open_milestone_offers_its_days_after_the_start(world: World) -> None:
    found = seen(two_sprints(world))
    # Sprint 1 from 3 March to its closing on the 16th, sprint 2 from the 17th to now
    assert found.offered[date(2026, 3, 3)] == 1.0
    assert found.offered[date(2026, 3, 20)] == 0.5
    assert date(2026, 3, 2) not in found.offered
    assert sum(found.offered.values()) == pytest.approx(10 + 3.5)


def test_an_undated_bucket_does_not_set_the_pace_of_a_sprint(world: World) -> None:
    two_sprints(world)
    world.milestone(3, "Someday", created="03-01")
    put(world, 40, "Someday", "03-01 09:00", milestone=3, closed="03-11 10:00")
    assert 3 not in {entry.milestone for entry in seen(world).closings}
    assert {entry.milestone for entry in seen(world, number=3).closings} == {3}


def test_another_repository_is_another_course(world: World) -> None:
    two_sprints(world)
    second_sprint(world, WEB)
    assert {entry.ref.partition("#")[0] for entry in seen(world).closings} == {API}


def test_a_milestone_without_items_has_seen_nothing(world: World) -> None:
    world.milestone(2, "Sprint 2", due="03-27")
    assert seen(world) == ThroughputHistory(API, (), (), {}, {})
