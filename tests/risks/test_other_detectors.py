"""Scope creep, failing CI, unassigned and unstarted work."""

import pytest

from sprintlib.history import closed_refs
from sprintlib.risks import failing_ci, find_risks, listed, scope_creep, shorten, unstarted_near_due
from tests.risks.contexts import context, running
from tests.sprints import put, second_sprint
from tests.world import API, WEB, World


def test_scope_that_grew_beyond_its_share(team: World) -> None:
    for number in (30, 31):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
    (risk,) = scope_creep.detect(context(team))
    assert risk.statement == (
        "2 items were added after the sprint started (25% of the 8 planned): acme/api#30 and acme/api#31."
    )
    assert risk.severity == "medium"
    assert risk.items == ("acme/api#30", "acme/api#31")
    assert risk.rule.startswith("At least 2 items added after the sprint started exceed 15% of the planned ones")


def test_doubled_creep_near_the_deadline_is_high(team: World) -> None:
    for number in (30, 31, 32):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
    assert [risk.severity for risk in scope_creep.detect(context(team, near_due_days=6))] == ["high"]


def test_scope_that_left_again_is_no_creep(team: World) -> None:
    for number in (30, 31):
        put(team, number, "Sprint 2", "03-18 10:00")
        team.event(number, "demilestoned", "03-19 10:00", subject="Sprint 2")
        team.issue(number, created="03-18 10:00", updated="03-19 10:00")
    assert scope_creep.detect(context(team)) == []


def test_what_is_not_counted_is_said(team: World) -> None:
    for number in (30, 31):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
    team.pull(40, created="03-18 11:00", milestone=2, body="Closes #30")
    team.event(40, "milestoned", "03-18 11:00", subject="Sprint 2")
    (risk,) = scope_creep.detect(context(team))
    assert risk.statement == (
        "2 items were added after the sprint started (25% of the 8 planned), "
        "not counting 1 pull request for items already in it: "
        "acme/api#30 and acme/api#31."
    )


def test_a_pull_request_of_a_committed_item_is_no_creep(team: World) -> None:
    for number in (30, 31):
        team.pull(number, created="03-18 10:00", milestone=2, body="Closes #14")
        team.event(number, "milestoned", "03-18 10:00", subject="Sprint 2")
    assert scope_creep.detect(context(team)) == []


def test_one_item_more_is_within_the_share(team: World) -> None:
    put(team, 30, "Sprint 2", "03-18 10:00", milestone=2)
    assert scope_creep.detect(context(team)) == []


def test_a_bucket_without_a_due_date_may_grow(team: World) -> None:
    team.milestone(2, "Sprint 2", created="03-13")
    for number in (30, 31, 32):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
    assert scope_creep.detect(context(team)) == []


def test_without_ci_facts_it_is_unknown_never_green(team: World) -> None:
    (risk,) = failing_ci.detect(context(team))
    assert (risk.severity, risk.evidence) == ("unknown", ())
    assert risk.statement == "No CI runs are known for the default branch of acme/api: whether it is green is unknown."


def test_every_part_of_a_sprint_is_asked(team: World) -> None:
    second_sprint(team, WEB)
    told = [risk.statement for risk in failing_ci.detect(context(team))]
    assert [repo in statement for repo, statement in zip((API, WEB), told, strict=True)] == [True, True]


def test_a_red_default_branch(team: World) -> None:
    team.run(1, "03-19 10:00", "03-19 10:10", "success")
    team.run(2, "03-19 12:00", "03-19 12:10", "failure")
    team.run(3, "03-20 08:00", "03-20 08:10", "failure")
    (risk,) = failing_ci.detect(context(team))
    assert risk.severity == "high"
    assert risk.statement == ("Workflow 'tests' has been red on main of acme/api for 24 working hours (2 runs).")
    assert [one.ref for one in risk.evidence] == ["acme/api run 2", "acme/api run 3"]
    assert risk.evidence[0].url == "https://github.com/acme/api/actions/runs/2"


