"""Stored reads are answered from memory until the store changes, and to nobody else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from sprintlib.access import Role
from sprintlib.api.answers import MemoryAnswers
from sprintlib.api.v1 import findings, forecasts
from sprintlib.facts.changes import FactChange, note_changes
from tests.api.conftest import Open


def unreadable(*_: Any) -> Any:
    raise AssertionError("read again")


def test_the_same_bytes_until_something_is_written(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get("/api/v1/risks")
    monkeypatch.setattr(findings, "risks", unreadable)
    again = client.get("/api/v1/risks")
    assert (again.status_code, again.content) == (200, first.content)
    names = ("etag", "content-type", "cache-control", "ratelimit-limit")
    assert [again.headers[name] for name in names] == [first.headers[name] for name in names]
    assert client.get("/api/v1/risks", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert client.get("/api/v1/risks?severity=high").status_code == 500
    csrf = {"X-CSRF-Token": client.get("/api/v1/auth/me").json()["csrf"]}
    said = client.post("/api/v1/recommendations/1/feedback", json={"decision": "accept"}, headers=csrf)
    assert said.status_code == 200, said.text
    assert client.get("/api/v1/risks").status_code == 500


def test_what_somebody_was_told_is_kept_for_them(
    serve: Open, token: Callable[..., dict[str, str]], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    client = serve(auth={"mode": "token"})
    whole, other = token(Role.viewer), token(Role.member)
    part = token(Role.viewer, "part", repositories=["acme/api"])
    assert client.get("/api/v1/risks", headers=whole).status_code == 200
    assert "etag" not in client.get("/api/v1/risks", headers=part).headers
    monkeypatch.setattr(findings, "risks", unreadable)
    found = [client.get("/api/v1/risks", headers=headers).status_code for headers in (whole, other, part, {})]
    assert found == [200, 500, 500, 401]


def test_a_request_counts_once_whether_its_answer_is_known_or_not(
    serve: Open, token: Callable[..., dict[str, str]]
) -> None:
    client = serve(auth={"mode": "token"})
    whole = token(Role.viewer)
    paths = ("/api/v1/risks", "/api/v1/risks", "/api/v1/risks?severity=high", "/api/v1/risks?severity=high")
    left = [int(client.get(path, headers=whole).headers["ratelimit-remaining"]) for path in paths]
    assert left == [left[0], left[0] - 1, left[0] - 2, left[0] - 3]
    wrong = {"Authorization": "Bearer sprint_wrong"}
    assert [client.get("/api/v1/risks", headers=wrong).status_code for _ in range(11)] == [401] * 10 + [429]


def test_what_was_worked_out_is_told_again_until_a_fact_is_written(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/api/v1/what-if?people=1&as_of=2026-03-20T12:00:00Z"
    first = client.get(path)
    assert first.status_code == 200, first.text
    monkeypatch.setattr(forecasts, "what_if", unreadable)
    again = client.get(path)
    assert (again.status_code, again.content, again.headers["etag"]) == (200, first.content, first.headers["etag"])
    assert client.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert client.get(path.replace("people=1", "people=2")).status_code == 500
    assert client.get(path.replace("03-20", "03-19")).status_code == 500
    with client.app.state.engine.begin() as connection:  # type: ignore[attr-defined]  # the test client's type
        note_changes(connection, [FactChange(1, "release", "v1")])
    assert client.get(path).status_code == 500


def test_a_known_answer_is_measured_by_its_route(client: TestClient) -> None:
    counted = 'sprint_request_seconds_count{method="GET",route="/api/v1/risks",status="200"}'

    def measured() -> float:
        (line,) = (line for line in client.get("/metrics").text.splitlines() if line.startswith(counted))
        return float(line.rpartition(" ")[2])

    client.get("/api/v1/risks")
    before = measured()
    client.get("/api/v1/risks")
    assert measured() == before + 1


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 40)), max_size=60))
def test_memory_has_an_end_and_gives_back_what_was_put(puts: list[tuple[str, int]]) -> None:
    answers, first = MemoryAnswers(most_bytes=100), dict[str, bytes]()
    for tag, length in puts:
        if answers.get(tag) is None:
            first[tag] = tag.encode() * length
        answers.put(tag, tag.encode() * length)
        held = {one: body for one in "abcdef" if (body := answers.get(one)) is not None}
        assert sum(map(len, held.values())) <= 100
        assert all(first[one] == body for one, body in held.items())
        assert answers.get(tag) is not None or length > 25
