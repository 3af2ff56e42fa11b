"""How items stood at a moment."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast.items.clock import WorkingClock
from sprintlib.forecast.items.item_features import standing
from tests.leaks import CAREFUL, Twins, assert_same, pasts
from tests.sprints import AS_OF, put, two_sprints
from tests.world import API, World, at

CALENDAR = WorkingCalendar()


def stood(world: World, moment: str = AS_OF, known: str | None = None) -> dict[str, dict[str, object]]:
    rows = standing(world.past(known or moment), CALENDAR, [at(moment)])
    return {row["ref"]: row for row in rows.to_dicts()}


def test_only_what_was_open_then(world: World) -> None:
    found = stood(two_sprints(world), "03-11 12:00", known=AS_OF)
    assert sorted(found) == ["acme/api#10", "acme/api#8", "acme/api#9"]


def test_ages_are_working_days(world: World) -> None:
    row = stood(two_sprints(world))["acme/api#14"]
    assert row["age"] == pytest.approx(4.125)  # Monday nine to Friday noon
    assert row["idle"] == pytest.approx(4.125)
    assert row["due"] == pytest.approx(5.5)
    assert (row["planned"], row["beside"], row["moves"]) == (True, 5.0, 0.0)


def test_what_people_do_is_a_move_and_what_bots_do_is_none(world: World) -> None:
    two_sprints(world)
    world.comment(14, "on it", "03-19 12:00")
    world.comment(15, "beep", "03-19 12:00", author="robot[bot]", author_type="Bot")
    world.event(16, "labeled", "03-19 12:00", subject="bug")
    found = stood(world)
    assert [found[f"acme/api#{number}"]["moves"] for number in (14, 15, 16)] == [1.0, 0.0, 0.0]
    assert found["acme/api#14"]["idle"] == pytest.approx(1.0)


def test_what_is_done_to_a_pull_request_is_done_to_the_item_it_carries(world: World) -> None:
    two_sprints(world)
    world.pull(30, created="03-18 12:00", body="Fixes #14")
    world.review(30, "COMMENTED", "03-19 12:00")
    found = stood(world)
    assert (found["acme/api#14"]["stage"], found["acme/api#14"]["moves"]) == ("reviewed", 1.0)
    assert found["acme/api#14"]["idle"] == pytest.approx(1.0)
    assert (found["acme/api#30"]["planned"], found["acme/api#30"]["due"]) == (True, pytest.approx(5.5))


def test_stages_are_those_of_the_moment(world: World) -> None:
    two_sprints(world)
    world.pull(30, created="03-16 12:00", draft=False)
    world.event(30, "ready_for_review", "03-17 12:00")
    world.review(30, "COMMENTED", "03-18 10:00")
    world.review(30, "APPROVED", "03-18 12:00")
    world.review(30, "CHANGES_REQUESTED", "03-19 12:00")
    days = ("03-16 13:00", "03-17 13:00", "03-18 11:00", "03-18 13:00", "03-19 13:00")
    stages = [stood(world, day, known=AS_OF)["acme/api#30"]["stage"] for day in days]
    assert stages == ["begun", "opened", "reviewed", "approved", "reviewed"]


def test_an_approval_that_is_dismissed_counts_until_then(world: World) -> None:
    two_sprints(world)
    world.pull(30, created="03-16 12:00", draft=False)
    page = "https://github.com/acme/api/pull/30#pullrequestreview"
    world.review(30, "CHANGES_REQUESTED", "03-17 12:00", html_url=f"{page}-1")
    world.review(30, "DISMISSED", "03-18 12:00", html_url=f"{page}-2")
    world.event(30, "review_dismissed", "03-19 12:00", "approved", "2")
    days = ("03-17 13:00", "03-18 13:00", "03-19 13:00")
    for known in (None, AS_OF):
        stages = [stood(world, day, known=known or day)["acme/api#30"]["stage"] for day in days]
        assert stages == ["reviewed", "approved", "reviewed"]


def test_an_issue_is_begun_once_somebody_took_it(world: World) -> None:
    two_sprints(world)
    world.event(14, "assigned", "03-18 12:00", subject="ann")
    assert stood(world, "03-18 11:00", known=AS_OF)["acme/api#14"]["stage"] == "untouched"
    assert stood(world)["acme/api#14"]["stage"] == "begun"


def test_a_mention_by_a_pull_request_whose_text_is_not_loaded_counts(world: World) -> None:
    two_sprints(world)
    world.pull(30, created="03-17 09:00", merged="03-19 09:00", body="Closes #14")  # its text is not read any more
    world.event(14, "cross-referenced", "03-17 10:00", subject="acme/api#30")
    assert stood(world, "03-18 12:00", known=AS_OF)["acme/api#14"]["stage"] == "opened"


def test_the_typical_time_is_that_of_the_team_and_kind(world: World) -> None:
    two_sprints(world)
    for number in range(40, 60):
        put(world, number, "Sprint 1", "03-02 08:00", milestone=1, closed="03-02 20:00")
    quick = stood(world)["acme/api#14"]["lead"]
    world.pull(70, created="03-16 09:00")
    assert isinstance(quick, float)
    assert quick < 1.5
    assert stood(world)["acme/api#70"]["lead"] == pytest.approx(4.0)


def test_nothing_open_is_an_empty_frame(world: World) -> None:
    assert standing(world.past(AS_OF), CALENDAR, [at(AS_OF)]).is_empty()


def test_the_clock_is_the_calendar(world: World) -> None:
    calendar = WorkingCalendar(days_off=frozenset([at("03-18").date()]))
    first = at("03-01")
    moments = [first + timedelta(hours=7 * number) for number in range(100)]
    read = WorkingClock(calendar, first, at("04-10")).read(pl.Series(moments))
    assert read == pytest.approx([calendar.working_time(first, moment) for moment in moments])


@pytest.mark.slow
@given(pasts())
@CAREFUL
def test_standing_sees_no_future(pair: Twins) -> None:
    """Which milestone an old title meant is an identity, and what of a draft is known later its item says."""
    rows = [
        standing(past, CALENDAR, [past.as_of, past.as_of - timedelta(days=2)]).join(
            past.items.select("ref", "known_later"), on="ref"
        )
        for past in pair
    ]
    assert_same(*rows, key=["at", "ref"], exempt=["planned", "beside", "due"])


def test_a_milestone_of_another_repository_with_the_same_title_is_the_same_sprint(world: World) -> None:
    two_sprints(world)
    world.milestone(2, "Sprint 2", created="03-13", due="03-27", repo="acme/web")
    put(world, 5, "Sprint 2", "03-16 09:00", repo="acme/web", milestone=2)
    assert stood(world)[f"{API}#14"]["beside"] == 6.0