def test_a_run_that_was_tried_again_in_vain_is_one_run(team: World) -> None:
    tries = [(7, attempt, "a" * 40, "failure", f"03-19 1{attempt}:00") for attempt in (1, 2)]
    (risk,) = failing_ci.detect(running(team, *tries))
    assert risk.statement.endswith("(1 run).")
    assert [one.ref for one in risk.evidence] == ["acme/api run 7"]


@pytest.mark.parametrize(("finished", "conclusion"), [("03-20 11:30", "failure"), ("03-20 09:00", "success")])
def test_green_or_only_just_red_is_quiet(team: World, finished: str, conclusion: str) -> None:
    team.run(1, "03-19 12:00", "03-19 12:10", "success")
    team.run(2, "03-20 08:30", finished, conclusion)
    assert failing_ci.detect(context(team)) == []


def test_a_run_that_goes_on_or_was_cancelled_says_nothing(team: World) -> None:
    team.run(1, "03-19 12:00", "03-19 12:10", "failure")
    team.run(2, "03-20 11:00", None)
    team.run(3, "03-20 11:10", "03-20 11:20", "cancelled")
    assert [risk.evidence[0].ref for risk in failing_ci.detect(context(team))] == ["acme/api run 1"]


def test_unstarted_and_unassigned_near_the_deadline(team: World) -> None:
    team.event(14, "assigned", "03-18", subject="bob")
    team.event(15, "assigned", "03-18", subject="bob")
    for number, item in ((20, 15), (21, 16)):
        team.pull(number, created="03-18", body=f"Fixes #{item}")
    (risk,) = unstarted_near_due.detect(context(team, "03-26 12:00"))
    assert risk.statement == (
        "4 open issues 1.5 working days before the deadline: 3 without an assignee, 3 without a pull request "
        "(acme/api#14, acme/api#16, acme/api#17 and acme/api#18)."
    )
    assert risk.severity == "high"


def test_far_from_the_deadline_or_without_one_it_is_no_risk(team: World) -> None:
    assert unstarted_near_due.detect(context(team)) == []
    team.milestone(2, "Sprint 2", created="03-13")
    assert unstarted_near_due.detect(context(team, "03-26 12:00")) == []


def test_after_the_deadline_it_says_so(team: World) -> None:
    (risk,) = unstarted_near_due.detect(context(team, "03-30 12:00"))
    assert "5 open issues with the deadline passed" in risk.statement


def test_everything_begun_is_quiet(team: World) -> None:
    for number, item in enumerate(range(14, 19), start=20):
        team.event(item, "assigned", "03-18", subject="bob")
        team.pull(number, created="03-18", body=f"Closes #{item}")
    assert unstarted_near_due.detect(context(team, "03-26 12:00")) == []


def test_the_worst_comes_first(team: World) -> None:
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    for number in (30, 31):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
    assert [(risk.kind, risk.severity) for risk in find_risks(context(team))] == [
        ("blocked_item", "high"),
        ("scope_creep", "medium"),
        ("overcommitted", "medium"),
        ("failing_ci", "unknown"),
    ]


def test_a_sprint_with_nothing_open_has_no_risks(team: World) -> None:
    assert find_risks(context(team, "03-13 20:00", "Sprint 1")) == ()


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("Closes #14", {"acme/api#14"}),
        ("fixes acme/web#3 and resolves #4", {"acme/web#3", "acme/api#4"}),
        ("Resolved: https://github.com/acme/web/issues/9", {"acme/web#9"}),
        ("closes 14, see #15, encloses #16", set()),
    ],
)
def test_closing_keywords(text: str, refs: set[str]) -> None:
    assert closed_refs(text, "acme/api") == refs


def test_lists_and_titles_stay_short() -> None:
    assert listed([]) == "none"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(list("abcde"), 3) == "a, b and 3 more"
    assert shorten("two\nlines") == "two lines"
    assert len(shorten("x" * 200)) == 70
