"""Pull requests on which nobody moves, and who owes the next move."""

from typing import Any

import pytest

from sprintlib.risks.stale_pull_request import detect
from tests.risks.contexts import context
from tests.world import World


def pull(team: World, number: int = 20, created: str = "03-16 12:00", **more: Any) -> None:
    """An open pull request of ann that is in sprint 2."""
    team.pull(number, created=created, milestone=2, **{"title": f"Change {number}", "author": "ann"} | more)
    team.event(number, "milestoned", created, subject="Sprint 2")


def test_nobody_was_asked(team: World) -> None:
    pull(team)
    (risk,) = detect(context(team))
    assert risk.statement == (
        'acme/api#20 "Change 20" has had no activity for 4 working days. No reviewer requested: '
        "a maintainer needs to decide."
    )
    assert (risk.kind, risk.severity, risk.actor) == ("stale_pull_request", "medium", None)
    assert risk.items == ("acme/api#20",)
    assert [(one.ref, one.kind, one.url) for one in risk.evidence] == [
        ("acme/api#20", "pull", "https://github.com/acme/api/pull/20")
    ]
    assert risk.rule == (
        "An open pull request that is not a draft, not set aside and not blocked has had no activity by a person for "
        "more than 1 working day; high when it is three times as long and the deadline is at most 5 working days away."
    )


def test_the_reviewer_who_was_asked_owes_a_review(team: World) -> None:
    pull(team)
    team.event(20, "review_requested", "03-17 12:00", subject="bob")
    (risk,) = detect(context(team))
    assert risk.actor == "bob"
    assert "no activity for 3 working days. Review requested from bob: a review is needed." in risk.statement


def test_the_reviewer_asked_first_comes_first_and_a_removed_one_owes_nothing(team: World) -> None:
    pull(team)
    team.event(20, "review_requested", "03-16 13:00", subject="gone")
    team.event(20, "review_requested", "03-16 14:00", subject="bob")
    team.event(20, "review_requested", "03-16 15:00", subject="cleo")
    team.event(20, "review_request_removed", "03-16 16:00", subject="gone")
    assert detect(context(team))[0].actor == "bob"


def test_after_requested_changes_the_author_owes_an_answer(team: World) -> None:
    pull(team)
    team.review(20, "changes_requested", "03-17 12:00")
    (risk,) = detect(context(team))
    assert risk.actor == "ann"
    assert "bob requested changes: the author needs to answer." in risk.statement


def test_after_the_answer_the_reviewer_owes_again(team: World) -> None:
    pull(team)
    team.review(20, "changes_requested", "03-17 12:00")
    team.commit("a" * 40, "03-18 12:00", number=20)
    (risk,) = detect(context(team))
    assert risk.actor == "bob"
    assert "for 2 working days. The changes that bob requested were made: a review is needed." in risk.statement


def test_after_an_approval_a_maintainer_decides(team: World) -> None:
    pull(team)
    team.review(20, "approved", "03-17 12:00")
    (risk,) = detect(context(team))
    assert risk.actor is None
    assert "bob approved it: a maintainer needs to decide." in risk.statement


def test_a_comment_by_somebody_else_asks_the_author(team: World) -> None:
    pull(team)
    team.comment(20, "What about tests?", "03-17 12:00")
    assert detect(context(team))[0].actor == "ann"


def test_what_bots_do_is_no_event(team: World) -> None:
    pull(team)
    team.comment(20, "Coverage: 81 %", "03-20 11:00", author="codecov[bot]", author_type="Bot")
    team.review(20, "commented", "03-20 11:00", author="lint[bot]", author_type="Bot")
    assert "for 4 working days" in detect(context(team))[0].statement


def test_labels_and_milestones_are_bookkeeping(team: World) -> None:
    pull(team)
    team.event(20, "labeled", "03-20 11:00", subject="bug")
    assert "for 4 working days" in detect(context(team))[0].statement


