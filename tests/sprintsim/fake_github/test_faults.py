"""A bad day at GitHub, on demand."""

import time
from collections.abc import Callable

import pytest
import requests

from sprintlib.errors import SettingsError
from sprintsim.fake_github import KINDS, Fault, running
from sprintsim.fake_github.faults import FaultPlan
from tests.sprintsim.fake_github import sample

REPO = "/repos/acme/shop"


def answers(fault: str | Fault, count: int, path: str = REPO) -> list[requests.Response]:
    with running([sample.dataset()], fault) as url:
        return [requests.get(url + path, timeout=20) for _ in range(count)]


def statuses(fault: str | Fault, count: int, path: str = REPO) -> list[int]:
    return [answer.status_code for answer in answers(fault, count, path)]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("401", "Bad credentials"),
        ("403", "Resource not accessible by personal access token"),
        ("404", "Not Found"),
    ],
)
def test_lasting_refusals(kind: str, message: str):
    for answer in answers(kind, 3):
        assert (answer.status_code, answer.json()["message"]) == (int(kind), message)
        assert answer.json()["status"] == kind


def test_a_refused_token_cannot_ask_for_its_budget_either():
    assert statuses("401", 1, "/rate_limit") == [401]
    assert statuses("403", 1, "/rate_limit") == [200]
    assert statuses("404", 1, "/rate_limit") == [200]


@pytest.mark.parametrize("kind", ["500", "502", "503", "504"])
def test_server_errors_hit_every_third_request(kind: str):
    assert statuses(kind, 6) == [200, 200, int(kind)] * 2


def test_a_storm_begins_late_and_passes():
    assert statuses("502:after=2,every=1,times=3", 7) == [200, 200, 502, 502, 502, 200, 200]


def test_too_many_requests_say_when_to_come_back():
    found = answers("429:every=2", 2)
    assert [answer.status_code for answer in found] == [200, 429]
    assert found[1].headers["Retry-After"] == "1"
    assert "secondary rate limit" in found[1].json()["message"]


def test_the_secondary_limit_is_a_403_with_retry_after():
    answer = answers("secondary-limit:every=1", 1)[0]
    assert (answer.status_code, answer.headers["Retry-After"]) == (403, "1")
    assert answer.json()["message"].startswith("You have exceeded a secondary rate limit")


def test_a_cut_connection_ends_before_its_length():
    with running([sample.dataset()], "cut:every=2") as url:
        assert requests.get(url + REPO, timeout=20).status_code == 200
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
            requests.get(url + REPO, timeout=20)
        assert requests.get(url + REPO, timeout=20).status_code == 200


def test_a_stalled_connection_outlasts_the_clients_patience():
    with (
        running([sample.dataset()], "stall:every=1") as url,
        # the body stalls, but on a busy machine so may the head
        pytest.raises((requests.exceptions.ConnectionError, requests.exceptions.Timeout), match="Read timed out"),
    ):
        requests.get(url + REPO, timeout=0.3)


def test_a_stall_ends_with_a_cut():
    with running([sample.dataset()], "stall:every=1,seconds=0.2") as url:
        start = time.monotonic()
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            requests.get(url + REPO, timeout=20)
        assert time.monotonic() - start >= 0.2


def test_a_stalled_request_does_not_hold_up_others_or_the_end():
    with (
        running([sample.dataset()], "stall:every=1,path=/pulls") as url,
        requests.get(f"{url}{REPO}/pulls?state=all", stream=True, timeout=20) as stalled,
    ):
        assert stalled.status_code == 200
        assert requests.get(url + REPO, timeout=20).status_code == 200


def test_flaky_takes_turns():
    plan = FaultPlan(Fault.parse("flaky:every=2"))
    found = [plan.next(REPO) for _ in range(10)]
    assert found == [None, "502", None, "cut", None, "429", None, "stall", None, "502"]


def test_a_fault_can_be_for_some_paths_only():
    plan = FaultPlan(Fault.parse("404:path=/timeline"))
    assert plan.next(f"{REPO}/issues") is None
    assert plan.next(f"{REPO}/issues/1/timeline") == "404"


def test_git_is_spared_unless_the_path_says_so():
    assert FaultPlan(Fault("502")).next("/acme/shop.git/info/refs") is None
    assert FaultPlan(Fault("502", path=".git/")).next("/acme/shop.git/info/refs") == "502"


def test_faults_are_counted():
    with running([sample.dataset()], "502:every=2") as url:
        for _ in range(4):
            requests.get(url + REPO, timeout=20)
        paths = requests.get(f"{url}/_stats", timeout=20).json()["paths"]
    assert paths == {"/repos/{owner}/{repo}": {"200": 2, "502": 2}}


def test_options_are_read():
    fault = Fault.parse("rate-limit:budget=7,window=2.5")
    assert fault == Fault("rate-limit", budget=7, window=2.5)
    assert Fault.parse("502") == Fault("502", every=3)
    assert all(Fault.parse(kind).kind == kind for kind in KINDS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("418", "There is no fault '418': choose one of 401, 403,"),
        ("502:often=1", "A fault has no option 'often': choose one of after, every,"),
        ("502:every=x", "'x' is not a number: write 502:every=5, for example."),
        ("502:every=0", "every of fault 502 must be at least 1."),
        ("502:after=-1", "after of fault 502 must be at least 0."),
    ],
)
def test_wrong_faults_say_what_to_write(text: str, message: str):
    with pytest.raises(SettingsError) as error:
        Fault.parse(text)
    assert str(error.value).startswith(message)


def test_without_a_fault_nothing_goes_wrong():
    plan: Callable[[str], str | None] = FaultPlan(None).next
    assert [plan(REPO) for _ in range(50)] == [None] * 50
