"""Pages, tags, problems, limits and headers of the REST API."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from sprintlib.access import Role
from tests.api.conftest import Open, handle

API = "/api/v1/"


def test_a_list_in_pages_is_the_whole_list(client: TestClient) -> None:
    for path in ("milestones", "analyses", "repositories", "dependencies", "risks"):
        whole = client.get(f"{API}{path}", params={"limit": 200}).json()
        assert whole["next"] is None
        found, cursor = [], None
        while True:
            page = client.get(f"{API}{path}", params={"limit": 1} | ({"cursor": cursor} if cursor else {})).json()
            found += page["items"]
            cursor = page["next"]
            if cursor is None:
                break
        assert found == whole["items"]
        assert found


@pytest.mark.parametrize("cursor", ["x", "e30", "IjEi", "", "é", "WzFd"])
def test_a_cursor_of_something_else(client: TestClient, cursor: str) -> None:
    answer = client.get(f"{API}milestones", params={"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "The cursor is no longer one of this list: begin again without it."


def test_what_did_not_change_is_not_sent_again(client: TestClient, token: Callable[..., dict[str, str]]) -> None:
    first = client.get(f"{API}recommendations")
    tag = first.headers["etag"]
    again = client.get(f"{API}recommendations", headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(f"{API}risks", headers={"If-None-Match": tag}).status_code == 200
    name = first.json()["items"][0]["short"]
    said = client.post(f"{API}recommendations/{name}/feedback", json={"decision": "accept"}, headers=token())
    assert said.status_code == 200
    after = client.get(f"{API}recommendations", headers={"If-None-Match": tag})
    assert after.status_code == 200
    assert after.json()["items"][0]["said"] == "accept"


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("nowhere", 404, "Not Found"),
        ("analysis?as_of=someday", 422, "'someday' is not a date or a time"),
        ("analysis?milestone=Sprint+9", 422, "No milestone is called 'Sprint 9'"),
        ("what-if?drop=99", 422, "'99' is not open in 'Sprint 2'"),
        ("analyses/999", 404, "There is no stored analysis 999."),
        ("analyses/x", 422, "path.identifier: Input should be a valid integer"),
        ("milestones?limit=0", 422, "query.limit: Input should be greater than or equal to 1."),
        ("evidence?ref=acme/other%231", 404, "Nothing is stored under 'acme/other#1'"),
        ("reports/1/html", 404, "Run 1 has no report"),
        ("reports/1/..%2Fsprint.toml", 404, "Not Found"),
    ],
)
def test_a_problem_is_one_sentence(client: TestClient, path: str, status: int, detail: str) -> None:
    answer = client.get(f"{API}{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["detail"].startswith(detail)
    assert answer.json()["status"] == status


def test_a_part_of_the_project_is_told_to_be_one(serve: Open, token: Callable[..., dict[str, str]]) -> None:
    client, headers = serve(), token(Role.viewer, repositories=["acme/api"])
    found = client.get(f"{API}analysis", headers=headers).json()
    assert found["notes"][0].startswith("1 repository of this project is not shown")
    for path in (
        "analysis",
        "analyses/latest",
        "risks",
        "recommendations",
        "dependencies",
        "forecasts",
        "ask?question=what+is+blocked",
    ):
        answer = client.get(f"{API}{path}", headers=headers)
        assert answer.status_code == 200
        assert "acme/web" not in answer.text, path
        assert "etag" not in answer.headers
    assert "acme/web" in client.get(f"{API}analysis").text


def test_a_write_takes_a_token_or_what_the_page_was_told(client: TestClient) -> None:
    name = client.get(f"{API}recommendations").json()["items"][0]["short"]
    path, said = f"{API}recommendations/{name}/feedback", {"decision": "accept"}
    refused = client.post(path, json=said)
    assert refused.status_code == 403
    assert "X-CSRF-Token" in refused.json()["detail"]
    told = client.get(f"{API}auth/me").json()
    assert (told["name"], told["role"], told["by"], told["mode"]) == ("local", "admin", "local", "none")
    assert client.post(path, json=said, headers={"X-CSRF-Token": told["csrf"]}).status_code == 200
    assert client.post(path, json=said, headers={"X-CSRF-Token": told["csrf"][:-1]}).status_code == 403
    audit = client.get(f"{API}audit").json()["items"]
    assert [(one["name"], one["outcome"]) for one in audit][:1] == [("local", "done")]


def test_what_a_proxy_passes_on_is_nobody_at_this_machine(client: TestClient) -> None:
    for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
        assert client.get(f"{API}risks", headers={name: "127.0.0.1"}).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil", "", "0.0.0.0"])
def test_names_that_are_not_ours(client: TestClient, host: str) -> None:
    assert client.get(f"{API}risks", headers={"Host": host}).status_code == 400
    assert client.get("/health", headers={"Host": host}).status_code == 400


def test_names_that_are_ours(serve: Open) -> None:
    client = serve(api={"hosts": ("sprint.example.com",)})
    for host in ("localhost:8484", "127.0.0.1", "[::1]:8484", "sprint.example.com"):
        assert client.get("/health", headers={"Host": host}).status_code == 200


def test_only_named_origins_may_ask_from_a_browser(serve: Open) -> None:
    client = serve(api={"origins": ("https://app.example.com",)})
    ours = client.get(f"{API}auth/me", headers={"Origin": "https://app.example.com"})
    assert ours.headers["access-control-allow-origin"] == "https://app.example.com"
    other = client.get(f"{API}auth/me", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers
    assert "access-control-allow-credentials" not in ours.headers


def test_who_asks_too_often_waits(serve: Open, token: Callable[..., dict[str, str]]) -> None:
    client = serve(api={"requests_per_minute": 3})
    answers = [client.get(f"{API}auth/me") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one.headers.get("ratelimit-remaining") for one in answers] == ["2", "1", "0", "0"]
    assert 1 <= int(answers[3].headers["retry-after"]) <= 60
    assert client.get(f"{API}auth/me", headers=token(Role.viewer)).status_code == 200
    assert client.get("/health").status_code == 200


def test_guessing_is_slow(serve: Open, token: Callable[..., dict[str, str]]) -> None:
    client = serve(auth={"mode": "token"})
    right = token(Role.viewer)
    statuses = [
        client.get(f"{API}auth/me", headers={"Authorization": f"Bearer sprint_{n:043}"}).status_code for n in range(30)
    ]
    assert statuses == [401] * 10 + [429] * 20
    assert client.get(f"{API}auth/me", headers=right).status_code == 429


def test_long_bodies(client: TestClient, token: Callable[..., dict[str, str]]) -> None:
    admin = token()
    long = json.dumps({"kind": "index", "milestone": "x" * 100_000})
    assert client.post(f"{API}jobs", content=long, headers=admin).status_code == 413

    def endless() -> Any:
        for _ in range(1000):
            yield b"x" * 1000

    assert client.post(f"{API}jobs", content=endless(), headers=admin).status_code in (400, 413, 422)


def test_headers_of_every_answer(client: TestClient) -> None:
    for path in (f"{API}auth/me", f"{API}nowhere", "/health", "/openapi.json"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["referrer-policy"] == "no-referrer"


def test_a_job_is_begun_asked_about_and_its_result_is_fetched(
    client: TestClient, token: Callable[..., dict[str, str]]
) -> None:
    admin = token()
    asked = {"kind": "analysis", "as_of": "2026-03-19T12:00:00Z"}
    begun = client.post(f"{API}jobs", json=asked, headers=admin)
    assert begun.status_code == 202
    assert begun.headers["location"] == f"{API}jobs/{begun.json()['id']}"
    found = finished(client, begun.headers["location"], admin)
    assert (found["state"], found["error"], found["asked_by"]) == ("done", None, "admin")
    result = client.get(f"{begun.headers['location']}/result", headers=admin).json()
    assert result["as_of"] == "2026-03-19T12:00:00Z"
    assert client.get(f"{API}jobs", headers=admin).json()["items"] == [found]
    wrong = client.post(f"{API}jobs", json=asked | {"milestone": "Sprint 9"}, headers=admin)
    failed = finished(client, wrong.headers["location"], admin)
    assert failed["state"] == "failed"
    assert failed["error"].startswith("No milestone is called 'Sprint 9'")
    refused = client.get(f"{wrong.headers['location']}/result", headers=admin)
    assert (refused.status_code, refused.json()["detail"]) == (409, failed["error"])


def finished(client: TestClient, path: str, headers: dict[str, str]) -> dict[str, Any]:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found: dict[str, Any] = client.get(path, headers=headers).json()
        if found["finished_at"]:
            return found
        time.sleep(0.1)
    raise AssertionError(found)


def test_its_own_metrics_name_routes_and_no_paths(client: TestClient) -> None:
    client.get(f"{API}analyses/1")
    client.get("/whatever/secret")
    told = client.get(f"{API}metrics").text
    assert 'route="/api/v1/analyses/{identifier}",status="200"' in told
    assert "secret" not in told


def test_evidence_is_marked_as_written_by_others(client: TestClient) -> None:
    found = client.get(f"{API}evidence", params={"ref": "acme/web#30"}).json()
    assert (found["ref"], found["kind"], found["untrusted"]) == ("acme/web#30", "issue", True)
    assert found["url"] == "https://github.com/acme/web/issues/30"
    assert client.get(f"{API}evidence", params={"ref": "PB-006"}).json()["untrusted"] is False


def test_every_example_of_the_description_runs(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    ran = 0
    for path, methods in described["paths"].items():
        query = {
            one["name"]: one["schema"]["examples"][0]
            for one in methods.get("get", {}).get("parameters", ())
            if one["in"] == "query" and "examples" in one["schema"]
        }
        if "get" in methods and "{" not in path and not path.endswith(("/events", "/sign-in", "/callback")):
            answer = client.get(path, params=query)
            assert answer.status_code == 200, (path, answer.text)
            ran += 1
    assert ran > 18
    assert described["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}


def test_one_bad_store_is_a_sentence(serve: Open, home: Any) -> None:
    client = serve()
    engine = handle(home).engine
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE feedback")
    answer = client.get(f"{API}recommendations")
    assert answer.status_code == 503
    assert answer.json()["detail"] == "The store cannot be read or written: run 'sprint doctor'."
