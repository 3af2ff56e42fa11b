"""Late start, ageing work, too much begun, a quiet or untracked board, overcommitment."""

from typing import Any

import pytest

from sprintlib.risks import (
    ageing_work,
    late_start,
    overcommitted,
    quiet_milestone,
    untracked_board,
    work_in_progress,
)
from sprintlib.risks.blocked_item import detect as blocked
from tests.risks.situations import situation
from tests.sprints import put, second_sprint
from tests.world import WEB, World, at

NEAR = "03-26 12:00"  # a day and a half before the deadline


def untouched(team: World, size: int = 4) -> None:
    """Sprint 2 holds only issues that nobody has closed: 31, 32, ... since its first morning."""
    team.milestone(2, "Sprint 2", created="03-13")
    team.milestone(3, "Sprint 3", created="03-13", due="03-27")
    for number in range(31, 31 + size):
        put(team, number, "Sprint 3", "03-16 09:00", milestone=3)


def begin(team: World, item: int, number: int, moment: str = "03-18 12:00", **more: Any) -> None:
    """An open pull request that closes the item."""
    team.pull(number, created=moment, body=f"Closes #{item}", **{"author": "bob"} | more)


# ---------------------------------------------------------------- late start


def test_nothing_begun_after_a_third_of_the_time(team: World) -> None:
    untouched(team)
    (risk,) = late_start.detect(situation(team, title="Sprint 3"))
    assert risk.statement == (
        "0 of 4 items begun or closed with 39% of the time gone: "
        "acme/api#31, acme/api#32, acme/api#33 and acme/api#34 not begun."
    )
    assert (risk.kind, risk.severity, len(risk.items), len(risk.evidence)) == ("late_start", "medium", 4, 4)
    assert risk.rule.startswith("After 30% of the time less than 10% of the items are closed or begun")


def test_a_late_start_near_the_deadline_is_high(team: World) -> None:
    untouched(team)
    assert [risk.severity for risk in late_start.detect(situation(team, NEAR, "Sprint 3"))] == ["high"]


def test_one_item_begun_of_four_is_a_start(team: World) -> None:
    untouched(team)
    begin(team, 31, 50)
    assert late_start.detect(situation(team, title="Sprint 3")) == []
    assert len(late_start.detect(situation(team, title="Sprint 3", late_start_share=0.5))) == 1


@pytest.mark.parametrize("kind", ["assigned", "referenced"])
def test_who_takes_an_item_after_the_start_begins_it(team: World, kind: str) -> None:
    untouched(team)
    team.event(31, kind, "03-18 10:00", subject="bob")
    assert situation(team, title="Sprint 3").begun == ["acme/api#31"]


def test_an_assignment_at_the_planning_is_no_beginning(team: World) -> None:
    untouched(team)
    team.event(31, "assigned", "03-16 09:00", subject="bob")
    assert situation(team, title="Sprint 3").begun == []


def test_early_in_the_sprint_a_start_is_not_late(team: World) -> None:
    untouched(team)
    assert late_start.detect(situation(team, "03-18 12:00", "Sprint 3")) == []
    assert len(late_start.detect(situation(team, "03-18 12:00", "Sprint 3", late_start_time=0.1))) == 1


def test_without_a_deadline_or_with_two_items_nothing_is_late(team: World) -> None:
    untouched(team, size=2)
    assert late_start.detect(situation(team, title="Sprint 3")) == []
    team.milestone(2, "Sprint 2", created="03-13")
    assert late_start.detect(situation(team)) == []


# ---------------------------------------------------------------- ageing work


def old_item(team: World, assigned: bool = True) -> None:
    """An issue of sprint 2 that was opened long before it, and taken during it."""
    put(team, 30, "Sprint 2", "03-16 09:00", milestone=2, created="02-02 12:00")
    if assigned:
        team.event(30, "assigned", "03-17 10:00", subject="bob")


def test_a_begun_issue_older_than_what_the_team_needs(team: World) -> None:
    old_item(team)
    (risk,) = ageing_work.detect(situation(team))
    assert risk.statement == (
        'acme/api#30 "Item 30" is 34 working days old, and 85% of what the team finished lately took '
        "7.5 working days or less."
    )
    assert (risk.kind, risk.severity, risk.items) == ("ageing_work", "medium", ("acme/api#30",))
    assert "older than 1.5 times the 85th percentile of the team" in risk.rule


