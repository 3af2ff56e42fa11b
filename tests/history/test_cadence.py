"""Sprints of a fixed length: what belongs to one, when it came in, and that its past never moves."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from sprintlib.calendar import WorkingCalendar
from sprintlib.history import SprintKey, advance, find_sprints, load_history, load_state, select_sprint
from sprintlib.history.cadence import Cadence, with_cadence
from sprintlib.history.truncation import truncate
from sprintlib.settings import SprintSettings
from tests.history.test_advancing import assert_equal
from tests.leaks import ACTIONS, CAREFUL, START, Twins, assert_no_leak, assert_same, emptied, pasts
from tests.small_github import Action, FakeGitHub
from tests.world import API, WEB, World, at

CALENDAR = WorkingCalendar()
CADENCE = SprintSettings(source="cadence", start=date(2026, 3, 2), length="2 weeks")


def in_cadence(world: World, zone: str = "UTC", **how: Any) -> World:
    """The world of a team that plans in steps of two weeks from Monday 2 March."""
    sprints = SprintSettings(source="cadence", **{"start": date(2026, 3, 2), "length": "2 weeks", **how})
    project = world.settings.project.model_copy(update={"time_zone": zone})
    world.settings = world.settings.model_copy(update={"sprints": sprints, "project": project})
    return world


def stays(world: World, as_of: str, number: int) -> list[tuple[str, str, str | None]]:
    """Sprints of an item: title, when it came in, when it left."""
    rows = world.past(as_of).memberships.filter(number=number).sort("entered_at")
    return [
        (title, f"{entered:%m-%d %H:%M}", f"{left:%m-%d %H:%M}" if left else None)
        for title, entered, left in rows.select("milestone_title", "entered_at", "left_at").iter_rows()
    ]


@pytest.fixture
def team() -> World:
    return in_cadence(emptied("cadence"))


def test_the_sprint_of_a_day_is_open_and_has_the_last_day_as_due_date(team: World) -> None:
    team.issue(1, "03-03 09:00")
    team.event(1, "assigned", "03-17 10:00", subject="ann")
    past = team.past("03-20 12:00")
    (sprint,) = find_sprints(past, CALENDAR)
    assert (sprint.title, sprint.due_on, sprint.deadline) == ("Sprint 2026-03-16", date(2026, 3, 29), at("03-30"))
    assert [part.repo for part in sprint.parts] == [API, WEB]
    assert sprint.key == SprintKey(1, 20260316)
    assert sprint.items["ref"].to_list() == [f"{API}#1"]
    assert select_sprint([sprint], past.as_of) is sprint


def test_there_is_no_sprint_before_the_first(team: World) -> None:
    team.issue(1, "02-20 09:00")
    team.event(1, "assigned", "02-20 10:00", subject="ann")
    assert find_sprints(team.past("02-25"), CALENDAR) == []
    assert stays(team, "02-25", 1) == []


def test_work_goes_along_while_somebody_worked_on_it_in_the_sprint_before(team: World) -> None:
    team.issue(1, "02-20 09:00")
    team.event(1, "assigned", "02-20 10:00", subject="ann")  # in the two weeks before the first sprint
    team.comment(1, "half of it works", "03-18 10:00")
    assert stays(team, "04-30", 1) == [
        ("Sprint 2026-03-02", "03-02 00:00", "03-18 10:00"),
        ("Sprint 2026-03-16", "03-18 10:00", "03-30 00:00"),
        ("Sprint 2026-03-30", "03-30 00:00", None),
    ]


def test_what_was_closed_goes_no_further(team: World) -> None:
    team.pull(1, "03-04 09:00", merged="03-11 12:00")
    team.event(1, "merged", "03-11 12:00")
    team.event(1, "closed", "03-11 12:00")
    team.comment(1, "thank you", "03-18 10:00")  # closed: a word afterwards is no work
    assert stays(team, "04-30", 1) == [("Sprint 2026-03-02", "03-04 09:00", None)]


def test_an_issue_that_nobody_took_is_in_no_sprint_until_somebody_closes_it(team: World) -> None:
    team.issue(1, "03-03 09:00", closed="03-20 15:00")
    team.comment(1, "me too", "03-04 10:00")
    team.event(1, "closed", "03-20 15:00")
    assert stays(team, "03-10", 1) == []
    assert stays(team, "03-25", 1) == [("Sprint 2026-03-16", "03-20 15:00", None)]


def test_work_on_a_pull_request_is_work_on_the_issue_that_it_mentioned(team: World) -> None:
    team.issue(1, "03-03 09:00")
    team.pull(2, "03-05 09:00")
    team.event(1, "cross-referenced", "03-05 09:00", subject=f"{API}#2")
    team.commit("a" * 40, "03-17 11:00", number=2)
    assert stays(team, "03-18", 1) == [
        ("Sprint 2026-03-02", "03-05 09:00", "03-16 00:00"),
        ("Sprint 2026-03-16", "03-16 00:00", None),
    ]
    team.commit("b" * 40, "03-27 11:00", number=2)
    assert stays(team, "04-02", 1)[-1] == ("Sprint 2026-03-30", "03-30 00:00", None)


def test_machines_work_on_nothing(team: World) -> None:
    team.pull(1, "03-03 09:00", author="renovate[bot]", author_type="Bot")
    team.comment(1, "rebased", "03-04 09:00", author="renovate[bot]", author_type="Bot")
    team.issue(2, "03-03 09:00", closed="03-05 09:00")
    team.event(2, "closed", "03-05 09:00", actor="stale[bot]")
    assert team.past("03-12").memberships.is_empty()
    team.review(1, "approved", "03-10 09:00")
    assert stays(team, "03-12", 1) == [("Sprint 2026-03-02", "03-10 09:00", None)]


def test_a_sprint_begins_at_midnight_of_the_project() -> None:
    team = in_cadence(emptied("cadence"), zone="America/New_York")
    team.pull(1, "03-16 03:30")  # 23:30 of Sunday, the 15th
    team.pull(2, "03-16 04:30")
    assert stays(team, "03-17", 1)[0] == ("Sprint 2026-03-02", "03-16 03:30", "03-16 04:00")
    assert stays(team, "03-17", 2) == [("Sprint 2026-03-16", "03-16 04:30", None)]


def test_the_length_is_given_in_days_or_weeks_or_by_cadence_days() -> None:
    team = in_cadence(emptied("cadence"), length="10 days")
    team.pull(1, "03-13 09:00")
    assert stays(team, "03-13 10:00", 1) == [("Sprint 2026-03-12", "03-13 09:00", None)]
    team.settings = team.settings.model_copy(update={"sprints": CADENCE.model_copy(update={"length": None})})
    assert stays(team, "03-13 10:00", 1) == [("Sprint 2026-03-02", "03-13 09:00", None)]


def test_scope_is_committed_on_the_first_day_and_adds_up(team: World) -> None:
    for number, day in enumerate(("03-10", "03-10", "03-16", "03-19"), start=1):
        closed = {"closed": "03-18 12:00"} if number == 1 else {}
        team.issue(number, f"{day} 08:00", **closed)
        team.event(number, "assigned", f"{day} 09:00", subject="ann")
    team.event(1, "closed", "03-18 12:00")
    (sprint,) = find_sprints(team.past("03-20 12:00"), CALENDAR)
    scope = sprint.parts[0].scope
    assert scope.committed == (f"{API}#1", f"{API}#2", f"{API}#3")
    assert (scope.added, scope.removed, scope.done) == ((f"{API}#4",), (), (f"{API}#1",))
    (ended,) = find_sprints(team.past("04-20"), CALENDAR, "Sprint 2026-03-16")
    scope = ended.parts[0].scope
    assert (ended.state, scope.done) == ("closed", (f"{API}#1",))
    assert scope.removed == (f"{API}#3", f"{API}#4")  # taken along: they were assigned in this sprint
    assert scope.open == (f"{API}#2",)  # left lying: nobody touched it in this sprint


@given(pasts())
@limits(CAREFUL, max_examples=20)
def test_sprints_of_a_cadence_do_not_see_what_comes_after(pair: Twins) -> None:
    before, after = (with_cadence(past, Cadence(date(2026, 3, 1), 2, CALENDAR)) for past in pair)
    assert_no_leak(before, after)
    assert_same(before.milestones, after.milestones, key=["repo", "number"])
    assert before.memberships.equals(after.memberships)
    inside = [past.items.select("ref", "milestone", "known_later") for past in (before, after)]
    assert_same(*inside, key=["ref"])


@given(pasts(), st.integers(1, 60))
@limits(CAREFUL, max_examples=15)
def test_an_item_is_in_one_sprint_at_a_time_and_the_past_stays(pair: Twins, hours: int) -> None:
    cadence = Cadence(date(2026, 3, 1), 1, CALENDAR)
    past = with_cadence(pair.before, cadence)
    open_stays = past.memberships.filter(pl.col("left_at").is_null())
    assert open_stays.select("repository_id", "number").is_unique().all()
    moment = past.as_of - timedelta(hours=hours)
    before = with_cadence(truncate(pair.before, moment), cadence)
    names = ["repository_id", "milestone", "number", "entered_at", "left_at"]
    if past.holdings.presence.is_empty():  # else what is gone by now was still there
        assert truncate(past, moment).memberships.select(names).equals(before.memberships.select(names))


@given(st.lists(st.tuples(st.lists(ACTIONS, max_size=6), st.integers(0, 40)), min_size=1, max_size=4))
@limits(CAREFUL, max_examples=8)
def test_a_cadence_brought_forward_equals_one_loaded_from_scratch(steps: list[tuple[list[Action], int]]) -> None:
    world = in_cadence(emptied("cadence"), start=date(2026, 3, 1), length="1 day")
    github = FakeGitHub(world)
    for action in START:
        github.act(action)
    moment = github.now
    history = load_history(world.engine, world.settings, moment)
    for actions, behind in steps:
        for action in actions:
            github.act(action)
        github.act(("sync", 1, 0, 0))
        world.flush()
        moment = max(moment, github.now - timedelta(hours=behind))
        history = advance(history, world.engine, world.settings, moment)
        assert_equal(history.state, load_state(world.engine, world.settings, moment))
