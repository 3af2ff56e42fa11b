"""A served project: both sprints of tests.sprints, analysed once, so that the API has something stored."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sprintlib.access import Role, create_token
from sprintlib.api import create_app
from sprintlib.project import ProjectHandle
from sprintlib.services import analyze
from sprintlib.settings import load
from sprintlib.store import open_store
from tests.sprints import team_in
from tests.world import WEB, at

NOW = at("03-20 12:00")
SETTINGS = '[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n'
Open = Callable[..., TestClient]


@pytest.fixture(scope="session")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home as it is copied for each test."""
    home = tmp_path_factory.mktemp("analysed")
    world = team_in(home)
    world.issue(30, created="03-10", repo=WEB)
    world.event(14, "blocked_by_added", "03-17 12:00", subject=f"{WEB}#30")
    world.flush()
    (home / "sprint.toml").write_text(SETTINGS, encoding="utf-8")
    project = handle(home)
    analyze(project, NOW - timedelta(hours=1), store=True)
    analyze(project, NOW, store=True)
    project.engine.dispose()
    world.engine.dispose()
    return home


def handle(home: Path, now: datetime = NOW, **more: Any) -> ProjectHandle:
    """The project of a home, at noon of that Friday. more: fields of sections, such as auth={"mode": "token"}."""
    settings = load(home)
    sections = {name: getattr(settings, name).model_copy(update=values) for name, values in more.items()}
    return ProjectHandle(settings.model_copy(update=sections), open_store(settings.database_url), lambda: now)


@pytest.fixture
def home(analysed: Path, tmp_path: Path) -> Path:
    """A home of its own."""
    shutil.copytree(analysed, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def serve(home: Path) -> Iterator[Open]:
    """Gives a client of the application; keywords as of `handle`."""
    opened: list[ProjectHandle] = []

    def client(**more: Any) -> TestClient:
        project = handle(home, **more)
        opened.append(project)
        return TestClient(create_app(project, None), base_url="http://127.0.0.1", raise_server_exceptions=False)

    yield client
    for one in opened:
        one.engine.dispose()


@pytest.fixture
def client(serve: Open) -> TestClient:
    """Asks as the person at this machine."""
    return serve(api={"requests_per_minute": 10_000})


@pytest.fixture
def token(home: Path) -> Callable[..., dict[str, str]]:
    """Gives the header that signs a role in."""

    def make(role: Role = Role.admin, name: str | None = None, **more: Any) -> dict[str, str]:
        engine = handle(home).engine
        value, _ = create_token(engine, name or role.name, role, more.pop("lifetime", timedelta(days=1)), **more)
        engine.dispose()
        return {"Authorization": f"Bearer {value}"}

    return make
