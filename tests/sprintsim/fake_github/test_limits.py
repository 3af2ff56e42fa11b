"""The request budget: always reported, enforced only on demand."""

import requests

from sprintsim.fake_github import running
from sprintsim.fake_github.limits import FLOOR, Budget
from tests.sprintsim.fake_github import sample
from tests.sprintsim.fake_github.conftest import Get

REPO = "/repos/acme/shop"


def test_the_budget_is_reported_with_every_answer(get: Get):
    first, second, missing = get(""), get("/issues"), get("/issues/99")
    assert first.headers["X-RateLimit-Limit"] == "5000"
    left = [int(answer.headers["X-RateLimit-Remaining"]) for answer in (first, second, missing)]
    assert left[1:] == [left[0] - 1, left[0] - 2]
    assert int(first.headers["X-RateLimit-Reset"]) > 1_700_000_000
    assert first.headers["X-RateLimit-Resource"] == "core"


def test_asking_for_the_budget_is_free_and_needs_no_token(url: str, get: Get):
    get("")
    for _ in range(2):
        answer = requests.get(f"{url}/rate_limit", timeout=20).json()
        assert answer["rate"] == answer["resources"]["core"]
        assert (answer["rate"]["limit"], answer["rate"]["used"], answer["rate"]["remaining"]) == (5000, 1, 4999)


def test_an_unchanged_answer_is_free(get: Get):
    first = get("/issues")
    same = get("/issues", {"If-None-Match": first.headers["ETag"]})
    assert same.headers["X-RateLimit-Used"] == first.headers["X-RateLimit-Used"]


def test_a_token_is_not_needed_and_any_is_good(url: str, get: Get):
    assert get("", {"Authorization": "token whatever"}).status_code == 200
    assert requests.get(f"{url}/user", timeout=20).status_code == 401
    assert requests.get(f"{url}/user", headers={"Authorization": "Bearer x"}, timeout=20).json()["login"] == "stand-in"


def test_the_budget_ends_in_the_middle():
    with running([sample.dataset()], "rate-limit:budget=3") as url:
        found = [requests.get(url + REPO, timeout=20) for _ in range(5)]
        budget = requests.get(f"{url}/rate_limit", timeout=20)
    assert [answer.status_code for answer in found] == [200, 200, 200, 403, 403]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in found] == ["2", "1", "0", "0", "0"]
    assert found[3].json()["message"].startswith("API rate limit exceeded")
    assert "Retry-After" not in found[3].headers
    assert budget.json()["rate"]["remaining"] == 0
    assert str(budget.json()["rate"]["reset"]) == found[3].headers["X-RateLimit-Reset"]


def test_the_budget_is_there_again_after_the_reset():
    now = [1000.0]
    budget = Budget(2, 60.0, enforced=True, clock=lambda: now[0])
    budget.spend()
    budget.spend()
    assert budget.exhausted()
    assert budget.numbers() == {"limit": 2, "used": 2, "remaining": 0, "reset": 1060}
    now[0] = 1059.9
    assert budget.exhausted()
    now[0] = 1060.0
    assert not budget.exhausted()
    assert budget.numbers() == {"limit": 2, "used": 0, "remaining": 2, "reset": 1120}


def test_where_it_is_not_enforced_no_client_is_told_to_stop():
    budget = Budget(limit=FLOOR + 5)
    for _ in range(50):
        budget.spend()
    assert not budget.exhausted()
    assert budget.numbers()["remaining"] == FLOOR
