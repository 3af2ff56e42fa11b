"""Whatever is asked, no fault is ours: every route, with parameters that nobody means well."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from tests.samples import HOSTILE

ODD = (
    "' OR 1=1 --",
    '"; DROP TABLE analysis; --',
    "%' UNION SELECT digest FROM api_token --",
    "../../sprint.toml",
    "..%2f..%2fetc%2fpasswd",
    "\x00",
    "😀" * 50,
    "9" * 30,
    "-1",
    "1e400",
    "NaN",
    "0000-00-00",
    "9999-12-31",
    "{{7*7}}",
    HOSTILE,
)


def described(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()["paths"]
    return {path: methods for path, methods in found.items() if path.startswith("/api/") and "events" not in path}


@pytest.mark.parametrize("value", ODD)
def test_odd_values_everywhere(client: TestClient, value: str) -> None:
    for path, methods in described(client).items():
        if "get" not in methods:
            continue
        names = [one["name"] for one in methods["get"].get("parameters", ()) if one["in"] == "query"]
        place = path
        for name in (one["name"] for one in methods["get"].get("parameters", ()) if one["in"] == "path"):
            place = place.replace(f"{{{name}}}", quote(value, safe=""))
        computed = path.endswith(("/analysis", "/what-if", "/ask", "/dependencies"))
        for query in [dict.fromkeys(names, value)] if computed else [{}, *({name: value} for name in names)]:
            answer = client.get(place, params=query, follow_redirects=False)
            assert answer.status_code in (200, 302, 307, 401, 403, 404, 409, 422), (place, query, answer.text)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b'{"decision": 1}', b'{"kind": "x"}', b"\xff"])
def test_odd_bodies(client: TestClient, token: Callable[..., dict[str, str]], body: bytes) -> None:
    headers = token() | {"Content-Type": "application/json"}
    for path, methods in described(client).items():
        if "post" in methods:
            place = path.replace("{name}", "none")
            answer = client.post(place, content=body, headers=headers)
            assert answer.status_code in (204, 400, 404, 422), (place, answer.text)


def test_nothing_was_dropped(client: TestClient) -> None:
    client.get("/api/v1/risks", params={"kind": '"; DROP TABLE analysis; --'})
    assert client.get("/api/v1/analyses").json()["items"]
