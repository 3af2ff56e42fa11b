"""What a GitHub Project says of its sprints as of a moment: versions of entries that come later change nothing."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from sprintlib.calendar import WorkingCalendar
from sprintlib.history import advance, find_sprints, load_history, load_state
from sprintlib.settings import SprintSettings
from sprintlib.store import append, schema
from tests.history.test_advancing import assert_equal
from tests.leaks import CAREFUL, assert_no_leak, emptied
from tests.world import API, World, at

CALENDAR = WorkingCalendar()
BOARD = "acme/3"
NOW = at("03-20 12:00")
Version = tuple[int, str | None, float | None, int]  # item, iteration, points, hours since 2 March
VERSIONS = st.lists(
    st.tuples(
        st.integers(1, 3), st.sampled_from(["a1", "b2", None]), st.sampled_from([None, 1.0, 5.0]), st.integers(0, 400)
    ),
    max_size=8,
)


def board_world() -> World:
    """Three issues since 2 March, and a board with two sprints of two weeks."""
    world = emptied("boards")
    sprints = SprintSettings(source="projects", project=BOARD)
    world.settings = world.settings.model_copy(update={"sprints": sprints})
    for number in (1, 2, 3):
        world.issue(number, "03-02 00:00")
    world.flush()
    iterations = (("a1", "Sprint 1", date(2026, 3, 2)), ("b2", "Sprint 2", date(2026, 3, 16)))
    rows = [
        {"board": BOARD, "iteration": key, "seen_at": at("03-01"), "title": title, "first_day": first, "days": 14}
        for key, title, first in iterations
    ]
    with world.engine.begin() as connection:
        append(connection, schema.board_iteration, rows)
    return world


def write(world: World, versions: list[Version], since: datetime, seen: timedelta = timedelta(hours=1)) -> None:
    """Versions of entries, each seen an hour after its update or later."""
    rows: list[dict[str, Any]] = []
    for number, iteration, points, hours in versions:
        updated_at = since + timedelta(hours=hours)
        rows.append(
            {
                "board": BOARD,
                "repository_id": 1,
                "number": number,
                "updated_at": updated_at,
                "item": number,
                "iteration": iteration,
                "status": None,
                "points": points,
                "created_at": at("03-02 00:00"),
                "source": "rest",
                "observed_at": updated_at + seen,
            }
        )
    with world.engine.begin() as connection:
        append(connection, schema.board_item, rows)


@given(VERSIONS, VERSIONS)
@limits(CAREFUL, max_examples=15)
def test_versions_that_come_later_change_nothing(before: list[Version], later: list[Version]) -> None:
    world = board_world()
    write(world, [(number, "a1", None, 0) for number in (1, 2, 3)], at("03-02"))  # what was seen at once
    write(world, before, at("03-02 01:00"))
    then = world.past(NOW)
    write(world, later, NOW + timedelta(seconds=1))
    after = world.past(NOW)
    assert_no_leak(then, after)
    assert then.memberships.equals(after.memberships)
    assert then.points.equals(after.points)


@given(VERSIONS, st.lists(st.integers(0, 200), min_size=1, max_size=3))
@limits(CAREFUL, max_examples=8)
def test_a_board_brought_forward_equals_one_loaded_from_scratch(versions: list[Version], hours: list[int]) -> None:
    world = board_world()
    moment = at("03-03")
    history = load_history(world.engine, world.settings, moment)
    for place, further in enumerate(hours):
        write(world, versions[place::3], at("03-02"))
        moment += timedelta(hours=further)
        history = advance(history, world.engine, world.settings, moment)
        assert_equal(history.state, load_state(world.engine, world.settings, moment))


def test_a_first_version_counts_since_the_entry_was_made_and_is_marked_before_it_was_seen() -> None:
    world = board_world()
    write(world, [(1, "b2", 3.0, 360)], at("03-02"), seen=timedelta(days=2))  # of 17 March, seen on the 19th
    (found,) = find_sprints(world.past("03-18"), CALENDAR, "Sprint 2")
    assert (found.items["ref"].to_list(), found.parts[0].known_later) == ([f"{API}#1"], ("items",))
    (found,) = find_sprints(world.past("03-20"), CALENDAR, "Sprint 2")
    assert (found.items["ref"].to_list(), found.parts[0].known_later) == ([f"{API}#1"], ())


def test_what_is_planned_on_the_first_day_that_holds_anything_is_committed() -> None:
    world = board_world()
    write(world, [(1, "a1", None, 1), (1, "b2", None, 200), (2, None, None, 1)], at("03-02"))  # 10 March: too early
    write(world, [(2, "b2", None, 14 * 24 + 9), (3, None, None, 1)], at("03-02"))  # on Monday, the 16th
    write(world, [(3, "b2", None, 15 * 24 + 9)], at("03-02"))  # on Tuesday
    (found,) = find_sprints(world.past("03-20"), CALENDAR, "Sprint 2")
    scope = found.parts[0].scope
    assert (scope.committed, scope.added) == ((f"{API}#1", f"{API}#2"), (f"{API}#3",))


def test_a_sprint_that_is_planned_late_commits_then() -> None:
    world = board_world()
    write(world, [(number, None, None, 1) for number in (1, 2)], at("03-02"))
    write(world, [(number, "b2", None, 15 * 24 + 9) for number in (1, 2)], at("03-02"))  # on Tuesday, the 17th
    (found,) = find_sprints(world.past("03-20"), CALENDAR, "Sprint 2")
    assert found.parts[0].scope.committed == (f"{API}#1", f"{API}#2")