def test_an_old_issue_that_nobody_began_only_waits(team: World) -> None:
    old_item(team, assigned=False)
    assert ageing_work.detect(situation(team)) == []


def test_the_age_at_which_it_fires_is_a_setting(team: World) -> None:
    old_item(team)
    assert [risk.severity for risk in ageing_work.detect(situation(team, ageing_factor=3))] == ["low"]
    assert ageing_work.detect(situation(team, ageing_factor=5)) == []


def test_old_and_near_the_deadline_is_high(team: World) -> None:
    old_item(team)
    assert [risk.severity for risk in ageing_work.detect(situation(team, near_due_days=6))] == ["high"]


def test_a_pull_request_is_compared_with_those_that_were_merged(team: World) -> None:
    for number in range(60, 68):
        team.pull(number, created="03-09 12:00", merged="03-10 12:00")
        team.event(number, "merged", "03-10 12:00")
    begin(team, 14, 20, "03-16 12:00")
    (risk,) = ageing_work.detect(situation(team))
    assert risk.items == ("acme/api#20",)
    assert "is 4 working days old, and 85% of what the team finished lately took 1 working day or less" in (
        risk.statement
    )


def test_too_few_finished_say_nothing_about_the_usual(team: World) -> None:
    for number in range(60, 67):
        team.pull(number, created="03-09 12:00", merged="03-10 12:00")
        team.event(number, "merged", "03-10 12:00")
    begin(team, 14, 20, "03-16 12:00")
    assert ageing_work.detect(situation(team)) == []


# ---------------------------------------------------------------- too much begun


def test_more_begun_than_people_can_finish(team: World) -> None:
    for item in (14, 15, 16, 17):
        begin(team, item, item + 10)
    (risk,) = work_in_progress.detect(situation(team))
    assert risk.statement == (
        "4 items begun and open, 4.0 for each of the 1 active person: "
        "acme/api#14, acme/api#15, acme/api#16 and acme/api#17."
    )
    assert (risk.kind, risk.severity, risk.actor) == ("too_much_wip", "medium", None)
    assert "bob" not in risk.statement + risk.rule


def test_enough_people_for_what_is_begun(team: World) -> None:
    for item, author in ((14, "bob"), (15, "cleo"), (16, "dan")):
        begin(team, item, item + 10, author=author)
    assert work_in_progress.detect(situation(team)) == []
    assert [risk.severity for risk in work_in_progress.detect(situation(team, wip_per_person=0.9))] == ["low"]


def test_two_items_are_no_queue(team: World) -> None:
    begin(team, 14, 24)
    begin(team, 15, 25)
    assert work_in_progress.detect(situation(team)) == []


def test_a_pull_request_and_what_it_closes_are_one_piece_of_work(team: World) -> None:
    for item in (14, 15):
        begin(team, item, item + 10, milestone=2)
        team.event(item + 10, "milestoned", "03-18 12:00", subject="Sprint 2")
    assert situation(team).begun == ["acme/api#14", "acme/api#15"]


# ---------------------------------------------------------------- quiet


def test_a_sprint_that_nobody_touches(team: World) -> None:
    untouched(team)
    (risk,) = quiet_milestone.detect(situation(team, title="Sprint 3"))
    assert risk.statement == (
        "Nobody has touched an item of this sprint for 3.5 working days; "
        "acme/api#31, acme/api#32, acme/api#33 and acme/api#34 are open."
    )
    assert (risk.kind, risk.severity) == ("quiet_milestone", "medium")
    assert "for more than 3 working days, counted from the start" in risk.rule
    assert quiet_milestone.detect(situation(team, title="Sprint 3", quiet_days=4)) == []


def test_quiet_near_the_deadline_is_high(team: World) -> None:
    assert [risk.severity for risk in quiet_milestone.detect(situation(team, NEAR))] == ["high"]


@pytest.mark.parametrize("what", ["comment", "event", "review", "commit"])
def test_whatever_a_person_does_breaks_the_silence(team: World, what: str) -> None:
    begin(team, 14, 20, "03-17 12:00")
    if what == "comment":
        team.comment(14, "On it.", "03-25 12:00")
    elif what == "event":
        team.event(14, "labeled", "03-25 12:00", subject="bug")
    elif what == "review":
        team.review(20, "commented", "03-25 12:00")
    else:
        team.commit("a" * 40, "03-25 12:00", number=20)
    assert quiet_milestone.detect(situation(team, NEAR)) == []


