"""schemathesis over the whole OpenAPI description: what fits it is answered as it says, and nothing is our fault."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sprintlib.access import Role
from sprintlib.api import jobs
from tests.api.conftest import Open

pytestmark = pytest.mark.slow
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
EXAMPLES = 4
LOGINS = ("nobody", "this machine", "viewer", "admin", "one repository")


@pytest.fixture(params=LOGINS)
def described(
    request: pytest.FixtureRequest,
    serve: Open,
    token: Callable[..., dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    """The description of an application, asked by somebody."""
    monkeypatch.setattr(jobs.Jobs, "_run", lambda *_: None)  # jobs are taken, and not done
    monkeypatch.setattr(jobs, "MOST_WAITING", 10_000)
    monkeypatch.setattr("sprintlib.api.limits.GUESSES", 10_000)
    asking = request.param
    mode = "none" if asking == "this machine" else "token"
    client = serve(auth={"mode": mode}, api={"requests_per_minute": 100_000, "hosts": ["testserver"]})
    found = schemathesis.openapi.from_asgi("/openapi.json", client.app)
    if asking in ("viewer", "admin"):
        found.config.update(headers=token(Role[asking]))
    if asking == "one repository":
        found.config.update(headers=token(Role.viewer, asking.replace(" ", "-"), repositories=["acme/api"]))
    return found


def test_answers_conform(described: Any) -> None:
    """Four requests of each route that fit its description, without schemathesis's plugin, which pytest-xdist loses."""
    routes = 0
    # a stream that never ends; and GitHub's deliveries, which tests.api.test_webhooks makes up
    ours = described.exclude(path=["/api/v1/events", "/webhooks/github"])
    for found in ours.get_all_operations():
        operation = found.ok()

        @settings(max_examples=EXAMPLES, deadline=timedelta(seconds=20), suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def conforms(case: Case) -> None:
            case.call_and_validate(checks=list(CHECKS))

        conforms()
        routes += 1
    assert routes > 20
