"""Which items a list holds, and in which order."""

from collections.abc import Callable

import pytest

from sprintsim.fake_github import Dataset
from tests.sprintsim.fake_github import sample
from tests.sprintsim.fake_github.conftest import Get

Numbers = Callable[..., list[int]]


def test_issues_are_open_and_newest_first_and_include_pull_requests(numbers: Numbers, get: Get):
    assert numbers("/issues") == [7, 6, 5, 1]
    pulls = {item["number"]: "pull_request" in item for item in get("/issues", state="all").json()}
    assert pulls == {7: False, 6: True, 5: False, 4: True, 3: False, 2: False, 1: False}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "closed"}, [4, 3, 2]),
        ({"state": "all", "direction": "asc"}, [1, 2, 3, 4, 5, 6, 7]),
        ({"state": "all", "sort": "updated"}, [3, 7, 6, 5, 4, 2, 1]),
        ({"state": "all", "sort": "comments"}, [1, 6, 4, 7, 5, 3, 2]),
        ({"state": "all", "milestone": "1"}, [3, 1]),
        ({"state": "all", "milestone": "*"}, [7, 4, 3, 1]),
        ({"state": "all", "milestone": "none"}, [6, 5, 2]),
        ({"state": "all", "milestone": "77"}, []),
        ({"state": "all", "labels": "BUG"}, [5, 2]),
        ({"state": "all", "labels": "bug,ui"}, [2]),
        ({"state": "all", "creator": "bob"}, [4]),
        ({"state": "all", "assignee": "cleo"}, [5]),
        ({"state": "all", "assignee": "*"}, [5]),
        ({"assignee": "none"}, [7, 6, 1]),
        ({"state": "all", "since": "2026-03-06T08:00:00Z"}, [7, 6, 3]),
        ({"state": "all", "since": "2026-03-06T13:00:00+05:00"}, [7, 6, 3]),
        ({"state": "all", "since": "2026-03-06T08:00:01"}, [7, 3]),
    ],
)
def test_issues_can_be_asked_for_more_narrowly(numbers: Numbers, query: dict[str, str], expected: list[int]):
    assert numbers("/issues", **query) == expected


@pytest.mark.parametrize("query", [{"milestone": "soon"}, {"since": "yesterday"}])
def test_a_wrong_filter_is_refused(get: Get, query: dict[str, str]):
    answer = get("/issues", **query)
    assert (answer.status_code, answer.json()["message"]) == (422, "Validation Failed")


def test_pull_requests(numbers: Numbers):
    assert numbers("/pulls") == [6]
    assert numbers("/pulls", state="all") == [6, 4]
    assert numbers("/pulls", state="all", sort="updated") == [4, 6], "ascending unless sorted by creation"
    assert numbers("/pulls", state="all", base="main") == [6, 4]
    assert numbers("/pulls", state="all", base="next") == []


def test_pages_follow_each_other(get: Get, url: str):
    first = get("/issues", state="all", per_page=3)
    assert first.links["next"]["url"] == f"{url}/repos/acme/shop/issues?state=all&per_page=3&page=2"
    assert first.links["last"]["url"].endswith("page=3")
    assert [i["number"] for i in get("/issues", state="all", per_page=3, page=3).json()] == [1]
    assert get("/issues", state="all", per_page=3, page=4).json() == []


def test_comments_of_all_items_are_ordered_by_id_unless_a_sort_is_given(get: Get):
    def ids(path: str, **query: str) -> list[int]:
        return [comment["id"] for comment in get(path, **query).json()]

    assert ids("/issues/comments") == [51, 52]
    assert ids("/issues/comments", direction="desc") == [51, 52], "direction means nothing without sort"
    assert ids("/issues/comments", sort="updated", direction="desc") == [52, 51]
    assert ids("/issues/comments", since="2026-03-10T00:00:00Z") == [52]
    assert ids("/issues/1/comments") == [51, 52]
    assert ids("/pulls/comments") == [71, 72]
    assert ids("/pulls/comments", sort="created") == [72, 71]
    assert ids("/pulls/4/comments") == [71, 72]


