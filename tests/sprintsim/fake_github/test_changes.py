"""Conditional requests, and a dataset that changes between them."""

from sprintsim.fake_github import Dataset, running
from tests.sprintsim.fake_github import sample
from tests.sprintsim.fake_github.conftest import Get


def test_the_same_etag_gives_304_without_a_body(get: Get):
    first = get("/issues", state="all")
    again = get("/issues", {"If-None-Match": first.headers["ETag"]}, state="all")
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])


def test_weak_and_strong_forms_and_lists_of_etags_match(get: Get):
    etag = get("").headers["ETag"]
    for held in (etag.removeprefix("W/"), f'"other", {etag}', "*"):
        assert get("", {"If-None-Match": held}).status_code == 304
    assert get("", {"If-None-Match": '"other"'}).status_code == 200


def test_different_questions_have_different_etags(get: Get):
    etags = {get("/issues", state=state).headers["ETag"] for state in ("all", "open", "closed")}
    assert len(etags) == 3


def test_an_etag_survives_a_restart_on_another_port(shop: Dataset, get: Get):
    import requests

    etag = get("/issues").headers["ETag"]
    with running([sample.dataset()]) as other:
        answer = requests.get(f"{other}/repos/acme/shop/issues", headers={"If-None-Match": etag}, timeout=20)
    assert answer.status_code == 304


def test_one_more_issue_changes_what_it_must(shop: Dataset, get: Get):
    before = {path: get(path).headers["ETag"] for path in ("/issues", "/pulls", "", "/issues/events")}
    shop.put(sample.issue(8, 22, [sample.event("assigned", 16, 22)]))
    status = {path: get(path, {"If-None-Match": etag}).status_code for path, etag in before.items()}
    assert status == {"/issues": 200, "/pulls": 304, "": 200, "/issues/events": 200}
    assert get("/issues/events").json()[0]["issue"]["number"] == 8


def test_an_item_can_be_changed_and_put_back(shop: Dataset, get: Get):
    document = shop.items[4].document()
    assert [event["event"] for event in document["events"]] == ["committed", "reviewed", "merged", "closed"]
    assert len(document["comments"]) == 2
    document["pull"]["title"] = "Another title"
    shop.put(document)
    assert get("/pulls/4").json()["title"] == "Another title"
    assert get("/issues/4").json()["title"] == "Another title"
    issue = shop.items[1].document()
    shop.put(issue)
    assert shop.items[1].document() == issue


def test_the_served_dataset_is_the_one_at_hand(shop: Dataset, get: Get):
    shop.set_extra("releases", [{"id": 1, "tag_name": "v1"}])
    assert get("/releases").json()[0]["tag_name"] == "v1"
