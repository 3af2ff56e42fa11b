"""What the doctor says of a GitHub App."""

from pathlib import Path

import pytest

from sprintlib.doctor.github_app import check_app
from sprintlib.github.hooks import EVENTS
from sprintlib.settings import load
from sprintsim.fake_github import running
from sprintsim.fake_github.apps import StandInApp
from tests.github import apps, shop

PAGE = "https://github.com/organizations/acme/settings/apps/sprint-stand-in"


@pytest.fixture
def app() -> StandInApp:
    return apps.stand_in(events=list(EVENTS))


def told(home: Path, app: StandInApp, *repositories: str, more: str = "") -> list[tuple[str, str, str | None]]:
    apps.write_key(home)
    with running([shop.dataset()], github_app=app) as url:
        apps.write_home(home, url, *repositories)
        with (home / "sprint.toml").open("a", encoding="utf-8") as file:
            file.write(more)
        return [(one.state, one.message, one.todo) for one in check_app(load(home))]


def test_one_that_is_as_it_should_be(app: StandInApp, tmp_path: Path) -> None:
    assert told(tmp_path, app) == [("ok", "sprint-stand-in, installed on acme with all that is needed", None)]


def test_the_permission_that_is_missing_is_named(app: StandInApp, tmp_path: Path) -> None:
    del app.permissions["actions"]
    todo = f"add it at {PAGE}/permissions, then accept it for the installation"
    lacks = "the installation on acme lacks the permission"
    assert told(tmp_path, app) == [("fail", f"{lacks} 'Actions: read'", todo)]
    board = '[sprints]\nsource = "projects"\nproject = "acme/3"\n'
    assert told(tmp_path, app, more=board) == [("fail", f"{lacks} 'Actions: read' and 'Projects: read'", todo)]


def test_a_repository_that_is_not_in_the_installation(app: StandInApp, tmp_path: Path) -> None:
    url = "https://github.com/organizations/acme/settings/installations/815"
    assert told(tmp_path, app, shop.NAME, "acme/web") == [
        (
            "fail",
            "acme/web is not in the installation on acme",
            f"add it to the installation at {url}, under 'Repository access'",
        )
    ]


def test_a_suspended_installation(app: StandInApp, tmp_path: Path) -> None:
    app.suspended = True
    ((state, message, _),) = told(tmp_path, app)
    assert (state, message) == (
        "fail",
        "The installation of the GitHub App on acme is suspended: unsuspend it there under 'Installed GitHub Apps'.",
    )


def test_events_are_missed_only_where_its_webhook_leads_here(app: StandInApp, tmp_path: Path) -> None:
    app.events[:] = [name for name in EVENTS if name not in ("issues", "milestone")]
    assert [state for state, *_ in told(tmp_path, app)] == ["ok"]
    app.hooks.all()[0].url = "https://sprint.example.org/webhooks/github"
    assert told(tmp_path, app) == [
        (
            "warn",
            "its webhook is not told of issues, milestone",
            f"tick them at {PAGE}/permissions, under 'Subscribe to events'",
        )
    ]


def test_without_an_app_there_is_nothing_to_say(tmp_path: Path) -> None:
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/shop"]\n')
    assert list(check_app(load(tmp_path))) == []
