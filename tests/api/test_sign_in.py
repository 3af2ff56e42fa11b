"""Signing in: with GitHub's stand-in, every step tampered with once, and with a password."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
import requests
from sqlalchemy import update
from starlette.testclient import TestClient

from sprintlib.access import sessions
from sprintlib.access.keys import FILE_NAME, load_keys, rotate_keys
from sprintlib.access.passwords import hash_password
from sprintlib.errors import SettingsError, SignInError
from sprintlib.services.sign_in import VARIABLE
from sprintlib.store import schema
from sprintsim.fake_github import Accounts, Dataset, running
from sprintsim.fake_github.accounts import CLIENT, SECRET
from tests.api.conftest import Open, handle
from tests.github.shop import REPOSITORY

AUTH = "/api/v1/auth/"
Json = dict[str, Any]


def repository(key: int, name: str, *, private: bool) -> Dataset:
    made = Dataset(f"acme/{name}")
    about = {"id": key, "name": name, "full_name": made.full_name, "private": private}
    made.set_extra("repository", REPOSITORY | about)
    return made


@pytest.fixture
def accounts() -> Accounts:
    return Accounts("ada", permissions={("acme/web", "ada"): "read"})


@pytest.fixture
def github(accounts: Accounts) -> Iterator[str]:
    with running([repository(1, "api", private=False), repository(2, "web", private=True)], accounts=accounts) as url:
        yield url


@pytest.fixture
def client(serve: Open, github: str, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv(VARIABLE, SECRET)
    auth = {
        "mode": "github",
        "members": ("ada",),
        "organizations": ("acme",),
        "client_id": CLIENT,
        "public_url": "http://127.0.0.1",
        "github_url": github,
    }
    return serve(auth=auth, github={"api_url": github})


def agreed(client: TestClient, to: str = "/docs") -> str:
    """Go to GitHub and agree: the path that it sends back to."""
    begun = client.get(f"{AUTH}sign-in", params={"to": to}, follow_redirects=False)
    assert begun.status_code == 302, begun.text
    back = requests.get(begun.headers["location"], allow_redirects=False, timeout=20).headers["location"]
    return f"{urlsplit(back).path}?{urlsplit(back).query}"


def sign_in(client: TestClient, to: str = "/docs") -> Any:
    return client.get(agreed(client, to), follow_redirects=False)


def test_who_is_on_the_list_signs_in_and_out(client: TestClient) -> None:
    assert client.get(f"{AUTH}me").status_code == 401
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["location"]) == (302, "/docs")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    told = client.get(f"{AUTH}me").json()
    assert (told["name"], told["role"], told["by"], told["withheld"]) == ("ada", "member", "session", 0)
    copy = client.cookies[sessions.COOKIE]
    assert client.post(f"{AUTH}sign-out").status_code == 403
    assert client.post(f"{AUTH}sign-out", headers={"X-CSRF-Token": told["csrf"]}).status_code == 204
    client.cookies.set(sessions.COOKIE, copy, domain="127.0.0.1", path="/")
    assert client.get(f"{AUTH}me").status_code == 401


def test_an_organizations_member_may_look(client: TestClient, accounts: Accounts) -> None:
    accounts.login = "bob"
    assert sign_in(client).json()["detail"] == "bob is not on the list of this project: ask who runs it."
    accounts.members.add(("acme", "bob"))
    assert sign_in(client).status_code == 302
    assert client.get(f"{AUTH}me").json()["role"] == "viewer"


def test_a_private_repository_is_shown_to_who_may_read_it(client: TestClient, accounts: Accounts, home: Path) -> None:
    accounts.permissions.clear()
    sign_in(client)
    told = client.get(f"{AUTH}me").json()
    assert (told["repositories"], told["withheld"]) == (["acme/api"], 1)
    assert "acme/web" not in client.get("/api/v1/analysis").text
    accounts.permissions["acme/web", "ada"] = "read"
    assert client.get(f"{AUTH}me").json()["withheld"] == 1
    with handle(home).engine.begin() as connection:
        connection.execute(update(schema.session).values(checked_at=datetime.now(UTC) - timedelta(hours=2)))
    assert client.get(f"{AUTH}me").json()["withheld"] == 0


def test_a_member_no_more_is_out_within_the_hour(client: TestClient, accounts: Accounts, home: Path) -> None:
    accounts.login = "bob"
    accounts.members.add(("acme", "bob"))
    sign_in(client)
    accounts.members.clear()
    assert client.get(f"{AUTH}me").status_code == 200
    with handle(home).engine.begin() as connection:
        connection.execute(update(schema.session).values(checked_at=datetime.now(UTC) - timedelta(hours=2)))
    assert client.get(f"{AUTH}me").status_code == 401


@pytest.mark.parametrize("tampered", ["state", "code", "verifier", "cookie", "replay", "expired"])
def test_every_step_tampered_with(
    client: TestClient, tampered: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = agreed(client)
    kept = client.cookies["sprint_sign_in"]
    if tampered == "state":
        back = back.replace("state=", "state=x")
    elif tampered == "code":
        back = back.replace("code=", "code=x")
    elif tampered == "cookie":
        client.cookies.clear()
    elif tampered == "replay":
        assert client.get(back, follow_redirects=False).status_code == 302
        client.cookies.clear()
        client.cookies.set("sprint_sign_in", kept, domain="127.0.0.1", path="/api/v1/auth")
    else:
        data = home / "data"
        claims = sessions.read(data, kept, "sign-in")
        changed = {"verifier": "y" * 64} if tampered == "verifier" else {"exp": int(time.time()) - 60}
        value = sessions.sign(data, claims | changed)
        client.cookies.clear()
        client.cookies.set("sprint_sign_in", value, domain="127.0.0.1", path="/api/v1/auth")
    answer = client.get(back, follow_redirects=False)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert client.get(f"{AUTH}me").status_code == 401


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""])
def test_nobody_is_sent_elsewhere(client: TestClient, to: str) -> None:
    assert sign_in(client, to).headers["location"] == "/"


def forged(name: str, claims: Json, home: Path) -> str:
    key = load_keys(home / "data")[0]
    secret, headers = key.derived("sessions"), {"kid": key.id}
    if name == "none":
        return jwt.encode(claims, None, algorithm="none", headers=headers)
    if name == "other key":
        return jwt.encode(claims, b"x" * 32, algorithm="HS256", headers=headers)
    if name == "unknown key":
        return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": "0000"})
    if name == "other algorithm":
        return jwt.encode(claims, secret, algorithm="HS512", headers=headers)
    changed: dict[str, Json] = {
        "expired": {"exp": int(time.time()) - 60},
        "wrong audience": {"aud": "sign-in"},
        "wrong issuer": {"iss": "other"},
        "unknown session": {"jti": "x"},
    }
    return jwt.encode(claims | changed[name], secret, algorithm="HS256", headers=headers)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")  # of the one who forges
@pytest.mark.parametrize(
    "name",
    [
        *("none", "other key", "unknown key", "other algorithm"),
        *("expired", "wrong audience", "wrong issuer", "unknown session"),
    ],
)
def test_forged_sessions(home: Path, name: str) -> None:
    project = handle(home, auth={"members": ("ada",)})
    value = sessions.begin_session(project.engine, home / "data", project.settings.auth, "ada")
    assert sessions.find_session(project.engine, home / "data", value).login == "ada"
    claims = jwt.decode(value, options={"verify_signature": False})
    with pytest.raises(SignInError):
        sessions.find_session(project.engine, home / "data", forged(name, claims, home))


def test_keys_rotate_and_old_sessions_last_a_while(home: Path) -> None:
    project, data = handle(home, auth={"members": ("ada",)}), home / "data"
    value = sessions.begin_session(project.engine, data, project.settings.auth, "ada")
    for _ in range(2):
        rotate_keys(data)
        assert sessions.find_session(project.engine, data, value).login == "ada"
    rotate_keys(data)
    with pytest.raises(SignInError):
        sessions.find_session(project.engine, data, value)
    assert (data / FILE_NAME).stat().st_mode & 0o777 == 0o600
    (data / FILE_NAME).write_text("[]x", encoding="utf-8")
    with pytest.raises(SettingsError, match="holds no keys"):
        load_keys(data)


def test_passwords(serve: Open) -> None:
    kept = hash_password("correct horse battery")
    client = serve(auth={"mode": "password", "members": ("ada",), "passwords": {"ada": kept, "eve": kept}})
    right = {"name": "ada", "password": "correct horse battery"}
    assert client.post(f"{AUTH}password", json=right).json() == {"name": "ada", "role": "member"}
    assert client.get(f"{AUTH}me").json()["name"] == "ada"
    for wrong in (right | {"password": "x"}, right | {"name": "bob"}):
        answer = client.post(f"{AUTH}password", json=wrong)
        assert (answer.status_code, answer.json()["detail"]) == (401, "Name or password is wrong.")
    assert client.post(f"{AUTH}password", json=right | {"name": "eve"}).status_code == 401  # on no list
    statuses = {client.post(f"{AUTH}password", json=right | {"password": "x"}).status_code for _ in range(10)}
    assert statuses == {401, 429}
    with pytest.raises(SettingsError, match="at least 12 characters"):
        hash_password("short")


def test_ways_in_that_are_not_open(serve: Open) -> None:
    client = serve()
    assert client.get(f"{AUTH}sign-in").status_code == 404
    assert client.get(f"{AUTH}callback").status_code == 404
    assert client.post(f"{AUTH}password", json={"name": "a", "password": "b"}).status_code == 404
