import requests

from tests.sprintsim.fake_github.conftest import Get


def test_requests_are_counted_by_path_repository_and_status(get: Get, url: str):
    etag = get("/issues", state="all").headers["ETag"]
    get("/issues", {"If-None-Match": etag}, state="all")
    get("/issues/1/timeline")
    get("/issues/5/timeline")
    get("/issues/99/timeline")
    requests.get(f"{url}/rate_limit", timeout=20)
    requests.get(f"{url}/nothing", timeout=20)
    requests.get(f"{url}/_stats", timeout=20)
    of_shop = {
        "/repos/{owner}/{repo}/issues": {"200": 1, "304": 1},
        "/repos/{owner}/{repo}/issues/{issue_number}/timeline": {"200": 2, "404": 1},
    }
    assert requests.get(f"{url}/_stats", timeout=20).json() == {
        "requests": 7,
        "statuses": {"200": 4, "304": 1, "404": 2},
        "paths": {**of_shop, "/rate_limit": {"200": 1}, "(unknown)": {"404": 1}},
        "repositories": {"acme/shop": of_shop},
    }


def test_counts_start_again_from_zero(get: Get, url: str):
    get("")
    empty = {"requests": 0, "statuses": {}, "paths": {}, "repositories": {}}
    assert requests.delete(f"{url}/_stats", timeout=20).json() == empty
    get("")
    assert requests.get(f"{url}/_stats", timeout=20).json()["requests"] == 1
