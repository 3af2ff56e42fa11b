"""How long blocks last in this project."""

import pytest

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast import build_inputs
from sprintlib.forecast.unblock_time import blocks, unblock_days
from sprintlib.history import find_sprints
from tests.sprints import AS_OF, put, two_sprints
from tests.world import World

CALENDAR = WorkingCalendar()


def days(world: World, as_of: str = AS_OF) -> float:
    return unblock_days(world.past(as_of), CALENDAR)


def block(world: World, item: int, blocker: int, day: str, closed: str | None) -> None:
    """`item` waits from that day's noon for `blocker`, which is closed at `closed`."""
    put(world, item, "Sprint 1", "03-02 08:00", milestone=1)
    put(world, blocker, "Sprint 1", "03-02 08:00", milestone=1, **({"closed": closed} if closed else {}))
    world.event(item, "blocked_by_added", f"{day} 12:00", subject=f"acme/api#{blocker}")


def test_before_anything_was_seen_it_is_three_days(world: World) -> None:
    assert days(two_sprints(world)) == 3.0


def test_a_finished_block_counts_as_one_and_the_prior_as_two(world: World) -> None:
    block(two_sprints(world), 40, 41, "03-03", "03-12 12:00")
    assert days(world) == pytest.approx((2 * 3.0 + 7.0) / 3)


def test_what_still_waits_says_that_it_takes_long(world: World) -> None:
    block(two_sprints(world), 40, 41, "03-03", None)
    assert days(world) == pytest.approx((2 * 3.0 + 13.0) / 2)


def test_many_short_blocks_outweigh_the_prior(world: World) -> None:
    two_sprints(world)
    for number in range(40, 80, 2):
        block(world, number, number + 1, "03-03", "03-04 00:00")
    assert days(world) == pytest.approx((6 + 20 * 0.5) / 22)


def test_an_item_that_ended_before_its_blocker_was_free(world: World) -> None:
    two_sprints(world)
    put(world, 40, "Sprint 1", "03-02 08:00", milestone=1, closed="03-05 12:00")
    put(world, 41, "Sprint 1", "03-02 08:00", milestone=1, closed="03-19 12:00")
    world.event(40, "blocked_by_added", "03-03 12:00", subject="acme/api#41")
    (found,) = blocks(world.past(AS_OF))
    assert found.ended is not None
    assert f"{found.ended:%m-%d}" == "03-05"


def test_a_block_is_unfinished_until_its_blocker_closes(world: World) -> None:
    block(two_sprints(world), 40, 41, "03-03", "03-19 12:00")
    assert days(world, "03-10 12:00") == pytest.approx((2 * 3.0 + 5.0) / 2)


def test_a_block_that_was_taken_back_teaches_nothing(world: World) -> None:
    block(two_sprints(world), 40, 41, "03-03", None)
    world.event(40, "blocked_by_removed", "03-04 12:00", subject="acme/api#41")
    assert days(world) == 3.0


def test_the_forecast_waits_as_long_as_the_team_does(world: World) -> None:
    two_sprints(world)
    for number in range(40, 60, 2):
        block(world, number, number + 1, "03-03", "03-12 12:00")
    (sprint,) = find_sprints(world.past(AS_OF), CALENDAR, "Sprint 2")
    assert build_inputs(sprint, {"acme/api#14"}).work.blocked == {"acme/api#14": pytest.approx((6 + 70) / 12)}
