"""Silence is judged by the team's own rhythm and by the time left; work that was set aside is left alone."""

import pytest

from sprintlib.risks import ageing_work, quiet_milestone, scope_creep, stale_pull_request
from sprintlib.risks.activity_baseline import ActivityBaseline, activity_baseline, inactivity_limit
from sprintlib.risks.on_hold import on_hold
from tests.risks.contexts import context
from tests.sprints import put, working_days
from tests.world import World


def slow_reviews(team: World, wait: int = 4) -> None:
    """Merged pull requests on which somebody moved on the first day and then every `wait` working days: 25 gaps."""
    days = working_days("01-05", 5 * wait + 1)[::wait]
    for number in range(200, 205):
        team.pull(number, created=f"{days[0]} 09:00", merged=f"{days[-1]} 18:00")
        for day in days:
            team.comment(number, "Again.", f"{day} 12:00", author="cleo")


def waiting(team: World, **more: object) -> None:
    team.pull(20, created="03-17 12:00", title="Change", body="Closes #14", author="ann", **more)


@pytest.mark.parametrize(
    ("usual", "days_left", "expected"),
    [(None, 8.0, 1.0), (0.5, 8.0, 1.0), (3.0, 8.0, 3.0), (3.0, 4.0, 2.0), (3.0, 0.0, 1.0), (3.0, None, 3.0)],
)
def test_patience_is_the_teams_own_and_at_most_half_of_the_time_left(
    usual: float | None, days_left: float | None, expected: float
) -> None:
    assert inactivity_limit(1.0, None if usual is None else ActivityBaseline(usual, 30), days_left) == expected


def test_the_rhythm_is_the_gap_that_most_do_not_exceed(team: World) -> None:
    assert activity_baseline(context(team).sprint) is None
    slow_reviews(team)
    assert activity_baseline(context(team).sprint) == ActivityBaseline(4.0, 25)


def test_a_wait_that_is_usual_for_the_team_is_not_stale(team: World) -> None:
    waiting(team)
    assert len(stale_pull_request.detect(context(team, "03-19 12:00"))) == 1
    slow_reviews(team)
    assert stale_pull_request.detect(context(team, "03-19 12:00")) == []
    (risk,) = stale_pull_request.detect(context(team, "03-24 12:00"))  # with three and a half days left
    assert "more than 1.8 working days (half of the time left)" in risk.rule
    team.milestone(2, "Sprint 2", created="03-13", due="06-30")
    (risk,) = stale_pull_request.detect(context(team, "03-25 12:00"))
    assert (
        "more than 4 working days (85% of the team's 25 waits on pull requests in the 180 days before ended within 4 "
        "working days)"
    ) in risk.rule


@pytest.mark.parametrize("more", [{"title": "[WIP] Change"}, {"title": "DO NOT MERGE: change"}])
def test_what_its_title_sets_aside_is_not_stale(team: World, more: dict[str, str]) -> None:
    waiting(team)
    team.pull(20, created="03-17 12:00", body="Closes #14", author="ann", **more)
    assert stale_pull_request.detect(context(team)) == []


def test_what_a_label_sets_aside_is_not_stale(team: World) -> None:
    waiting(team)
    team.event(20, "labeled", "03-17 13:00", "status: on hold")
    assert stale_pull_request.detect(context(team)) == []
    assert on_hold(context(team).sprint, ["acme/api#20", "acme/api#14"]) == {"acme/api#20"}


def test_a_pull_request_whose_item_is_blocked_is_not_stale(team: World) -> None:
    waiting(team)
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    assert stale_pull_request.detect(context(team)) == []


def test_a_milestone_without_a_date_is_a_bucket_where_others_have_one(team: World) -> None:
    waiting(team)
    team.milestone(2, "Sprint 2", created="03-13")
    assert context(team).is_bucket
    assert stale_pull_request.detect(context(team)) == []
    assert ageing_work.detect(context(team)) == []
    team.milestone(1, "Sprint 1", created="03-01", closed="03-16 08:00")
    assert not context(team).is_bucket
    assert len(stale_pull_request.detect(context(team))) == 1


def test_three_quiet_days_are_nothing_when_months_are_left(team: World) -> None:
    team.milestone(2, "Sprint 2", created="03-13", due="09-30")
    moment = "03-26 15:00"  # five working days after the last closing
    assert quiet_milestone.detect(context(team, moment)) == []
    (risk,) = quiet_milestone.detect(context(team, moment, quiet_share=0.01))
    assert "for more than 3 working days" in risk.rule


def test_a_milestone_of_months_is_still_being_filled_at_first(team: World) -> None:
    team.milestone(2, "Sprint 2", created="03-13", due="06-30")
    for number in (30, 31):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
    assert scope_creep.detect(context(team)) == []
    for number in (32, 33):
        put(team, number, "Sprint 2", "04-20 10:00", milestone=2)
    (risk,) = scope_creep.detect(context(team, "04-21 12:00"))
    assert risk.statement == (
        "2 items were added after the first 20% of the time (20% of the 10 planned): acme/api#32 and acme/api#33."
    )


def test_what_came_in_late_and_is_done_threatens_nothing(team: World) -> None:
    for number in (30, 31):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2, closed="03-19 10:00")
    assert scope_creep.detect(context(team)) == []
