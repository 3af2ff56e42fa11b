"""One payload, one row, with literal values."""

from datetime import UTC, date, datetime

import pytest

from sprintlib.facts import rows
from sprintlib.facts.listed import release_row
from sprintlib.facts.rows import Origin
from tests.github import shop

FETCHED = {"repository_id": 7, "source": "rest", "observed_at": datetime(2026, 3, 20, 12, tzinfo=UTC)}


def day(number: int, hour: int = 10) -> datetime:
    return datetime(2026, 3, number, hour, tzinfo=UTC)


def test_repository():
    assert rows.repository_row(shop.REPOSITORY, "rest", day(20)) == {
        "id": 7,
        "node_id": "R_7",
        "full_name": "acme/shop",
        "organization": "acme",
        "default_branch": "main",
        "html_url": "https://github.com/acme/shop",
        "clone_url": "https://github.com/acme/shop.git",
        "private": False,
        "archived": False,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "source": "rest",
        "observed_at": day(20),
    }


def test_organization_is_the_owner():
    assert rows.organization_row(shop.REPOSITORY, "rest", day(20)) == {
        "login": "acme",
        "node_id": "O_1",
        "kind": "Organization",
        "source": "rest",
        "observed_at": day(20),
    }


def test_milestone(origin: Origin):
    assert rows.milestone_row(shop.milestone(), origin) == {
        **FETCHED,
        "number": 1,
        "node_id": "MI_1",
        "title": "Alpha",
        "description": "First cut",
        "state": "open",
        "due_on": date(2026, 4, 1),
        "open_issues": 2,
        "closed_issues": 1,
        "html_url": "https://github.com/acme/shop/milestone/1",
        "created_at": day(1),
        "updated_at": day(2),
        "closed_at": None,
    }


@pytest.mark.parametrize("due_on", [None, "absent"])
def test_milestone_without_due_date(origin: Origin, due_on: str | None):
    payload = shop.milestone(due_on=None)
    if due_on == "absent":
        del payload["due_on"]
    assert rows.milestone_row(payload, origin)["due_on"] is None


def test_title_was_seen_when_the_milestone_itself_changed(origin: Origin):
    assert rows.milestone_title_row(shop.milestone(), "acme/shop#1", origin) == {
        "repository_id": 7,
        "number": 1,
        "title": "Alpha",
        "proof": "acme/shop#1",
        "seen_at": day(2),
    }


def test_issue(origin: Origin):
    payload = shop.issue(
        2, 2, milestone=shop.milestone(), state="closed", state_reason="COMPLETED", closed_at=shop.at(9)
    )
    assert rows.issue_row(payload, origin) == {
        **FETCHED,
        "node_id": "I_2",
        "number": 2,
        "title": "Issue 2",
        "body": "Words",
        "author": "ann",
        "author_type": "User",
        "state": "closed",
        "state_reason": "completed",
        "locked": False,
        "comments": 0,
        "labels": ["bug"],
        "assignees": ["bob"],
        "milestone_number": 1,
        "html_url": "https://github.com/acme/shop/issues/2",
        "created_at": day(2),
        "updated_at": day(2),
        "closed_at": day(9),
        "blockers": None,
    }


def test_null_keys_may_be_absent(origin: Origin):
    payload = shop.issue(5, 5)
    for key in ("body", "milestone", "closed_at", "state_reason", "locked", "comments", "labels", "assignees", "user"):
        del payload[key]
    row = rows.issue_row(payload, origin)
    absent = ("body", "milestone_number", "closed_at", "state_reason", "comments", "author", "author_type")
    assert {row[name] for name in absent} == {None}
    assert (row["labels"], row["assignees"], row["locked"]) == ([], [], False)


def test_blockers_are_counted_by_github(origin: Origin):
    summary = {"blocked_by": 1, "total_blocked_by": 2, "blocking": 0, "total_blocking": 0}
    assert rows.issue_row(shop.issue(1, 1, issue_dependencies_summary=summary), origin)["blockers"] == 2


def test_pull_request_from_its_detail(origin: Origin):
    row = rows.pull_request_row(shop.pull(3, 3, merged=True, merged_at=shop.at(9), merge_commit_sha="d" * 40), origin)
    wanted = {
        "node_id": "PR_3",
        "draft": False,
        "merged": True,
        "merged_at": day(9),
        "merge_commit_sha": "d" * 40,
        "head_ref": "topic",
        "head_sha": "c" * 40,
        "head_repository": "bob/shop",
        "base_ref": "main",
        "requested_reviewers": ["cleo", "team/core"],
        "additions": 10,
        "deletions": 2,
        "changed_files": 1,
    }
    assert {name: row[name] for name in wanted} == wanted
    assert "blockers" not in row


