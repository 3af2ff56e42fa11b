"""One sign-in for `sprint serve` and the dashboards, and who may answer there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import httpx
import pytest
from sqlalchemy import func, select, update

from sprintlib.access import entries
from sprintlib.access.sessions import COOKIE, begin_session
from sprintlib.project import ProjectHandle
from sprintlib.services import analyze, open_recommendations
from sprintlib.settings import load
from sprintlib.store import open_store, schema
from tests.dashboards.project import Served, dashboards, write_project
from tests.world import at

STYLE, ANSWER = "sprint/style.css", "sprint/feedback"
XSRF = "aa" * 16
SETTINGS = (
    '[auth]\nmode = "github"\nadmins = ["grace"]\nmembers = ["ada"]\nviewers = ["bob"]\norganizations = ["acme"]\n'
    'public_url = "https://sprint.example"\n[api]\nhosts = ["sprint.example"]\n'
)
SIGNED_IN = ("viewer", "member", "admin", "one repository", "old", "expired", "other organization", "forged")


class Team(NamedTuple):
    """A served project, a session of each kind, and a project to look at what was written."""

    served: Served
    sessions: dict[str, str]
    project: ProjectHandle
    action: str


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    home = write_project(tmp_path_factory.mktemp("home"))
    with (home / "sprint.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS)
    settings = load(home)
    engine = open_store(settings.database_url)
    project = ProjectHandle(settings, engine, lambda: at("03-20 12:00"))
    analyze(project, store=True)

    def begin(login: str, repositories: tuple[str, ...] | None = None, **changed: object) -> str:
        by = "acme" if login == "eve" else None
        value = begin_session(engine, settings.data_dir, settings.auth, login, repositories, by)
        last = select(func.max(schema.session.c.id)).scalar_subquery()
        if changed:
            with engine.begin() as connection:
                connection.execute(update(schema.session).where(schema.session.c.id == last).values(changed))
        return value

    ago = datetime.now(UTC) - timedelta(hours=2)
    sessions = {
        "viewer": begin("bob"),
        "member": begin("ada"),
        "admin": begin("grace"),
        "one repository": begin("ada", ("acme/api",)),
        "old": begin("ada", checked_at=ago),
        "expired": begin("ada", expires_at=ago),
        "other organization": begin("eve", organization="globex"),
    }
    sessions["forged"] = sessions["member"][:-9]
    with dashboards(home) as served:
        yield Team(served, sessions, project, open_recommendations(project)[0].short)
    engine.dispose()


def get(served: Served, path: str, cookie: str | None = None, **headers: str) -> httpx.Response:
    headers |= {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    return httpx.get(served.url + path, headers=headers, timeout=60)


def answer(team: Team, asking: str, decision: str, *, xsrf: str | None = XSRF) -> httpx.Response:
    cookie = f"_xsrf={XSRF}" + (f"; {COOKIE}={team.sessions[asking]}" if asking in team.sessions else "")
    body = {"action": team.action, "decision": decision, "reason": "not now"} | ({"_xsrf": xsrf} if xsrf else {})
    return httpx.post(team.served.url + ANSWER, data=body, headers={"Cookie": cookie}, timeout=60)


def test_who_is_signed_in_at_the_api_looks_at_the_dashboards(team: Team) -> None:
    running, whole = team.served, team.sessions["member"]
    away = get(running, STYLE)
    assert away.headers["location"].startswith("/login?next=")
    asked = get(running, away.headers["location"][1:]).headers["location"]
    assert asked == "https://sprint.example/api/v1/auth/sign-in?to=%2Fsprint%2Fstyle.css"
    refused = get(running, STYLE, team.sessions["one repository"])
    assert (refused.status_code, "may not see every repository" in refused.text) == (403, True)
    assert get(running, STYLE, whole, host="sprint.example").status_code == 200
    assert get(running, STYLE, whole, host="evil.example").status_code == 403
    found = {name: get(running, STYLE, team.sessions[name]).status_code for name in SIGNED_IN}
    assert found == dict(zip(SIGNED_IN, (200, 200, 200, 403, 302, 302, 302, 302), strict=True))
    assert get(running, STYLE, "x").status_code == 302


def test_a_page_offers_answers_to_those_who_may_give_them(team: Team) -> None:
    offered = {name: get(team.served, ANSWER, team.sessions[name]).json() for name in ("viewer", "member", "admin")}
    assert offered == {
        "viewer": {"may_answer": False},
        "member": {"may_answer": True},
        "admin": {"may_answer": True},
    }
    assert get(team.served, ANSWER).status_code == 302


def test_members_answer_and_the_audit_names_them(team: Team) -> None:
    assert answer(team, "viewer", "accept").json() == {
        "error": "To answer recommendations takes the role member; bob is viewer."
    }
    for name, decision, told in (
        ("member", "accept", "Accepted: "),
        ("admin", "dismiss", "Dismissed: "),
        ("member", "undo", "Taken back: "),
    ):
        said = answer(team, name, decision)
        assert (said.status_code, said.json()["told"][: len(told)]) == (200, told)
    written = [
        (one.name, one.role, one.proof, one.outcome) for one in entries(team.project.engine) if one.action == "answer"
    ]
    assert written == [
        ("ada", "member", "session", "done"),
        ("grace", "admin", "session", "done"),
        ("ada", "member", "session", "done"),
    ]


def test_nobody_else_answers(team: Team) -> None:
    with team.project.engine.connect() as connection:
        before = connection.scalar(select(func.count()).select_from(schema.feedback))
    asking = ("nobody", *SIGNED_IN)
    found = {name: answer(team, name, "accept").status_code for name in asking if name not in ("member", "admin")}
    assert found.pop("viewer") == 403
    assert set(found.values()) == {403}
    for xsrf in (None, "bb" * 16):
        assert answer(team, "member", "accept", xsrf=xsrf).status_code == 403
    with team.project.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.feedback)) == before
