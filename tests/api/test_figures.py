"""Requests in log and figures: what Prometheus scrapes, and the id that leads from an answer to its lines."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sprintlib.access import Role
from sprintlib.api import WebhookSecrets, create_app
from sprintlib.figures import keep
from sprintlib.observe import log
from sprintlib.observe.measures import drain, record
from tests.api.conftest import Open, handle
from tests.live_github import SECRET, signed

API = "/api/v1/"


@pytest.fixture(autouse=True)
def _kept(home: Path) -> Any:
    before = log.LOGGER.handlers[:], log.LOGGER.level
    drain()
    log.configure()
    log.keep(home)
    yield
    for handler in log.LOGGER.handlers:
        handler.close()
    log.LOGGER.handlers[:], log.LOGGER.level = before


def lines(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in (home / "logs").iterdir() for line in path.read_text().splitlines()]


def test_an_answer_names_the_id_of_its_lines(serve: Open, home: Path) -> None:
    client = serve()
    answer = client.get(f"{API}analyses/1?token=hidden")
    (line,) = lines(home)
    assert line["request"] == answer.headers["x-request-id"]
    assert (line["event"], line["method"], line["status"]) == ("request answered", "GET", 200)
    assert line["route"] == "/api/v1/analyses/{identifier}"
    assert "hidden" not in json.dumps(line)


@pytest.mark.parametrize(("given", "taken"), [("abc-12345678", True), ("short", False), ("no good: " * 3, False)])
def test_a_clients_own_id_is_taken_where_it_is_one(serve: Open, given: str, taken: bool) -> None:
    answer = serve().get(f"{API}health", headers={"X-Request-ID": given})
    assert (answer.headers["x-request-id"] == given) is taken


def test_a_delivery_is_named_with_the_request_that_brought_it(home: Path) -> None:
    app = create_app(handle(home), WebhookSecrets(given=(SECRET, "")))
    body = b'{"zen": "Keep it simple."}'
    client = TestClient(app, base_url="http://127.0.0.1")
    answer = client.post("/webhooks/github", content=body, headers=signed("ping", body, "guid-1"))
    received, answered = lines(home)
    assert (received["event"], received["delivery"], received["kind"]) == ("delivery received", "guid-1", "ping")
    assert received["request"] == answered["request"] == answer.headers["x-request-id"]
    assert signed("ping", body)["x-hub-signature-256"] not in json.dumps(lines(home))


@pytest.mark.parametrize("path", ["/metrics", f"{API}metrics"])
def test_prometheus_reads_the_figures_with_their_targets(serve: Open, home: Path, path: str) -> None:
    for value in (0.02, 0.4):
        record("retrieval", value)
    engine = handle(home).engine
    keep(engine)
    engine.dispose()
    told = serve().get(path)
    assert told.headers["content-type"].startswith("text/plain")
    assert 'sprint_figure_target{name="retrieval",unit="seconds"} 0.1' in told.text
    assert 'sprint_figure_alert{name="github_budget",unit="requests"} 500.0' in told.text
    assert 'sprint_figure_breached{name="retrieval"} 1.0' in told.text
    assert 'sprint_figure{name="retrieval",unit="seconds"} 0.4' in told.text
    assert 'sprint_figure{name="cpu"' not in told.text
    assert 'sprint_request_seconds_count{method="GET"' in serve().get(path).text


def test_a_scraper_signs_in_as_everybody_does(serve: Open, token: Callable[..., dict[str, str]]) -> None:
    client = serve(auth={"mode": "token"})
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=token(Role.viewer)).status_code == 200
