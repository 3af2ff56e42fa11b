"""Review bottleneck, oversized pull requests, single ownership, concurrent edits and flaky CI."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from sprintlib.risks import concurrent_edits, flaky_ci, oversized_pull_request, review_bottleneck, single_ownership
from tests.risks.contexts import changing, context, running, situation_of
from tests.world import World


def pull(team: World, number: int = 20, item: int = 14, created: str = "03-17 12:00", **more: Any) -> None:
    """An open pull request of ann that closes an item of sprint 2."""
    team.pull(number, created=created, body=f"Closes #{item}", title=f"Change {number}", **{"author": "ann"} | more)


# ---------------------------------------------------------------- review bottleneck


def reviewed(team: World, *reviewers: str) -> None:
    """One merged pull request a review of the last days."""
    for number, reviewer in enumerate(reviewers, start=70):
        team.pull(number, created="03-09 12:00", merged="03-11 12:00", author="zoe")
        team.event(number, "merged", "03-11 12:00")
        team.review(number, "approved", "03-10 12:00", author=reviewer)


def test_one_person_gives_most_reviews(team: World) -> None:
    reviewed(team, "bob", "bob", "bob", "bob", "cleo")
    pull(team)
    team.event(20, "review_requested", "03-17 13:00", subject="bob")
    (risk,) = review_bottleneck.detect(context(team))
    assert risk.statement == (
        "80% of the 5 reviews in the 28 days before came from one person. "
        "Waiting for a review in this sprint: acme/api#20."
    )
    assert (risk.kind, risk.severity, risk.actor, risk.items) == ("review_bottleneck", "low", None, ("acme/api#20",))
    assert "bob" not in risk.statement + risk.rule
    assert review_bottleneck.detect(context(team, review_share=0.8)) == []


def test_a_queue_longer_than_the_reviewers_can_take(team: World) -> None:
    reviewed(team, "bob")
    for number, item in ((20, 14), (21, 15), (22, 16)):
        pull(team, number, item)
        team.event(number, "review_requested", "03-17 13:00", subject="bob")
    (risk,) = review_bottleneck.detect(context(team))
    assert risk.statement == (
        "3 open pull requests without a review, 3.0 per active reviewer. Waiting for a review in this sprint: "
        "acme/api#20, acme/api#21 and acme/api#22."
    )
    assert risk.severity == "low"
    assert [risk.severity for risk in review_bottleneck.detect(context(team, near_due_days=6))] == ["medium"]
    assert review_bottleneck.detect(context(team, review_queue=3)) == []


def test_both_near_the_deadline_are_high(team: World) -> None:
    reviewed(team, *["bob"] * 5)
    for number, item in ((20, 14), (21, 15), (22, 16)):
        pull(team, number, item)
        team.event(number, "review_requested", "03-17 13:00", subject="bob")
    assert [risk.severity for risk in review_bottleneck.detect(context(team, near_due_days=6))] == ["high"]


def test_no_bottleneck_where_nothing_of_the_sprint_waits(team: World) -> None:
    reviewed(team, *["bob"] * 5)
    assert review_bottleneck.detect(context(team)) == []
    pull(team)
    team.review(20, "changes_requested", "03-18 12:00")
    assert review_bottleneck.detect(context(team)) == []


# ---------------------------------------------------------------- oversized


def test_a_pull_request_of_more_lines_than_can_be_read(team: World) -> None:
    pull(team, additions=500, deletions=120)
    (risk,) = oversized_pull_request.detect(context(team))
    assert risk.statement == 'acme/api#20 "Change 20" changes 620 lines (limit: 400).'
    assert (risk.kind, risk.severity, risk.items) == ("oversized_pull_request", "low", ("acme/api#20",))
    assert oversized_pull_request.detect(context(team, pull_request_lines=620)) == []


def test_the_largest_comes_first(team: World) -> None:
    pull(team, 20, 14, additions=401, deletions=0)
    pull(team, 21, 15, additions=700, deletions=200)
    (risk,) = oversized_pull_request.detect(context(team))
    assert risk.statement == 'acme/api#21 "Change 21" changes 900 lines (limit: 400). Also too large: acme/api#20.'
    assert risk.severity == "medium"


@pytest.mark.parametrize(
    "more",
    [
        {"additions": 300, "deletions": 100},
        {"additions": None, "deletions": None},
        {"additions": 900, "deletions": 0, "created": "03-20 09:00"},
        {"additions": 900, "deletions": 0, "author": "dependabot[bot]", "author_type": "Bot"},
        {"additions": 900, "deletions": 0, "item": 999},
    ],
)
def test_small_unknown_new_and_foreign_ones_are_quiet(team: World, more: dict[str, Any]) -> None:
    pull(team, **more)
    assert oversized_pull_request.detect(context(team)) == []


def test_lines_that_a_tool_wrote_do_not_count(team: World) -> None:
    pull(team, additions=620, deletions=0)
    team.commit("a" * 40, "03-18 12:00", number=20)
    team.commit("b" * 40, "03-18 12:00", number=20)
    half = changing(team, ("a", "src/pay.py", "ann", "03-18 12:00"), ("b", "web/yarn.lock", "ann", "03-18 12:00"))
    assert oversized_pull_request.detect(half) == []


def test_what_was_pushed_later_does_not_count(team: World) -> None:
    pull(team, additions=620, deletions=0)  # as last fetched
    team.commit("a" * 40, "03-18 12:00", number=20)
    team.commit("b" * 40, "03-19 12:00", number=20)
    then = changing(team, ("a", "src/pay.py", "ann", "03-18 12:00"), ("b", "src/tax.py", "ann", "03-19 12:00"))
    assert oversized_pull_request.detect(then) == []  # two lines in each
    (risk,) = oversized_pull_request.detect(changing(team, ("a", "src/pay.py", "ann", "03-18 12:00")))
    assert "changes 620 lines" in risk.statement  # what the other commit changes is not known


# ---------------------------------------------------------------- ownership


def owned(authors: list[str], path: str = "src/pay.py") -> list[tuple[str, str, str, str]]:
    """Earlier commits on a path by these authors, and the one of pull request 20."""
    earlier = [(chr(ord("b") + place), path, author, "03-10 12:00") for place, author in enumerate(authors)]
    return [("a", path, "ann", "03-18 12:00"), *earlier]


def test_a_path_that_one_author_changes_alone(team: World) -> None:
    pull(team)
    team.commit("a" * 40, "03-18 12:00", number=20)
    (risk,) = single_ownership.detect(changing(team, *owned(["ann"] * 3)))
    assert risk.statement == "1 path changed in this sprint has a single main author: src/pay.py."
    assert (risk.kind, risk.severity, risk.actor, risk.items) == ("single_ownership", "low", None, ("acme/api#20",))
    assert "ann" not in risk.statement + risk.rule
    assert "no weight in the forecast" in risk.rule


def test_a_shared_path_or_one_with_little_history_is_quiet(team: World) -> None:
    pull(team)
    team.commit("a" * 40, "03-18 12:00", number=20)
    assert single_ownership.detect(changing(team, *owned(["bob", "bob", "ann"]))) == []
    assert single_ownership.detect(changing(team, *owned(["ann"]))) == []
    assert len(single_ownership.detect(changing(team, *owned(["bob", "ann"]), single_owner_share=0.6))) == 1


def test_months_count_and_not_the_busy_weeks(team: World) -> None:
    pull(team)
    team.commit("a" * 40, "03-18 12:00", number=20)
    months_ago = [(sha, "src/pay.py", "bob", "01-12 12:00") for sha in "xyz"]
    assert len(single_ownership.detect(changing(team, *owned(["ann"] * 3)))) == 1
    assert single_ownership.detect(changing(team, *owned(["ann"] * 3), *months_ago)) == []


def test_what_the_sprint_does_not_touch_is_not_its_risk(team: World) -> None:
    pull(team, item=999)
    team.commit("a" * 40, "03-18 12:00", number=20)
    assert single_ownership.detect(changing(team, *owned(["ann"] * 3))) == []


# ---------------------------------------------------------------- concurrent edits


def two_pulls(team: World, author: str = "bob") -> None:
    """Pull requests 20 (of the sprint) and 21 (of nothing in it), two commits each: a and b, c and d."""
    pull(team, 20)
    pull(team, 21, 999, author=author)
    for sha, number in (("a", 20), ("b", 20), ("c", 21), ("d", 21)):
        team.commit(sha * 40, "03-18 12:00", number=number)


def edits(path: str, shas: str = "abcd") -> list[tuple[str, str, str, str]]:
    return [(sha, path, "ann", "03-18 12:00") for sha in shas]


def test_two_open_pull_requests_change_one_file(team: World) -> None:
    two_pulls(team)
    (risk,) = concurrent_edits.detect(changing(team, *edits("src/pay.py")))
    assert risk.statement == ('acme/api#20 "Change 20" and acme/api#21 "Change 21" both change src/pay.py.')
    assert (risk.kind, risk.severity, risk.items) == ("concurrent_edits", "low", ("acme/api#20", "acme/api#21"))
    (near,) = concurrent_edits.detect(changing(team, *edits("src/pay.py"), near_due_days=6))
    assert near.severity == "medium"


def test_two_small_changes_of_one_file_seldom_meet(team: World) -> None:
    two_pulls(team)
    assert concurrent_edits.detect(changing(team, *edits("src/pay.py", "abc"))) == []
    large = changing(team, *edits("src/pay.py", "ac"))
    assert concurrent_edits.detect(large) == []
    files = large.sprint.past.changed_files.with_columns(additions=pl.lit(99, pl.Int64))
    past = replace(large.sprint.past, changed_files=files)
    assert len(concurrent_edits.detect(situation_of(team, past))) == 1


def test_a_file_that_everybody_changes_weighs_less(team: World) -> None:
    two_pulls(team)
    busy = [*edits("CHANGELOG.md"), *((sha, "CHANGELOG.md", "cleo", "03-10 12:00") for sha in "ef")]
    assert concurrent_edits.detect(changing(team, *busy)) == []
    assert len(concurrent_edits.detect(changing(team, *busy, concurrent_edits=0.3))) == 1
    (risk,) = concurrent_edits.detect(changing(team, *busy, *edits("src/pay.py")))
    assert risk.statement.endswith("both change 2 files (src/pay.py and CHANGELOG.md).")


def test_a_pull_request_that_stands_on_another_is_no_conflict(team: World) -> None:
    two_pulls(team)
    team.commit("a" * 40, "03-18 12:00", number=21)
    assert concurrent_edits.detect(changing(team, *edits("src/pay.py"))) == []


def test_an_author_knows_of_their_own_other_pull_request(team: World) -> None:
    two_pulls(team, author="ann")
    assert concurrent_edits.detect(changing(team, *edits("src/pay.py"))) == []


def test_different_files_and_pull_requests_outside_the_sprint_are_quiet(team: World) -> None:
    two_pulls(team)
    assert concurrent_edits.detect(changing(team, *edits("x.py", "ab"), *edits("y.py", "cd"))) == []
    pull(team, 20, 998)
    assert concurrent_edits.detect(changing(team, *edits("x.py"))) == []


# ---------------------------------------------------------------- flaky


def test_a_workflow_that_says_both_on_several_commits(team: World) -> None:
    now = running(
        team,
        (1, 1, "aaaaaaaa", "failure", "03-18 10:00"),
        (1, 2, "aaaaaaaa", "success", "03-18 11:00"),
        (2, 2, "bbbbbbbb", "success", "03-19 10:00"),
    )
    (risk,) = flaky_ci.detect(now)
    assert risk.statement == "Workflow 'tests' of acme/api both failed and passed on 2 commits within 7 days."
    assert (risk.kind, risk.severity) == ("flaky_ci", "low")
    assert [(one.ref, one.note) for one in risk.evidence] == [
        ("acme/api run 2", "bbbbbbb both failed and passed"),
        ("acme/api run 1", "aaaaaaa both failed and passed"),
    ]


def test_flaky_near_the_deadline_is_medium(team: World) -> None:
    runs = [(key, 2, f"{key}", "success", "03-18 10:00") for key in (1, 2)]
    assert [risk.severity for risk in flaky_ci.detect(running(team, *runs, near_due_days=6))] == ["medium"]


@pytest.mark.parametrize(
    ("runs", "limit"),
    [
        ([(1, 2, "a", "success", "03-18 10:00")], 2),
        ([(1, 2, "a", "success", "03-10 10:00"), (2, 2, "b", "success", "03-18 10:00")], 2),
        ([(1, 1, "a", "failure", "03-18 10:00"), (2, 1, "b", "success", "03-18 11:00")], 1),
        ([(1, 2, "a", "success", "03-18 10:00"), (2, 2, "b", "success", "03-18 10:00")], 3),
    ],
)
def test_once_long_ago_honestly_red_or_below_the_setting_is_quiet(
    team: World, runs: list[tuple[int, int, str, str, str]], limit: int
) -> None:
    assert flaky_ci.detect(running(team, *runs, flaky_commits=limit)) == []


def test_without_runs_nothing_is_flaky(team: World) -> None:
    assert flaky_ci.detect(context(team)) == []
