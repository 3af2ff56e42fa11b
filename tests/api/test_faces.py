"""One function, two faces: what the API answers is what the command line prints with --json."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from sprintlib.cli.main import sprint
from tests.api.conftest import Open

AS_OF = "2026-03-20T12:00:00Z"
MEASURED = {"timings", "created_at"}


def printed(home: Path, *arguments: str) -> Any:
    result = CliRunner().invoke(sprint, ["--home", str(home), *arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def answered(client: TestClient, path: str, **query: Any) -> Any:
    answer = client.get(f"/api/v1/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_times(one) for name, one in value.items() if name not in MEASURED}
    return [without_times(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("arguments", "path", "query"),
    [
        (("analyze", "--as-of", AS_OF), "analysis", {"as_of": AS_OF}),
        (("analyze", "--as-of", AS_OF, "--milestone", "Sprint 2"), "analysis", {"as_of": AS_OF, "milestone": "2"}),
        (("whatif", "--as-of", AS_OF, "--drop", "16"), "what-if", {"as_of": AS_OF, "drop": "16"}),
        (
            ("whatif", "--as-of", AS_OF, "--people", "1", "--target", "80%", "--move-due", "2026-04-02"),
            "what-if",
            {"as_of": AS_OF, "people": 1, "target": 0.8, "move_due": "2026-04-02"},
        ),
        (
            ("ask", "which items are blocked?", "--as-of", AS_OF),
            "ask",
            {"as_of": AS_OF, "question": "which items are blocked?"},
        ),
    ],
)
def test_what_is_computed(
    home: Path, client: TestClient, arguments: tuple[str, ...], path: str, query: dict[str, Any]
) -> None:
    told = without_times(printed(home, *arguments))
    assert without_times(answered(client, path, **query)) == told
    assert told["as_of"] == AS_OF


@pytest.mark.parametrize(("arguments", "path"), [(("feedback", "list"), "recommendations"), (("run", "list"), "runs")])
def test_what_is_listed(home: Path, client: TestClient, arguments: tuple[str, ...], path: str) -> None:
    assert answered(client, path)["items"] == printed(home, *arguments)


def test_there_is_a_recommendation_to_be_compared(client: TestClient) -> None:
    assert len(answered(client, "recommendations")["items"]) == 2


def test_the_inbox(home: Path, client: TestClient) -> None:
    assert answered(client, "webhooks/deliveries") == printed(home, "inbox", "list")


def test_a_stored_analysis_is_what_was_printed(home: Path, client: TestClient) -> None:
    told = without_times(printed(home, "analyze", "--as-of", AS_OF))["milestones"]
    stored = answered(client, "analyses/latest")["items"]
    assert [without_times(one["analysis"]) for one in stored] == told
    assert {one["as_of"] for one in stored} == {"2026-03-20T12:00:00+00:00"}
    newest = answered(client, "analyses")["items"][0]
    assert without_times(answered(client, f"analyses/{newest['id']}")["analysis"]) in told


def test_feedback_changes_the_same(home: Path, serve: Open, token: Any, tmp_path_factory: Any) -> None:
    import shutil

    other = tmp_path_factory.mktemp("other")
    shutil.copytree(home, other, dirs_exist_ok=True)
    client = serve()
    name = answered(client, "recommendations")["items"][0]["short"]
    said = {"decision": "dismiss", "reason": "not now"}
    answer = client.post(f"/api/v1/recommendations/{name}/feedback", json=said, headers=token())
    assert answer.status_code == 200, answer.text
    assert answer.json() == printed(other, "feedback", "dismiss", name, "--reason", "not now")
    assert answered(client, "recommendations")["items"][0]["said"] == "dismiss"