def test_a_bot_does_not_break_the_silence(team: World) -> None:
    team.comment(14, "Stale?", "03-25 12:00", author="stale[bot]", author_type="Bot")
    assert len(quiet_milestone.detect(situation(team, NEAR))) == 1


def test_a_bucket_without_a_due_date_may_rest(team: World) -> None:
    team.milestone(2, "Sprint 2", created="03-13")
    assert quiet_milestone.detect(situation(team, NEAR)) == []


# ---------------------------------------------------------------- overcommitted


def test_too_much_for_the_time_that_is_left(team: World) -> None:
    for number in range(30, 45):
        put(team, number, "Sprint 2", "03-16 09:00", milestone=2)
    (risk,) = overcommitted.detect(situation(team))
    assert risk.statement == ("20 items open with 39% of the time gone: all of them in time has a probability of <5%.")
    assert (risk.kind, risk.severity, len(risk.items)) == ("overcommitted", "medium", 20)
    assert [risk.severity for risk in overcommitted.detect(situation(team, near_due_days=6))] == ["high"]


def test_what_fits_or_is_young_is_not_too_much(team: World) -> None:
    assert len(overcommitted.detect(situation(team))) == 1
    assert overcommitted.detect(situation(team, overcommitted_probability=0.001)) == []
    assert overcommitted.detect(situation(team, overcommitted_time=0.5)) == []


def test_after_the_deadline_or_without_one_it_is_not_said(team: World) -> None:
    assert overcommitted.detect(situation(team, "03-30 12:00")) == []
    team.milestone(2, "Sprint 2", created="03-13")
    assert overcommitted.detect(situation(team)) == []


# ---------------------------------------------------------------- untracked


def test_a_board_that_nobody_keeps(team: World) -> None:
    (risk,) = untracked_board.detect(situation(team, NEAR))
    assert risk.statement == (
        "5 of 5 open items show no work with 83% of the time gone: acme/api#14, acme/api#15, acme/api#16 and "
        "2 more; the forecast sees only what is closed."
    )
    assert (risk.kind, risk.severity) == ("untracked_board", "medium")
    assert risk.rule.startswith("After 50% of the time more than 50% of the open items have no pull request")


def test_half_of_the_items_with_a_status_are_enough(team: World) -> None:
    team.event(14, "labeled", "03-17 10:00", subject="doing")
    team.event(15, "assigned", "03-17 10:00", subject="bob")
    assert len(untracked_board.detect(situation(team, NEAR))) == 1
    begin(team, 16, 20)
    assert untracked_board.detect(situation(team, NEAR)) == []
    assert len(untracked_board.detect(situation(team, NEAR, untracked_share=0.3))) == 1


def test_a_pull_request_that_mentions_an_item_is_a_trace_but_an_issue_is_none(team: World) -> None:
    team.pull(20, created="03-17 10:00")
    for item in (14, 15, 16):
        team.event(item, "cross-referenced", "03-17 10:00", subject="acme/api#18")
    assert len(untracked_board.detect(situation(team, NEAR))) == 1
    for item in (14, 15, 16):
        team.event(item, "cross-referenced", "03-17 11:00", subject="acme/api#20")
    assert untracked_board.detect(situation(team, NEAR)) == []


def test_in_the_first_half_a_board_may_be_empty(team: World) -> None:
    assert untracked_board.detect(situation(team)) == []
    assert [risk.severity for risk in untracked_board.detect(situation(team, untracked_time=0.3))] == ["low"]


# ---------------------------------------------------------------- where the sprint stands


def test_time_gone_is_working_time_between_start_and_deadline(team: World) -> None:
    now = situation(team, "03-23 00:00")
    assert now.started_at == at("03-17 00:00")
    assert now.time_gone == pytest.approx(4 / 9)
    assert situation(team, "03-30 12:00").time_gone == 1.0


def test_a_block_across_repositories_says_whether_its_blocker_ends_in_time(team: World) -> None:
    second_sprint(team, WEB)
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/web#15")
    (risk,) = blocked(situation(team))
    assert risk.kind == "cross_repository_block"
    assert "; it ends by the deadline with a probability of " in risk.statement
    (late,) = blocked(situation(team, "03-30 12:00"))
    assert "probability" not in late.statement


def test_a_blocker_outside_the_sprint_has_a_probability_too(team: World) -> None:
    team.issue(90, created="03-10", repo=WEB)
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/web#90")
    (risk,) = blocked(situation(team))
    assert "; it ends by the deadline with a probability of " in risk.statement
