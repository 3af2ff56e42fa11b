"""Who may do what, over every route: a route that is missing here fails."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from posixpath import normpath
from typing import NamedTuple

import pytest
from fastapi.routing import APIRoute

from sprintlib.access import Role, revoke_token
from sprintlib.api import health, webhooks
from sprintlib.api.app import PREFIX, ROUTERS
from sprintlib.api.v1 import status
from tests.api.conftest import Open, handle

ASKING = ("nobody", "viewer", "member", "admin", "expired", "revoked", "forged", "one repository")
READ = (401, 200, 200, 200, 401, 401, 401, 200)
WHOLE = (401, 200, 200, 200, 401, 401, 401, 403)  # tells of every repository
ADMIN = (401, 403, 403, 200, 401, 401, 401, 403)


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
    "POST /api/v1/auth/sign-out": Case("auth/sign-out", (401, 204, 204, 204, 401, 401, 401, 204)),
    "GET /api/v1/organizations": Case("organizations", READ),
    "GET /api/v1/repositories": Case("repositories", READ),
    "GET /api/v1/repositories/{owner}/{name}": Case("repositories/acme/web", (401, 200, 200, 200, 401, 401, 401, 404)),
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
        "recommendations/jnfjc/feedback", (401, 403, 200, 200, 401, 401, 401, 403), {"decision": "accept"}
    ),
    "GET /api/v1/evidence": Case("evidence?ref=acme/web%2330", (401, 200, 200, 200, 401, 401, 401, 404)),
    "GET /api/v1/ask": Case("ask?question=what+is+open", READ),
    "GET /api/v1/runs": Case("runs", WHOLE),
    "GET /api/v1/reports/{run}/{kind}": Case("reports/1/html", absent(WHOLE)),
    "POST /api/v1/jobs": Case(
        "jobs", (401, 403, 403, 202, 401, 401, 401, 403), {"kind": "analysis", "as_of": "2026-03-20T12:00:00Z"}
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


@pytest.fixture(scope="module")
def _unhurried() -> Iterator[None]:
    from sprintlib.api import limits

    before, limits.GUESSES = limits.GUESSES, 10_000
    yield
    limits.GUESSES = before


def routes() -> Iterator[str]:
    inside, outside = [module.router for module in ROUTERS], (health.router, webhooks.router, status.scraped)
    for prefix, routers in ((PREFIX, inside), ("", outside)):
        for router in routers:
            for route in router.routes:
                assert isinstance(route, APIRoute)
                yield from (f"{method} {prefix}{route.path}" for method in route.methods)


def test_every_route_is_in_the_matrix(serve: Open) -> None:
    assert set(routes()) == set(MATRIX) | OPEN | STREAMS
    described = serve().get("/openapi.json").json()["paths"]
    assert {f"{method.upper()} {path}" for path in described for method in described[path]} == set(routes())


@pytest.mark.usefixtures("_unhurried")
@pytest.mark.parametrize("asking", ASKING)
def test_who_may_do_what(asking: str, serve: Open, token: Callable[..., dict[str, str]], home: object) -> None:
    client = serve(auth={"mode": "token"}, api={"requests_per_minute": 10_000})
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


def _headers(asking: str, token: Callable[..., dict[str, str]], home: object) -> dict[str, str]:
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
        revoke_token(handle(home).engine, "admin")  # type: ignore[arg-type]
        return made
    return token(Role[asking])