def test_pull_request_from_the_list_has_no_sizes_but_is_merged(origin: Origin):
    payload = shop.pull(3, 3, merged_at=shop.at(9))
    for key in ("merged", "additions", "deletions", "changed_files", "comments"):
        del payload[key]
    row = rows.pull_request_row(payload, origin)
    assert (row["merged"], row["additions"], row["changed_files"], row["comments"]) == (True, None, None, None)


@pytest.mark.parametrize(
    "head", [None, {"ref": "gone", "sha": "e" * 40, "repo": None}, {"ref": "gone", "sha": "e" * 40}]
)
def test_pull_request_whose_fork_is_gone(origin: Origin, head: dict | None):
    row = rows.pull_request_row(shop.pull(4, 4, head=head, body=None), origin)
    assert (row["head_repository"], row["body"]) == (None, None)


@pytest.mark.parametrize(
    ("user", "login", "kind"),
    [
        (shop.user("ann"), "ann", "User"),
        (shop.user("dependabot[bot]", "User"), "dependabot[bot]", "Bot"),
        (shop.user("Copilot", "Bot"), "Copilot", "Bot"),
        (shop.user("ghost"), None, None),
        (None, None, None),
    ],
)
def test_accounts(user: dict | None, login: str | None, kind: str | None):
    assert (rows.login(user), rows.account_type(user)) == (login, kind)


def test_review_state_is_lower_case_from_every_source(origin: Origin):
    assert rows.review_row(shop.reviewed(61, 3, 8, state="CHANGES_REQUESTED"), 3, origin) == {
        **FETCHED,
        "id": 61,
        "node_id": "PRR_61",
        "number": 3,
        "author": "cleo",
        "author_type": "User",
        "state": "changes_requested",
        "body": "Nice",
        "commit_sha": "c" * 40,
        "html_url": "https://github.com/acme/shop/pull/3#pullrequestreview-61",
        "submitted_at": day(8),
    }


def test_pending_review_is_no_row(origin: Origin):
    pending = {"node_id": "PRR_62", "state": "PENDING", "user": shop.user("cleo")}
    assert rows.review_row(pending, 3, origin) is None


def test_comment(origin: Origin):
    assert rows.comment_row(shop.review_comment(71, 3, 7), "review", 3, origin) == {
        **FETCHED,
        "id": 71,
        "node_id": "PRRC_71",
        "number": 3,
        "kind": "review",
        "author": "cleo",
        "author_type": "User",
        "body": "Why?",
        "path": "shop/cart.py",
        "html_url": "https://github.com/acme/shop/pull/3#discussion_r71",
        "created_at": day(7),
        "updated_at": day(7),
    }


def test_commit_keeps_the_name_and_not_the_address(origin: Origin):
    row = rows.commit_row(shop.committed("c" * 40, 4), origin)
    assert row == {
        **FETCHED,
        "sha": "c" * 40,
        "author": "Bob B",
        "message": "Fix it",
        "parents": ["0" * 40],
        "authored_at": day(4),
        "committed_at": day(4),
    }
    assert "example.org" not in repr(row)


def test_workflow_run(origin: Origin):
    payload = {
        "id": 991,
        "workflow_id": 5,
        "path": ".github/workflows/ci.yml",
        "name": "CI",
        "event": "push",
        "head_branch": "main",
        "head_sha": "d" * 40,
        "status": "completed",
        "conclusion": "failure",
        "html_url": "https://github.com/acme/shop/actions/runs/991",
        "run_attempt": 2,
        "created_at": shop.at(3),
        "run_started_at": shop.at(3, 11),
        "updated_at": shop.at(3, 12),
    }
    expected = {key: value for key, value in payload.items() if key not in ("run_attempt", "run_started_at")}
    times = {"created_at": day(3), "started_at": day(3, 11), "updated_at": day(3, 12)}
    row = {**FETCHED, **expected, **times, "attempt": 2}
    assert rows.workflow_run_row(payload, origin) == row | {"head_repository_id": None}
    of_fork = payload | {"head_repository": {"id": 8, "full_name": "bob/shop"}}
    assert rows.workflow_run_row(of_fork, origin) == row | {"head_repository_id": 8}
    del payload["run_attempt"]
    assert rows.workflow_run_row(payload, origin)["attempt"] == 1


