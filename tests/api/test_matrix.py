"""Who may do what, over every route: a route that is missing here fails."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from posixpath import normpath
from typing import Any, NamedTuple

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import update
from starlette.testclient import TestClient

from sprintlib.access import Role, revoke_token
from sprintlib.access.sessions import COOKIE, begin_session
from sprintlib.api import health, mcp, webhooks
from sprintlib.api.app import PREFIX, ROUTERS
from sprintlib.api.v1 import status
from sprintlib.store import schema
from tests.api.conftest import Open, handle

ASKING = (
    *("nobody", "viewer", "member", "admin", "expired", "revoked", "forged", "one repository"),
    *("other organization", "expired session", "forged session"),
)
_OUT = (401, 401, 401)  # sessions that do not count
READ = (401, 200, 200, 200, 401, 401, 401, 200, *_OUT)
WHOLE = (401, 200, 200, 200, 401, 401, 401, 403, *_OUT)  # tells of every repository
PART = (401, 200, 200, 200, 401, 401, 401, 404, *_OUT)  # tells of the other repository
ADMIN = (401, 403, 403, 200, 401, 401, 401, 403, *_OUT)
AUTH = {"mode": "github", "organizations": ("acme",)}


class Case(NamedTuple):
    """A request of each route, and the status for each of ASKING."""

    path: str
    statuses: tuple[int, ...]
    body: dict[str, object] | None = None


def absent(statuses: tuple[int, ...]) -> tuple[int, ...]:
    """The same for what is not there."""
    return tuple(404 if status == 200 else status for status in statuses)


MATRIX = {
    "GET /api/v1/auth/me": Case("auth/me", READ),
    "GET /api/v1/audit": Case("audit", ADMIN),
    "POST /api/v1/auth/sign-out": Case("auth/sign-out", (401, 204, 204, 204, 401, 401, 401, 204, *_OUT)),
    "GET /api/v1/organizations": Case("organizations", READ),
    "GET /api/v1/repositories": Case("repositories", READ),
    "GET /api/v1/repositories/{owner}/{name}": Case("repositories/acme/web", PART),
    "GET /api/v1/milestones": Case("milestones", READ),
    "GET /api/v1/milestones/{owner}/{name}/{number}": Case("milestones/acme/api/2", READ),
    "GET /api/v1/analysis": Case("analysis", READ),
    "GET /api/v1/analyses": Case("analyses", WHOLE),
    "GET /api/v1/analyses/latest": Case("analyses/latest", READ),
    "GET /api/v1/analyses/{identifier}": Case("analyses/1", WHOLE),
    "GET /api/v1/forecasts": Case("forecasts", READ),
    "GET /api/v1/forecasts/{key}": Case("forecasts/1-2", READ),
    "GET /api/v1/what-if": Case("what-if?people=1", READ),
    "GET /api/v1/dependencies": Case("dependencies", READ),
    "GET /api/v1/risks": Case("risks", READ),
    "GET /api/v1/recommendations": Case("recommendations", READ),
    "GET /api/v1/recommendations/{name}": Case("recommendations/none", absent(READ)),
    "POST /api/v1/recommendations/{name}/feedback": Case(
        "recommendations/1/feedback", (401, 403, 200, 200, 401, 401, 401, 403, *_OUT), {"decision": "accept"}
    ),
    "GET /api/v1/evidence": Case("evidence?ref=acme/web%2330", PART),
    "GET /api/v1/ask": Case("ask?question=what+is+open", READ),
    "GET /api/v1/runs": Case("runs", WHOLE),
    "GET /api/v1/reports/{run}/{kind}": Case("reports/1/html", absent(WHOLE)),
    "POST /api/v1/jobs": Case(
        "jobs", (401, 403, 403, 202, 401, 401, 401, 403, *_OUT), {"kind": "analysis", "as_of": "2026-03-20T12:00:00Z"}
    ),
    "GET /api/v1/jobs": Case("jobs", ADMIN),
    "GET /api/v1/jobs/{identifier}": Case("jobs/none", absent(ADMIN)),
    "GET /api/v1/jobs/{identifier}/result": Case("jobs/none/result", absent(ADMIN)),
    "GET /api/v1/webhooks/deliveries": Case("webhooks/deliveries", ADMIN),
    "GET /api/v1/webhooks/deliveries/{name}": Case("webhooks/deliveries/none", absent(ADMIN)),
    "POST /api/v1/webhooks/deliveries/{name}/retry": Case("webhooks/deliveries/none/retry", absent(ADMIN)),
    "GET /api/v1/health": Case("health", READ),
    "GET /api/v1/metrics": Case("metrics", READ),
    "GET /metrics": Case("../../metrics", READ),
}
# counts only; takes a signature; ways to sign in, which tests.api.test_sign_in tampers with
OPEN = {
    "GET /health",
    "POST /webhooks/github",
    "GET /api/v1/auth/sign-in",
    "GET /api/v1/auth/callback",
    "POST /api/v1/auth/password",
}
STREAMS = {"GET /api/v1/events"}  # never ends: tests.api.test_events
TOOLS = {"POST /mcp"}  # a protocol of its own, which describes itself: below


@pytest.fixture(scope="module")
def _unhurried() -> Iterator[None]:
    from sprintlib.api import limits

    before, limits.GUESSES = limits.GUESSES, 10_000
    yield
    limits.GUESSES = before


def routes() -> Iterator[str]:
    inside = [module.router for module in ROUTERS]
    outside = (health.router, webhooks.router, mcp.router, status.scraped)
    for prefix, routers in ((PREFIX, inside), ("", outside)):
        for router in routers:
            for route in router.routes:
                assert isinstance(route, APIRoute)
                yield from (f"{method} {prefix}{route.path}" for method in route.methods)


def test_every_route_is_in_the_matrix(serve: Open) -> None:
    assert set(routes()) == set(MATRIX) | OPEN | STREAMS | TOOLS
    described = serve().get("/openapi.json").json()["paths"]
    assert {f"{method.upper()} {path}" for path in described for method in described[path]} == set(routes()) - TOOLS


@pytest.mark.usefixtures("_unhurried")
@pytest.mark.parametrize("asking", ASKING)
def test_who_may_do_what(asking: str, serve: Open, token: Callable[..., dict[str, str]], home: Path) -> None:
    client = serve(auth=AUTH, api={"requests_per_minute": 10_000})
    headers = _headers(asking, token, home)
    place = ASKING.index(asking)
    told = {}
    for name, case in MATRIX.items():
        answer = client.request(
            name.partition(" ")[0], normpath(f"/api/v1/{case.path}"), json=case.body, headers=headers
        )
        told[name] = answer.status_code
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
    assert told == {name: case.statuses[place] for name, case in MATRIX.items()}


def _session(asking: str, home: Path) -> dict[str, str]:
    """Of somebody of an organization that is on the list no more, of yesterday, or cut."""
    project = handle(home, auth=AUTH)
    value = begin_session(project.engine, home / "data", project.settings.auth, "eve", organization="acme")
    changed = {"organization": "globex"} if asking == "other organization" else {}
    changed |= {"expires_at": datetime.now(UTC) - timedelta(hours=1)} if asking == "expired session" else {}
    if changed:
        with project.engine.begin() as connection:
            connection.execute(update(schema.session).values(changed))
    project.engine.dispose()
    return {"Cookie": f"{COOKIE}={value[:-9] if asking == 'forged session' else value}"}


def _headers(asking: str, token: Callable[..., dict[str, str]], home: Path) -> dict[str, str]:
    if asking in ("other organization", "expired session", "forged session"):
        return _session(asking, home)
    if asking == "nobody":
        return {}
    if asking == "expired":
        return token(Role.admin, lifetime=timedelta(seconds=-1))
    if asking == "forged":
        return {"Authorization": "Bearer sprint_" + "A" * 43}
    if asking == "one repository":
        return token(Role.viewer, repositories=["acme/api"])
    if asking == "revoked":
        made = token(Role.admin)
        revoke_token(handle(home).engine, "admin")
        return made
    return token(Role[asking])


# whether each tool answers, for those of ASKING who are let in at all: viewer, member, admin, one repository
CALLS: dict[str, tuple[dict[str, object], tuple[bool, ...]]] = {
    "verdict": ({}, (True, True, True, True)),
    "risks": ({}, (True, True, True, True)),
    "recommendations": ({}, (True, True, True, True)),
    "what_if": ({"people": 1}, (True, True, True, True)),
    "ask": ({"question": "what is open"}, (True, True, True, True)),
    "evidence": ({"ref": "acme/web#30"}, (True, True, True, False)),
}
LET_IN = ("viewer", "member", "admin", "one repository")


def message(client: TestClient, method: str, headers: dict[str, str], **parameters: object) -> Any:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    accepts = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    return client.post("/mcp", json=body, headers=accepts | headers)


@pytest.mark.usefixtures("_unhurried")
@pytest.mark.parametrize("asking", ASKING)
def test_who_may_call_which_tool(asking: str, serve: Open, token: Callable[..., dict[str, str]], home: Path) -> None:
    client = serve(auth=AUTH, api={"requests_per_minute": 10_000})
    headers = _headers(asking, token, home)
    if asking not in LET_IN:
        for method in ("initialize", "tools/list", "tools/call"):
            assert message(client, method, headers, name="verdict", arguments={}).status_code == 401
        return
    told = message(client, "tools/list", headers).json()["result"]["tools"]
    assert {one["name"] for one in told} == set(CALLS)
    assert all(one["annotations"]["readOnlyHint"] for one in told)
    answers = {
        name: message(client, "tools/call", headers, name=name, arguments=arguments).json()["result"]
        for name, (arguments, _) in CALLS.items()
    }
    place = LET_IN.index(asking)
    assert {name: not answer["isError"] for name, answer in answers.items()} == {
        name: expected[place] for name, (_, expected) in CALLS.items()
    }
    if asking == "one repository":
        assert "acme/web" not in str({name: answer for name, answer in answers.items() if name != "evidence"})


def test_no_page_of_another_site_calls_a_tool(client: TestClient) -> None:
    assert message(client, "tools/list", {}).status_code == 200
    refused = message(client, "tools/list", {"Origin": "https://evil.example"})
    assert (refused.status_code, refused.json()["status"]) == (403, 403)
    assert message(client, "tools/list", {"Host": "evil.example"}).status_code == 400
    assert message(client, "tools/list", {"X-Forwarded-For": "192.0.2.1"}).status_code == 401
    assert client.get("/mcp").status_code == 405
