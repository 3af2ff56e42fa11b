"""Late start, ageing work, too much begun, a quiet or untracked board, overcommitment."""

from typing import Any

import pytest

from sprintlib.risks import (
    ageing_work,
    late_start,
    overcommitted,
    quiet_milestone,
    too_much_wip,
    untracked_board,
)
from sprintlib.risks.blocked_item import detect as blocked
from tests.risks.contexts import context
from tests.sprints import put, second_sprint
from tests.world import WEB, World, at

NEAR = "03-26 12:00"  # a day and a half before the deadline


def untouched(team: World, size: int = 4) -> None:
    """Sprint 2 holds only issues that nobody has closed: 31, 32, ... since its first morning."""
    team.milestone(2, "Sprint 2", created="03-13")
    team.milestone(3, "Sprint 3", created="03-13", due="03-27")
    for number in range(31, 31 + size):
        put(team, number, "Sprint 3", "03-16 09:00", milestone=3)


def works_unseen(team: World, size: int = 3) -> None:
    """Pull requests 50, 51, ... of sprint 2 and 3 that name no issue, opened after both had started."""
    for number in range(50, 50 + size):
        team.pull(number, created="03-17 12:00", author="bob", title="Tidy up")


def begin(team: World, item: int, number: int, moment: str = "03-18 12:00", **more: Any) -> None:
    """An open pull request that closes the item."""
    team.pull(number, created=moment, body=f"Closes #{item}", **{"author": "bob"} | more)


# ---------------------------------------------------------------- late start


def test_nothing_begun_after_a_third_of_the_time(team: World) -> None:
    untouched(team)
    (risk,) = late_start.detect(context(team, title="Sprint 3"))
    assert risk.statement == (
        "None of 4 items started or closed 39% of the way through. "
        "Not started: acme/api#31, acme/api#32, acme/api#33 and acme/api#34."
    )
    assert (risk.kind, risk.severity, len(risk.items), len(risk.evidence)) == ("late_start", "medium", 4, 4)
    assert risk.rule.startswith("After 30% of the time less than 10% of the items are closed or started")


def test_a_late_start_near_the_deadline_is_high(team: World) -> None:
    untouched(team)
    assert [risk.severity for risk in late_start.detect(context(team, NEAR, "Sprint 3"))] == ["high"]


def test_one_item_begun_of_four_is_a_start(team: World) -> None:
    untouched(team)
    begin(team, 31, 50)
    assert late_start.detect(context(team, title="Sprint 3")) == []
    assert len(late_start.detect(context(team, title="Sprint 3", late_start_share=0.5))) == 1


@pytest.mark.parametrize("kind", ["assigned", "referenced"])
def test_who_takes_an_item_after_the_start_begins_it(team: World, kind: str) -> None:
    untouched(team)
    team.event(31, kind, "03-18 10:00", subject="bob")
    assert context(team, title="Sprint 3").started == ["acme/api#31"]


def test_an_assignment_at_the_planning_is_no_beginning(team: World) -> None:
    untouched(team)
    team.event(31, "assigned", "03-16 09:00", subject="bob")
    assert context(team, title="Sprint 3").started == []


def test_early_in_the_sprint_a_start_is_not_late(team: World) -> None:
    untouched(team)
    assert late_start.detect(context(team, "03-18 12:00", "Sprint 3")) == []
    assert len(late_start.detect(context(team, "03-18 12:00", "Sprint 3", late_start_time=0.1))) == 1


def test_where_most_work_names_no_issue_nobody_can_say_what_is_begun(team: World) -> None:
    untouched(team)
    works_unseen(team, 2)
    assert len(late_start.detect(context(team, title="Sprint 3"))) == 1
    team.commit("a" * 40, "03-18 12:00", message="Straight to the default branch")
    assert late_start.detect(context(team, title="Sprint 3")) == []
    for number in (60, 61, 62):  # as many that do name one: the items say enough
        team.pull(number, created="03-18 12:00", author="bob")
        team.event(18, "cross-referenced", "03-18 12:00", subject=f"acme/api#{number}")
    assert len(late_start.detect(context(team, title="Sprint 3"))) == 1


