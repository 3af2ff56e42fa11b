"""The shape of single objects: nulls, addresses, and what a list leaves out."""

import requests

from sprintsim.fake_github import Dataset, running
from sprintsim.fake_github.app import relocated
from tests.sprintsim.fake_github import sample
from tests.sprintsim.fake_github.conftest import Get


def test_null_keys_that_a_backup_omits_are_there(get: Get):
    issue = get("/issues/7").json()
    assert [issue[key] for key in ("closed_at", "assignee", "state_reason", "active_lock_reason", "body")] == [None] * 5
    assert issue["milestone"]["closed_at"] is None
    pull = get("/pulls/6").json()
    nulls = ("merged_at", "mergeable", "merged_by", "closed_at", "milestone", "user")
    assert [pull[key] for key in nulls] == [None] * 6
    assert pull["head"] == {"repo": None, "user": None, "label": None}
    labels = get("/issues/2").json()["labels"]
    assert labels[0] == {"name": "Bug", "description": None}


def test_a_pull_request_in_the_list_of_issues(get: Get, url: str):
    entry = next(item for item in get("/issues", state="closed").json() if item["number"] == 4)
    assert entry["pull_request"] == {
        "url": f"{url}/repos/acme/shop/pulls/4",
        "html_url": "https://github.com/acme/shop/pull/4",
        "diff_url": "https://github.com/acme/shop/pull/4.diff",
        "patch_url": "https://github.com/acme/shop/pull/4.patch",
        "merged_at": "2026-03-09T10:00:00Z",
    }
    assert entry["url"] == f"{url}/repos/acme/shop/issues/4"
    assert entry["closed_by"]["login"] == "ann"
    assert entry["milestone"]["number"] == 2
    assert "head" not in entry
    assert get("/issues/4").json() == entry


def test_sizes_of_a_pull_request_are_in_its_detail_only(get: Get):
    entry = get("/pulls", state="closed").json()[0]
    detail = get("/pulls/4").json()
    sizes = {"additions": 10, "deletions": 2, "changed_files": 1, "commits": 1, "comments": 1}
    assert sizes.keys() & entry.keys() == set()
    assert {key: detail[key] for key in sizes} == sizes
    assert detail["merged"] is True
    assert entry.items() <= detail.items()


def test_reviews_and_commits_come_from_the_timeline(get: Get, url: str):
    review = get("/pulls/4/reviews").json()[0]
    assert (review["state"], review["user"], review["body"]) == ("APPROVED", None, "")
    assert review["pull_request_url"] == f"{url}/repos/acme/shop/pulls/4"
    commit = get("/pulls/4/commits").json()[0]
    assert (commit["sha"], commit["commit"]["message"]) == ("c" * 40, "Fix")
    assert commit["url"] == f"{url}/repos/acme/shop/commits/{'c' * 40}"


def test_who_was_asked_for_a_review_is_told_alone(get: Get):
    assert get("/pulls/4/requested_reviewers").json() == {"users": [], "teams": []}
    assert get("/pulls/1/requested_reviewers").status_code == 404  # an issue
    dataset = sample.dataset()
    document = dataset.items[4].document()
    document["pull"]["requested_reviewers"] = [{"login": "bob", "id": 2}]
    dataset.put(document)
    with running([dataset]) as url:
        asked = requests.get(f"{url}/repos/{dataset.full_name}/pulls/4/requested_reviewers", timeout=20).json()
    assert asked == {"users": [{"login": "bob", "id": 2}], "teams": []}


def test_a_comment_is_no_timeline_entry(get: Get):
    comment = get("/issues/comments").json()[0]
    assert comment["body"] == "comment 51"
    assert {"event", "actor", "commit_id"} & comment.keys() == set()


def test_review_comments_lead_to_their_pull_request(get: Get, url: str):
    assert get("/pulls/comments").json()[0]["pull_request_url"] == f"{url}/repos/acme/shop/pulls/4"


def test_the_repository_is_what_the_newest_pull_request_embeds(get: Get, url: str):
    repository = get("").json()
    assert (repository["id"], repository["forks"], repository["open_issues_count"]) == (7, 3, 4)
    assert repository["url"] == f"{url}/repos/acme/shop"
    assert repository["clone_url"] == f"{url}/acme/shop.git"


def test_a_repository_without_pull_requests_has_the_least_there_is(shop: Dataset, get: Get):
    shop.items.clear()
    shop.set_extra("repository", {"full_name": "acme/shop", "default_branch": "trunk"})
    repository = get("").json()
    assert (repository["default_branch"], repository["open_issues_count"]) == ("trunk", 0)
    assert repository["owner"]["login"] == "acme"


def test_only_addresses_are_relocated():
    text = b'{"url":"https://api.github.com/x","_links":{"self":{"href":"https://api.github.com/y"}},' + (
        b'"html_url":"https://github.com/a/b","body":"\\"url\\":\\"https://api.github.com/x\\" https://api.github.com/z",'
        b'"clone_url":"https://github.com/a/b.git"}'
    )
    assert relocated(text, "http://h:1/") == (
        b'{"url":"http://h:1/x","_links":{"self":{"href":"http://h:1/y"}},'
        b'"html_url":"https://github.com/a/b","body":"\\"url\\":\\"https://api.github.com/x\\" https://api.github.com/z",'
        b'"clone_url":"http://h:1/a/b.git"}'
    )


def test_addresses_carry_the_host_that_was_asked(get: Get, url: str):
    port = url.rpartition(":")[2]
    answer = get("/issues", headers={"Host": f"localhost:{port}"}, per_page=1)
    assert answer.json()[0]["url"].startswith(f"http://localhost:{port}/repos/")
    assert answer.links["next"]["url"].startswith(f"http://localhost:{port}/repos/")


def test_text_survives_unchanged(shop: Dataset, get: Get):
    body = 'Zażółć <b>\u2028 "quoted" \\ 𝄞 https://api.github.com/repos/acme/shop'
    shop.put(sample.issue(8, 8, body=body))
    assert get("/issues/8").json()["body"] == body
