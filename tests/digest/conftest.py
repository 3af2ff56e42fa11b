"""A project with news, and servers of each kind on this machine."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sprintlib.project import ProjectHandle
from sprintlib.settings import load
from sprintlib.store import open_store
from tests.sprints import team_in

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)  # a Friday
TOML = '[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n[backup]\ndaily = false\n'


@dataclass
class Told:
    """What a server was told, and what it answers: (status, body, headers) by method and path, else 200."""

    url: str
    requests: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)
    answers: dict[tuple[str, str], tuple[int, str, dict[str, str]]] = field(default_factory=dict)


@pytest.fixture
def web() -> Iterator[Told]:
    """An HTTP server that notes what it gets."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            sent = self.rfile.read(length)
            told.requests.append((self.command, self.path, dict(self.headers), json.loads(sent) if sent else None))
            status, body, headers = told.answers.get((self.command, self.path), (200, "ok", {}))
            self.send_response(status)
            for name, value in {"content-length": str(len(body.encode())), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_PATCH = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Told(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def project_with(tmp_path: Path) -> Iterator[Callable[..., ProjectHandle]]:
    """A team whose second sprint is under way, with lines of [digest] and others in its sprint.toml."""
    world = team_in(tmp_path)
    made: list[ProjectHandle] = []

    def make(digest: str = "", more: str = "", now: datetime = NOW) -> ProjectHandle:
        (tmp_path / "sprint.toml").write_text(f"{TOML}[digest]\n{digest}\n{more}")
        settings = load(tmp_path)
        made.append(ProjectHandle(settings, open_store(settings.database_url), lambda: now))
        return made[-1]

    yield make
    world.engine.dispose()
    for one in made:
        one.engine.dispose()