def test_without_a_deadline_or_with_two_items_nothing_is_late(team: World) -> None:
    untouched(team, size=2)
    assert late_start.detect(context(team, title="Sprint 3")) == []
    team.milestone(2, "Sprint 2", created="03-13")
    assert late_start.detect(context(team)) == []


# ---------------------------------------------------------------- ageing work


def merged_in_a_day(team: World, number: int = 8) -> None:
    """Merged pull requests that took a working day each."""
    for place in range(60, 60 + number):
        team.pull(place, created="03-09 12:00", merged="03-10 12:00")
        team.event(place, "merged", "03-10 12:00")


def test_work_that_goes_on_for_longer_than_the_team_needs(team: World) -> None:
    merged_in_a_day(team)
    begin(team, 14, 20, "03-16 12:00")
    (risk,) = ageing_work.detect(context(team))
    assert risk.statement == (
        'acme/api#14 "Item 14" has been in progress for 4 working days; 85% of what the team merged recently took '
        "1 working day or less."
    )
    assert (risk.kind, risk.severity, risk.items) == ("ageing_work", "medium", ("acme/api#14",))
    assert "longer than 1.5 times the 85th percentile of the team's cycle time" in risk.rule


def test_an_old_issue_is_as_old_as_the_work_on_it(team: World) -> None:
    merged_in_a_day(team)
    put(team, 30, "Sprint 2", "03-16 09:00", milestone=2, created="02-02 12:00")
    assert ageing_work.detect(context(team)) == []
    team.event(30, "assigned", "03-17 10:00", subject="bob")
    (risk,) = ageing_work.detect(context(team))
    assert 'acme/api#30 "Item 30" has been in progress for 3.1 working days' in risk.statement


def test_the_first_commit_counts_where_it_came_before_the_pull_request(team: World) -> None:
    merged_in_a_day(team)
    begin(team, 14, 20, "03-19 12:00")
    assert ageing_work.detect(context(team)) == []
    team.commit("a" * 40, "03-17 12:00", number=20)
    (risk,) = ageing_work.detect(context(team))
    assert "has been in progress for 3 working days" in risk.statement


def test_the_age_at_which_it_fires_is_a_setting(team: World) -> None:
    merged_in_a_day(team)
    begin(team, 14, 20, "03-16 12:00")
    assert [risk.severity for risk in ageing_work.detect(context(team, ageing_factor=3))] == ["low"]
    assert ageing_work.detect(context(team, ageing_factor=5)) == []
    assert [risk.severity for risk in ageing_work.detect(context(team, near_due_days=6))] == ["high"]


def test_too_few_merged_say_nothing_about_the_usual(team: World) -> None:
    merged_in_a_day(team, 7)
    begin(team, 14, 20, "03-16 12:00")
    assert ageing_work.detect(context(team)) == []


def test_while_nobody_touches_anything_no_single_item_ages(team: World) -> None:
    merged_in_a_day(team)
    begin(team, 14, 20, "03-17 12:00")
    assert len(quiet_milestone.detect(context(team, NEAR))) == 1
    assert ageing_work.detect(context(team, NEAR)) == []
    team.comment(15, "Next week.", "03-25 12:00")
    assert [risk.items for risk in ageing_work.detect(context(team, NEAR))] == [("acme/api#14",)]


# ---------------------------------------------------------------- too much begun


def test_more_begun_than_people_can_finish(team: World) -> None:
    for item in (14, 15, 16, 17):
        begin(team, item, item + 10)
    (risk,) = too_much_wip.detect(context(team))
    assert risk.statement == (
        "4 items in progress for 1 active person, 4.0 each (limit: 1.5): "
        "acme/api#14, acme/api#15, acme/api#16 and acme/api#17."
    )
    assert (risk.kind, risk.severity, risk.actor) == ("too_much_wip", "medium", None)
    assert "bob" not in risk.statement + risk.rule


