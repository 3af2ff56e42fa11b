"""The guard around requests: it waits, tries again, and gives up with one sentence."""

import json
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from sprintlib.errors import (
    CollectError,
    NotFoundError,
    RateLimitError,
    SettingsError,
    TokenError,
    UnreachableError,
)
from sprintlib.github import RetryPolicy, Token, connect
from sprintlib.github.client import Client, Response
from sprintsim.fake_github import running
from tests.github import shop
from tests.github.conftest import HASTE, MakeSettings
from tests.github.odd_server import Answer, odd_server

PATH = f"/repos/{shop.NAME}/issues"
TOKEN = Token("secret-token", "test")


@pytest.fixture
def ask(make_settings: MakeSettings):
    """A client for a URL."""

    def ask(url: str, token: Token | None = None, retry_policy: RetryPolicy = HASTE, **github: object) -> Client:
        return connect(make_settings(url, **github), token, retry_policy)

    return ask


@pytest.mark.parametrize(
    "fault",
    ["502:every=2", "500:every=2", "cut:every=2", "flaky:every=2,seconds=0", "429:every=3", "secondary-limit:every=3"],
)
def test_what_passes_is_tried_again(ask, fault: str):
    with running([shop.dataset()], fault=fault) as url:
        client = ask(url)
        for _ in range(3):
            assert len(client.get(PATH, {"state": "all"}).body) == 5
    assert client.requests > 3


@pytest.mark.parametrize("kind", ["502", "503", "504", "500", "cut"])
def test_a_storm_ends_in_a_sentence_after_bounded_tries(ask, kind: str):
    with running([shop.dataset()], fault=f"{kind}:every=1,after=1") as url:
        client = ask(url)
        client.get(PATH)
        with pytest.raises(UnreachableError, match=r"^GitHub at http://127.* cannot be reached \(.+\): .* is kept\.$"):
            client.get(PATH)
    assert client.requests == 1 + HASTE.attempts


def test_a_stalled_connection_is_given_up(ask):
    hasty = RetryPolicy(timeout_seconds=1, attempts=2, first_wait_seconds=0.01)
    with (
        running([shop.dataset()], fault="stall:every=1") as url,
        pytest.raises(UnreachableError, match="stalled"),
    ):
        ask(url, retry_policy=hasty).get(PATH)


def test_nobody_listens(ask):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UnreachableError, match="connection was refused"):
        ask(f"http://127.0.0.1:{port}").get(PATH)


def test_no_network(ask):
    with pytest.raises(UnreachableError, match=r"does not resolve: no network\?"):
        ask("https://nowhere.invalid").get(PATH)


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        (TOKEN, "GitHub refused the token (401): make a new one"),
        (None, "GitHub asks for a token (401): set GITHUB_TOKEN"),
    ],
)
def test_wrong_token(ask, token: Token | None, sentence: str):
    with running([shop.dataset()], fault="401") as url, pytest.raises(TokenError) as caught:
        ask(url, token).get(PATH)
    assert str(caught.value).startswith(sentence)
    assert "secret-token" not in str(caught.value)


def test_token_without_permission(ask):
    with running([shop.dataset()], fault="403") as url, pytest.raises(TokenError) as caught:
        ask(url, TOKEN).get(PATH)
    assert "does not let this token read /repos/acme/shop/issues" in str(caught.value)
    assert "give it read access to acme/shop" in str(caught.value)


def test_unknown_repository_is_named(ask, url: str):
    with pytest.raises(NotFoundError, match=r"does not show acme/nothing \(404\): check the spelling"):
        ask(url).get("/repos/acme/nothing")


def test_accepted_refusals_come_back(ask, url: str):
    assert ask(url).get("/repos/acme/nothing", accept=(404,)).status == 404


def test_the_rate_limit_stops_with_the_local_time_of_its_end(ask):
    with running([shop.dataset()], fault="rate-limit:budget=2,window=1000") as url:
        client = ask(url, wait_for_reset_seconds=5)
        client.get(PATH)
        client.get(PATH)
        before = datetime.now(UTC)
        with pytest.raises(RateLimitError) as caught:
            client.get(PATH)
    assert caught.value.reset_at is not None
    assert timedelta(seconds=900) < caught.value.reset_at - before < timedelta(seconds=1100)
    assert f"until {caught.value.reset_at.astimezone():%H:%M %Z}: run 'sprint sync' again" in str(caught.value)
    assert "A token raises the limit" in str(caught.value)


