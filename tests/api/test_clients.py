"""Programs on the other side of a socket: the client of the docs, and events."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from fastapi import FastAPI

from sprintlib.access import Role
from sprintlib.services import analyze
from tests.api.conftest import Open, handle
from tests.api.serving import served
from tests.conftest import ROOT
from tests.world import at


def app_of(serve: Open, **more: Any) -> FastAPI:
    found: Any = serve(**more).app
    return found


def test_the_client_in_the_docs(serve: Open, token: Callable[..., dict[str, str]]) -> None:
    client, use = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "api.md").read_text(), re.DOTALL)[1:]
    value = token(Role.member)["Authorization"].partition(" ")[2]
    with served(app_of(serve, auth={"mode": "token"})) as url:
        use = use.replace("http://127.0.0.1:8484", url).replace("sprint_...", value)
        names: dict[str, Any] = {}
        exec(client + use, names)  # the docs are ours
        assert names["sprint"].all("recommendations", limit=1)[0]["said"] == "accept"
        assert len(names["sprint"].all("milestones", limit=1)) == 2


def test_a_new_analysis_is_told_and_none_is_missed(home: Path, serve: Open, token: Any) -> None:
    with served(app_of(serve)) as url:
        last = requests.get(f"{url}/api/v1/analyses", timeout=20).json()["items"][0]["id"]
        with requests.get(f"{url}/api/v1/events", stream=True, timeout=20) as stream:
            lines = stream.iter_lines(decode_unicode=True)
            assert next(lines) == ": new analyses follow"
            analyze(handle(home), at("03-20 13:00"), store=True)
            told = [line for line, _ in zip(lines, range(4), strict=False) if line][:3]
        assert told[:2] == [f"id: {last + 1}", "event: analysis"]
        record = json.loads(told[2].removeprefix("data: "))
        assert (record["milestone"], record["url"]) == ("Sprint 2", f"/api/v1/analyses/{last + 1}")
        behind = {"Last-Event-ID": str(last)}
        with requests.get(f"{url}/api/v1/events", headers=behind, stream=True, timeout=20) as stream:
            assert f"id: {last + 1}" in [
                line for line, _ in zip(stream.iter_lines(decode_unicode=True), range(3), strict=False)
            ]
        part = token(Role.viewer, repositories=["acme/api"])
        assert requests.get(f"{url}/api/v1/events", headers=part, timeout=20).status_code == 403
