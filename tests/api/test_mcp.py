"""An MCP client over streamable HTTP, as an editor connects: with a token, to a server on a port."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from sprintlib.access import Role
from sprintlib.api import create_app
from sprintlib.services import analyze
from tests import loops
from tests.api.conftest import NOW, handle
from tests.api.serving import served


def test_an_editor_asks_with_a_token(home: Path, token: Callable[..., dict[str, str]]) -> None:
    project = handle(home, auth={"mode": "token"})
    whole, part = token(Role.viewer), token(Role.viewer, "part", repositories=["acme/api"])

    async def ask(url: str, headers: dict[str, str]) -> tuple[list[str], Any]:
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
        ):
            names = sorted(tool.name for tool in (await client.list_tools()).tools)
            return names, (await client.call_tool("verdict", {})).structured_content

    with served(create_app(project, None)) as url:
        names, verdict = loops.run(ask, url, whole)
        _, shown = loops.run(ask, url, part)
        refused = httpx2.post(f"{url}/mcp", json={}, timeout=60)
    assert names == ["ask", "evidence", "recommendations", "risks", "verdict", "what_if"]
    expected = analyze(project, NOW).milestones[0]
    assert verdict["milestones"][0]["probability"] == expected.probability
    assert "1 repository of this project is not shown" in shown["notes"][0]
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    project.engine.dispose()