def test_issue_events_are_newest_first_and_carry_their_issue(get: Get):
    events = get("/issues/events").json()
    found = [(event["id"], event["event"], event["issue"]["number"]) for event in events]
    assert found == [
        (14, "closed", 4),
        (13, "merged", 4),
        (15, "subscribed", 6),
        (12, "labeled", 2),
        (11, "milestoned", 1),
    ], "comments, reviews, commits and cross-references are in timelines only"
    assert [event["id"] for event in get("/issues/4/events").json()] == [13, 14]


def test_a_timeline_holds_everything(get: Get):
    kinds = [event["event"] for event in get("/issues/4/timeline").json()]
    assert kinds == ["committed", "reviewed", "merged", "closed"]


def test_milestones_are_put_together_from_the_items(get: Get):
    def seen(**query: str) -> list[tuple[int, str, int, int]]:
        answer = get("/milestones", **query).json()
        return [(m["number"], m["title"], m["open_issues"], m["closed_issues"]) for m in answer]

    assert seen(state="all") == [(2, "Beta", 1, 1), (1, "Alpha (renamed)", 1, 1)], "the newest payload of a number"
    assert [m[0] for m in seen(direction="desc")] == [1, 2]
    assert seen(state="closed") == []
    assert get("/milestones/1").json()["due_on"] is None
    assert get("/milestones/9").status_code == 404


def test_own_milestones_come_before_what_items_embed(shop: Dataset, get: Get):
    shop.set_extra("milestones", [sample.milestone(2, "Beta 2", state="closed"), sample.milestone(3, "Gamma")])
    found = [(m["number"], m["title"], m["open_issues"]) for m in get("/milestones", state="all").json()]
    assert sorted(found) == [(1, "Alpha (renamed)", 1), (2, "Beta 2", 1), (3, "Gamma", 0)]
    assert [m["number"] for m in get("/milestones", state="closed").json()] == [2]


def test_milestones_by_completeness(shop: Dataset, get: Get):
    shop.put(sample.issue(8, 8, milestone=sample.milestone(1, "Alpha"), state="closed"))
    assert [m["number"] for m in get("/milestones", sort="completeness", direction="desc").json()] == [1, 2]


def test_blockers_runs_and_releases(shop: Dataset, get: Get):
    assert get("/issues/7/dependencies/blocked_by").json() == []
    assert get("/actions/runs").json() == {"total_count": 0, "workflow_runs": []}
    assert get("/releases").json() == []
    shop.set_extra("dependencies", {"7": [sample.issue(5, 5)["issue"]]})
    runs = [
        {"id": 1, "head_branch": "main", "status": "completed", "conclusion": "failure", "created_at": "2026-03-01"},
        {"id": 2, "head_branch": "topic", "status": "queued", "conclusion": None, "created_at": "2026-03-02"},
    ]
    shop.set_extra("workflow_runs", runs)
    shop.set_extra("releases", [{"id": 1, "created_at": "2026-03-01"}, {"id": 2, "created_at": "2026-03-02"}])
    assert [blocker["number"] for blocker in get("/issues/7/dependencies/blocked_by").json()] == [5]
    assert [run["id"] for run in get("/actions/runs").json()["workflow_runs"]] == [2, 1]
    assert get("/actions/runs", per_page=1).json()["total_count"] == 2
    assert [run["id"] for run in get("/actions/runs", branch="main").json()["workflow_runs"]] == [1]
    assert [run["id"] for run in get("/actions/runs", status="failure").json()["workflow_runs"]] == [1]
    assert [release["id"] for release in get("/releases").json()] == [2, 1]


def test_what_is_not_there_is_not_found_in_githubs_words(get: Get):
    for path in ("/issues/99", "/issues/99/timeline", "/pulls/1", "/pulls/1/reviews", "/nothing/here"):
        answer = get(path)
        assert answer.status_code == 404, path
        assert answer.json()["message"] == "Not Found"


def test_owner_and_name_are_found_in_any_case(get: Get, url: str):
    import requests

    assert requests.get(f"{url}/repos/ACME/Shop", timeout=20).json()["full_name"] == "acme/shop"
    assert requests.get(f"{url}/repos/acme/other", timeout=20).status_code == 404