def test_a_short_rate_limit_is_waited_for(ask):
    answers = iter([limit_by_clock(0, 0), (200, {}, b"[]")])
    with odd_server(lambda path: next(answers)) as url:
        client = ask(url, wait_for_reset_seconds=10)
        waits: list[str] = []
        client.on_wait = waits.append
        assert client.get(PATH).status == 200
    (told,) = waits
    assert "waiting" in told


def test_waiting_again_and_again_has_an_end(ask):
    limited: Answer = (429, {"Retry-After": "1"}, b'{"message": "slow down"}')
    with odd_server(lambda path: limited) as url:
        client = ask(url, wait_for_reset_seconds=2)
        client.on_wait = lambda text: None
        with pytest.raises(RateLimitError):
            client.get(PATH)
    assert client.requests == 3


def limit_by_clock(seconds: int, skew: int) -> Answer:
    there = datetime.now(UTC) + timedelta(seconds=skew)
    headers = {
        "Date": format_datetime(there, usegmt=True),
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(there.timestamp()) + seconds),
    }
    return 403, headers, b'{"message": "API rate limit exceeded"}'


@pytest.mark.parametrize("skew", [-7200, 0, 7200])
def test_a_wrong_local_clock_does_not_lengthen_the_wait(ask, skew: int):
    with odd_server(lambda path: limit_by_clock(500, skew)) as url, pytest.raises(RateLimitError) as caught:
        ask(url).get(PATH)
    assert caught.value.reset_at is not None
    left = (caught.value.reset_at - datetime.now(UTC)).total_seconds() - skew
    assert 400 < left < 600


@pytest.mark.parametrize("skew", [-3600, 3600])
def test_clock_skew_is_measured(ask, skew: int):
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=skew), usegmt=True)
    with odd_server(lambda path: (200, {"Date": date}, b"[]")) as url:
        client = ask(url)
        assert client.clock_skew is None
        client.get(PATH)
    assert client.clock_skew == pytest.approx(-skew, abs=60)
    assert (client.now() - datetime.now(UTC)).total_seconds() == pytest.approx(skew, abs=60)


@pytest.mark.parametrize("body", [b"<html>Sign in to the airport Wi-Fi</html>", b'[{"number": 1}, {"nu'])
def test_answers_that_are_no_json(ask, body: bytes):
    with odd_server(lambda path: (200, {}, body)) as url, pytest.raises(UnreachableError, match="cut or not JSON"):
        ask(url).get(PATH)


def test_other_refusals_are_told(ask):
    answer: Answer = (422, {}, json.dumps({"message": "Validation Failed"}).encode())
    with odd_server(lambda path: answer) as url, pytest.raises(CollectError, match=r"\(422: Validation Failed\)"):
        ask(url).get(PATH)


def test_another_host_behind_a_redirect(ask):
    moved: Answer = (301, {"Location": "http://example.org/repos/acme/shop"}, b"{}")
    with odd_server(lambda path: moved) as url, pytest.raises(SettingsError, match="correct github.api_url"):
        ask(url).get(PATH)


@pytest.mark.parametrize("address", ["api.github.com", "ftp://github.com", "http://", "", "https:///x"])
def test_an_address_that_is_none(ask, address: str):
    with pytest.raises(SettingsError, match=r"github.api_url: '.*' is not an address"):
        ask(address)


def test_a_token_is_not_sent_in_the_clear(ask):
    with pytest.raises(SettingsError, match="not sent to http://ghe.example.org without encryption"):
        ask("http://ghe.example.org", TOKEN)
    assert ask("http://127.0.0.1:1", TOKEN)


def test_unchanged_answers_are_counted(ask, url: str):
    client = ask(url)
    first = client.get(PATH)
    again = client.get(PATH, etag=first.etag)
    assert (again.status, again.body) == (304, None)
    assert (client.requests, client.not_modified) == (2, 1)


def test_pages_are_followed_below_an_api_root(ask, url: str):
    first = ask(url).get(PATH, {"state": "all", "per_page": 2})
    assert (first.last_page, len(first.body)) == (3, 2)
    assert first.next_url is not None
    second = ask(url).get(first.next_url)
    assert {entry["number"] for entry in first.body}.isdisjoint(entry["number"] for entry in second.body)


def test_last_page():
    link = '<https://api.github.com/x?page=2>; rel="next", <https://api.github.com/x?per_page=1&page=14>; rel="last"'
    assert Response(200, [], {"link": link}).last_page == 14
    assert Response(200, [], {}).last_page == 1
    assert Response(200, [], {"link": '<https://api.github.com/x?after=abc>; rel="next"'}).last_page is None
