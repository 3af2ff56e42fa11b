"""Past sprints like this one."""

from pathlib import Path

import pytest

from sprintlib.calendar import WorkingCalendar
from sprintlib.knowledge import similar_sprints
from sprintlib.store import open_store
from tests.world import World

CALENDAR = WorkingCalendar()


def sprint(world: World, number: int, first: str, due: str, closed: str | None, titles: list[str]) -> None:
    world.milestone(number, f"S{number}", created=first, due=due, closed=closed)
    for place, title in enumerate(titles):
        item = 100 * number + place
        world.issue(item, f"{first} 08:00", milestone=number, title=title, closed=closed)
        world.event(item, "milestoned", f"{first} 08:00", subject=f"S{number}")
        if closed:
            world.event(item, "closed", closed)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Three sprints that ended: in time, 4 days late, 1 day late; a fourth is under way, about payments like S2."""
    world = World(open_store(f"sqlite:///{tmp_path / 'sprint.db'}"), tmp_path)
    sprint(world, 1, "01-05", "01-16", "01-16 10:00", ["Login page", "Password reset", "Session length"])
    sprint(world, 2, "01-19", "01-30", "02-03 10:00", ["Payment intents", "Payment refunds", "Card payment form"])
    sprint(world, 3, "02-02", "02-13", "02-14 10:00", ["Photo upload", "Photo crop", "Photo albums"])
    sprint(world, 4, "02-16", "02-27", None, ["Payment by card", "Payment receipts", "Refund of a payment"])
    return world


def test_the_most_like_comes_first_with_how_it_ended(world: World) -> None:
    found = similar_sprints(world.past("02-20 12:00"), CALENDAR, "S4")
    assert found.sprints[0].title == "S2"
    assert {one.title: one.days_late for one in found.sprints} == {"S1": 0, "S2": 4, "S3": 1}
    assert found.statement == "2 of 3 similar sprints slipped, by 1 to 4 days."
    assert found.sprints[0].evidence[0].ref == "acme/api milestone 2"
    assert all(0 <= one.similarity <= 1 for one in found.sprints)


def test_sprints_that_ended_later_are_not_known(world: World) -> None:
    found = similar_sprints(world.past("02-10 12:00"), CALENDAR, "S3")
    assert found.sprints == ()
    assert found.reason == "Only 2 sprints with a due date have ended: too few to compare with."


def test_what_cannot_be_compared_says_why(world: World) -> None:
    assert similar_sprints(world.past("02-20 12:00"), CALENDAR, "S9").reason is not None


def test_fewer_are_shown_when_fewer_are_asked_for(world: World) -> None:
    found = similar_sprints(world.past("02-20 12:00"), CALENDAR, "S4", k=1)
    assert found.statement == "1 of 1 similar sprints slipped, by 4 days."


def test_the_same_title_in_another_year_is_another_sprint(world: World) -> None:
    """Told apart by their keys: the former S4 ended 3 days late, and is one of those to compare with."""
    sprint_before = {"first": "01-05", "due": "01-12", "closed": "01-15 10:00", "titles": ["Payment fees", "Card fees"]}
    sprint(world, 9, **sprint_before)  # type: ignore[arg-type]
    world.milestone(9, "S4", created="01-05", due="01-12", closed="01-15 10:00")
    found = similar_sprints(world.past("02-20 12:00"), CALENDAR, "1-4")
    assert ("S4", 3) in {(one.title, one.days_late) for one in found.sprints}
    assert len(found.sprints) == 4