def test_enough_people_for_what_is_begun(team: World) -> None:
    for item, author in ((14, "bob"), (15, "cleo"), (16, "dan")):
        begin(team, item, item + 10, author=author)
    assert too_much_wip.detect(context(team)) == []
    assert [risk.severity for risk in too_much_wip.detect(context(team, wip_per_person=0.9))] == ["low"]


def test_two_items_are_no_queue(team: World) -> None:
    begin(team, 14, 24)
    begin(team, 15, 25)
    assert too_much_wip.detect(context(team)) == []


def test_a_pull_request_and_what_it_closes_are_one_piece_of_work(team: World) -> None:
    for item in (14, 15):
        begin(team, item, item + 10, milestone=2)
        team.event(item + 10, "milestoned", "03-18 12:00", subject="Sprint 2")
    assert context(team).started == ["acme/api#14", "acme/api#15"]


# ---------------------------------------------------------------- quiet


def test_a_sprint_that_nobody_touches(team: World) -> None:
    untouched(team)
    (risk,) = quiet_milestone.detect(context(team, title="Sprint 3"))
    assert risk.statement == (
        "No activity on any item of this sprint for 3.5 working days. "
        "Still open: acme/api#31, acme/api#32, acme/api#33 and acme/api#34."
    )
    assert (risk.kind, risk.severity) == ("quiet_milestone", "medium")
    assert "for more than 3 working days, counted from the start" in risk.rule
    assert quiet_milestone.detect(context(team, title="Sprint 3", quiet_days=4)) == []


def test_quiet_near_the_deadline_is_high(team: World) -> None:
    assert [risk.severity for risk in quiet_milestone.detect(context(team, NEAR))] == ["high"]


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
    assert quiet_milestone.detect(context(team, NEAR)) == []


def test_a_bot_does_not_break_the_silence(team: World) -> None:
    team.comment(14, "Stale?", "03-25 12:00", author="stale[bot]", author_type="Bot")
    assert len(quiet_milestone.detect(context(team, NEAR))) == 1


def test_a_bucket_without_a_due_date_may_rest(team: World) -> None:
    team.milestone(2, "Sprint 2", created="03-13")
    assert quiet_milestone.detect(context(team, NEAR)) == []


# ---------------------------------------------------------------- overcommitted


def test_too_much_for_the_time_that_is_left(team: World) -> None:
    for number in range(30, 45):
        put(team, number, "Sprint 2", "03-16 09:00", milestone=2)
    (risk,) = overcommitted.detect(context(team))
    assert risk.statement == (
        "20 items still open 39% of the way through; less than a 5% chance of finishing them all in time."
    )
    assert (risk.kind, risk.severity, len(risk.items)) == ("overcommitted", "medium", 20)
    assert [risk.severity for risk in overcommitted.detect(context(team, near_due_days=6))] == ["high"]


def test_what_fits_or_is_young_is_not_too_much(team: World) -> None:
    assert len(overcommitted.detect(context(team))) == 1
    assert overcommitted.detect(context(team, overcommitted_probability=0.001)) == []
    assert overcommitted.detect(context(team, overcommitted_time=0.5)) == []


def test_after_the_deadline_or_without_one_it_is_not_said(team: World) -> None:
    assert overcommitted.detect(context(team, "03-30 12:00")) == []
    team.milestone(2, "Sprint 2", created="03-13")
    assert overcommitted.detect(context(team)) == []


# ---------------------------------------------------------------- untracked