@pytest.mark.parametrize("more", [{"draft": True}, {"merged": "03-18 10:00"}, {"created": "03-19 13:00"}])
def test_drafts_closed_and_fresh_ones_are_quiet(team: World, more: dict[str, Any]) -> None:
    pull(team, **more)
    if more.get("merged"):
        team.event(20, "merged", "03-18 10:00")
    assert detect(context(team)) == []


def test_a_weekend_is_no_waiting(team: World) -> None:
    pull(team, created="03-20 20:00")
    assert detect(context(team, as_of="03-23 10:00")) == []


def test_a_pull_request_of_an_issue_inside_counts_with_the_issue(team: World) -> None:
    team.pull(20, created="03-16 12:00", body="Adds it.\n\nCloses #14")
    (risk,) = detect(context(team))
    assert risk.items == ("acme/api#20", "acme/api#14")
    assert [one.ref for one in risk.evidence] == ["acme/api#20", "acme/api#14"]


def test_a_pull_request_of_something_else_does_not(team: World) -> None:
    team.pull(20, created="03-16 12:00", body="Closes #999, see #14")
    assert detect(context(team)) == []


def test_long_and_near_the_deadline_is_high(team: World) -> None:
    pull(team)
    assert [risk.severity for risk in detect(context(team))] == ["medium"]
    assert [risk.severity for risk in detect(context(team, near_due_days=6))] == ["high"]
    assert [risk.severity for risk in detect(context(team, stale_pull_request_days=3))] == ["low"]


def test_five_are_told_one_by_one_and_the_rest_together(team: World) -> None:
    for number in range(20, 28):
        pull(team, number)
    risks = detect(context(team))
    assert [risk.kind for risk in risks] == ["stale_pull_request"] * 5 + ["more_stale_pull_requests"]
    assert risks[-1].statement == ("3 more pull requests without activity: acme/api#25, acme/api#26 and acme/api#27.")


def test_an_author_who_left_github_is_nobody(team: World) -> None:
    pull(team, author=None)
    team.review(20, "changes_requested", "03-17 12:00")
    assert detect(context(team))[0].actor is None


@pytest.mark.parametrize("words", ["ACK 1a2b3c4", "LGTM", "+1", "tACK"])
def test_an_approval_in_words_is_no_question_to_the_author(team: World, words: str) -> None:
    pull(team)
    team.comment(20, words, "03-17 12:00")
    assert "bob approved it: a maintainer needs to decide." in detect(context(team))[0].statement


def test_an_approval_older_than_a_push_has_to_be_given_again(team: World) -> None:
    pull(team)
    team.review(20, "approved", "03-17 12:00")
    team.commit("a" * 40, "03-18 12:00", number=20)
    (risk,) = detect(context(team))
    assert risk.actor == "bob"
    assert "New commits since bob approved it: a review is needed." in risk.statement


def test_a_question_to_a_third_person_is_theirs(team: World) -> None:
    pull(team)
    team.comment(15, "Here.", "03-16 12:00", author="cleo")
    team.comment(20, "@cleo is this the right table?", "03-17 12:00")
    (risk,) = detect(context(team))
    assert risk.actor == "cleo"
    assert "bob asked cleo for an opinion: a review is needed." in risk.statement


def test_commits_older_than_the_pull_request_are_no_silence(team: World) -> None:
    pull(team, created="03-18 12:00")
    team.commit("a" * 40, "01-05 12:00", number=20)
    assert "no activity for 2 working days" in detect(context(team))[0].statement


def test_whoever_has_been_silent_for_two_weeks_is_not_named(team: World) -> None:
    pull(team, author="zoe")
    team.comment(15, "Hello.", "03-02 12:00", author="cleo")
    team.event(20, "review_requested", "03-16 13:00", subject="cleo")
    (risk,) = detect(context(team))
    assert risk.actor is None
    assert "Review requested from cleo" in risk.statement


def test_a_machine_that_github_calls_a_user_is_no_activity(team: World) -> None:
    pull(team)
    team.comment(20, "coverage 80%", "03-20 11:00", author="codecov-commenter")
    assert "no activity for 4 working days" in detect(context(team))[0].statement