def test_release(origin: Origin):
    payload = {"node_id": "RE_1", "tag_name": "v1", "name": "One", "created_at": shop.at(3), "published_at": None}
    row = release_row(payload, origin)
    assert (row["tag"], row["name"], row["created_at"], row["published_at"]) == ("v1", "One", day(3), None)


@pytest.mark.parametrize(
    ("payload", "subject", "detail"),
    [
        (shop.event("milestoned", 1, 1, milestone={"title": "Alpha"}), "Alpha", None),
        (shop.event("demilestoned", 1, 1, milestone={"title": "Alpha"}), "Alpha", None),
        (shop.event("labeled", 1, 1, label={"name": "bug"}), "bug", None),
        (shop.event("assigned", 1, 1, assignee=shop.user("bob")), "bob", None),
        (shop.event("assigned", 1, 1, assignee=None), None, None),
        (shop.event("review_requested", 1, 1, requested_reviewer=shop.user("cleo")), "cleo", None),
        (shop.event("review_requested", 1, 1, requested_team={"slug": "core"}), "team/core", None),
        (shop.event("renamed", 1, 1, rename={"from": "Old", "to": "New"}), "New", "Old"),
        (shop.event("closed", 1, 1, state_reason="not_planned"), None, "not_planned"),
        (shop.event("closed", 1, 1, commit_id="d" * 40), None, "d" * 40),
        (shop.event("closed", 1, 1, commit_id="d" * 40, state_reason="COMPLETED"), None, "completed"),
        (shop.event("referenced", 1, 1, commit_id="d" * 40), None, "d" * 40),
        (
            shop.event("cross-referenced", 1, 1, source={"issue": {"html_url": "https://github.com/acme/web/pull/9"}}),
            "acme/web#9",
            None,
        ),
        (
            shop.event("blocked_by_added", 1, 1, blocked_by={"number": 8, "repository": {"full_name": "acme/web"}}),
            "acme/web#8",
            None,
        ),
        (
            shop.event("review_dismissed", 1, 1, dismissed_review={"state": "CHANGES_REQUESTED", "review_id": 61}),
            "changes_requested",
            "61",
        ),
        (shop.event("something_new", 1, 1), None, None),
    ],
)
def test_subject_and_detail_of_events(origin: Origin, payload: dict, subject: str | None, detail: str | None):
    row = rows.event_row(payload, 1, origin)
    assert row is not None
    assert (row["id"], row["number"], row["actor"], row["happened_at"]) == ("1", 1, "ann", day(1))
    assert (row["kind"], row["subject"], row["detail"]) == (payload["event"], subject, detail)


@pytest.mark.parametrize("kind", ["commented", "reviewed", "committed", "line-commented", "commit-commented"])
def test_entries_of_other_tables_are_no_events(origin: Origin, kind: str):
    assert rows.event_row(shop.event(kind, 1, 1), 1, origin) is None


def test_an_event_without_a_time_is_no_row(origin: Origin):
    assert rows.event_row(shop.event("labeled", 1, 1, created_at=None), 1, origin) is None


def test_cross_references_have_no_id_and_get_one_that_stays(origin: Origin):
    def reference(source: int, day: int) -> dict:
        return shop.event("cross-referenced", 0, day, id=None, source={"issue": {"id": source, "title": "changes"}})

    first = rows.event_id(reference(1, 1), 5, 7)
    assert first == rows.event_id(reference(1, 1), 5, 7)
    others = {
        rows.event_id(reference(2, 1), 5, 7),
        rows.event_id(reference(1, 2), 5, 7),
        rows.event_id(reference(1, 1), 6, 7),
    }
    assert len({first, *others}) == 4
    assert first.startswith("x")


@pytest.mark.parametrize(
    ("item", "reference"),
    [
        ({"html_url": "https://github.com/acme/web/issues/3"}, "acme/web#3"),
        ({"html_url": "https://github.com/acme/web/pull/3"}, "acme/web#3"),
        ({"url": "https://api.github.com/repos/acme/web/issues/3"}, "acme/web#3"),
        ({"number": 3, "repository": {"full_name": "acme/web"}}, "acme/web#3"),
        ({"number": 3}, None),
        ({}, None),
    ],
)
def test_how_items_are_named(item: dict, reference: str | None):
    assert rows.item_reference(item) == reference


def test_dependency(origin: Origin):
    blocker = {"html_url": "https://github.com/acme/web/issues/3"}
    assert rows.dependency_row(blocker, 1, origin) == {
        **FETCHED,
        "number": 1,
        "blocker": "acme/web#3",
        "type": "blocks",
    }
    assert rows.dependency_row({"number": 3}, 1, origin) is None