def test_a_board_that_nobody_keeps(team: World) -> None:
    works_unseen(team)
    (risk,) = untracked_board.detect(context(team, NEAR))
    assert risk.statement == (
        "5 of 5 open items show no work 83% of the way through (acme/api#14, acme/api#15, acme/api#16 and "
        "2 more), although 3 pull requests since the sprint started name no issue. "
        "The forecast only sees what is closed."
    )
    assert (risk.kind, risk.severity) == ("untracked_board", "medium")
    assert [one.ref for one in risk.evidence][-3:] == ["acme/api#50", "acme/api#51", "acme/api#52"]
    assert risk.rule.startswith("After 50% of the time more than 50% of the open items have no pull request")


def test_half_of_the_items_with_a_status_are_enough(team: World) -> None:
    works_unseen(team)
    team.event(14, "labeled", "03-17 10:00", subject="doing")
    team.event(15, "assigned", "03-17 10:00", subject="bob")
    assert len(untracked_board.detect(context(team, NEAR))) == 1
    begin(team, 16, 20)
    assert untracked_board.detect(context(team, NEAR)) == []
    assert len(untracked_board.detect(context(team, NEAR, untracked_share=0.3))) == 1


def test_a_pull_request_that_mentions_an_item_is_a_trace_but_an_issue_is_none(team: World) -> None:
    works_unseen(team)
    team.pull(20, created="03-17 10:00")
    for item in (14, 15, 16):
        team.event(item, "cross-referenced", "03-17 10:00", subject="acme/api#18")
    assert len(untracked_board.detect(context(team, NEAR))) == 1
    for item in (14, 15, 16):
        team.event(item, "cross-referenced", "03-17 11:00", subject="acme/api#20")
    assert untracked_board.detect(context(team, NEAR)) == []


def test_in_the_first_half_a_board_may_be_empty(team: World) -> None:
    works_unseen(team)
    assert untracked_board.detect(context(team)) == []
    assert [risk.severity for risk in untracked_board.detect(context(team, untracked_time=0.3))] == ["low"]


def test_while_nobody_works_the_board_tells_the_truth(team: World) -> None:
    works_unseen(team, 2)
    team.pull(60, created="03-17 12:00", author="dependabot[bot]", author_type="Bot")
    team.commit("a" * 40, "03-18 12:00", message="Merge branch 'main'")
    team.commit("b" * 40, "03-18 12:00", message="Pay by card (#50)")
    assert untracked_board.detect(context(team, NEAR)) == []
    team.commit("c" * 40, "03-18 12:00", message="Quick fix")
    (risk,) = untracked_board.detect(context(team, NEAR))
    assert "2 pull requests and 1 commit outside any pull request since the sprint started name" in risk.statement


def test_work_of_before_the_start_or_after_the_moment_does_not_count(team: World) -> None:
    team.pull(50, created="03-13 12:00", author="bob")
    team.pull(51, created="03-27 12:00", author="bob")
    team.pull(52, created="03-18 12:00", author="bob")
    team.event(14, "cross-referenced", "03-27 12:00", subject="acme/api#52")
    now = context(team, NEAR).unnamed_work
    assert (now.pulls, now.commits, now.naming) == (("acme/api#52",), 0, 0)


# ---------------------------------------------------------------- where the sprint stands


def test_time_gone_is_working_time_between_start_and_deadline(team: World) -> None:
    now = context(team, "03-23 00:00")
    assert now.started_at == at("03-17 00:00")
    assert now.time_gone == pytest.approx(4 / 9)
    assert context(team, "03-30 12:00").time_gone == 1.0


def test_a_block_across_repositories_says_whether_its_blocker_ends_in_time(team: World) -> None:
    second_sprint(team, WEB)
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/web#15")
    (risk,) = blocked(context(team))
    assert risk.kind == "cross_repository_block"
    assert risk.statement.endswith(" chance of being done by the deadline.")
    (late,) = blocked(context(team, "03-30 12:00"))
    assert "chance" not in late.statement


def test_a_blocker_outside_the_sprint_has_a_probability_too(team: World) -> None:
    team.issue(90, created="03-10", repo=WEB)
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/web#90")
    (risk,) = blocked(context(team))
    assert ". acme/web#90 has a 34% chance of being done by the deadline." in risk.statement
