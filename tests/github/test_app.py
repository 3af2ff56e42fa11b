"""A GitHub App instead of a token: its key, its signature, its installation and the token of that."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from sprintlib.errors import SettingsError, SprintError, TokenError
from sprintlib.github import Token, connect, find_token, sync
from sprintlib.settings import load, parse
from sprintlib.store import open_store
from sprintsim.fake_github import running
from sprintsim.fake_github.apps import StandInApp
from tests.github import apps, shop
from tests.github.conftest import HASTE


@pytest.fixture
def app() -> StandInApp:
    return apps.stand_in()


@pytest.fixture
def github(app: StandInApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("GITHUB_TOKEN", "of-a-person")
    with running([shop.dataset()], clock=lambda: app.clock(), github_app=app) as url:
        apps.write_home(tmp_path, url)
        apps.write_key(tmp_path)
        yield url


def refusal(home: Path) -> str:
    with pytest.raises(SprintError) as caught:
        find_token(load(home))
    return str(caught.value)


def test_its_token_collects_and_is_asked_for_once_an_hour(app: StandInApp, github: str, tmp_path: Path) -> None:
    settings = load(tmp_path)
    token = find_token(settings)
    assert token is not None
    assert token.origin == "the installation of the GitHub App 4711"
    assert token.value not in repr(token)
    engine = open_store(settings.database_url)
    assert sync(engine, settings, token, retry_policy=HASTE, via="rest").requests > 5
    engine.dispose()
    assert find_token(settings) == token
    assert app.given == [token.value]


def test_a_token_that_ends_in_the_middle_is_renewed_before(
    app: StandInApp, github: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = find_token(load(tmp_path))
    client = connect(load(tmp_path), token, HASTE)
    client.get(f"/repos/{shop.NAME}")

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime.now(UTC) + timedelta(minutes=56)

    monkeypatch.setattr("sprintlib.github.app.datetime", Later)
    app.clock = Later.now
    client.get(f"/repos/{shop.NAME}")
    assert len(app.given) == 2


def test_a_token_refused_before_its_time_is_followed_by_a_new_one(app: StandInApp, github: str, tmp_path: Path) -> None:
    client = connect(load(tmp_path), find_token(load(tmp_path)), HASTE)
    app._until.clear()
    with pytest.raises(TokenError, match=r"refused the token of the installation of the GitHub App 4711 \(401\)"):
        client.get(f"/repos/{shop.NAME}")
    assert client.get(f"/repos/{shop.NAME}").status == 200
    assert len(app.given) == 2


def test_a_wrong_key_an_open_one_and_none(github: str, tmp_path: Path) -> None:
    file = apps.write_key(tmp_path, "of-another-app")
    assert refusal(tmp_path) == (
        "GitHub does not accept the private key of the app 4711 (401: A JSON web token could not be decoded): "
        f"generate a new one in the app's settings and put it into {file}."
    )
    file.chmod(0o640)
    assert refusal(tmp_path) == f"Others may read the app's private key {file} (mode 640): run 'chmod 600' on it."
    file.write_text("-----BEGIN RSA PRIVATE KEY-----\nno\n-----END RSA PRIVATE KEY-----\n")
    file.chmod(0o600)
    assert refusal(tmp_path) == (
        f"{file} holds no private key of a GitHub App: generate one in the app's settings and put it there."
    )
    file.unlink()
    assert refusal(tmp_path) == f"The app's private key cannot be read from {file}: No such file or directory."


@pytest.mark.parametrize("minutes", [-20, 20, 600])
def test_a_clock_that_is_wrong_signs_by_that_of_github(
    app: StandInApp, github: str, tmp_path: Path, minutes: int
) -> None:
    app.clock = lambda: datetime.now(UTC) + timedelta(minutes=minutes)
    token = find_token(load(tmp_path))
    assert token is not None
    for _ in range(2):
        assert connect(load(tmp_path), token, HASTE).get(f"/repos/{shop.NAME}").status == 200
    assert len(app.given) == 1


def test_an_expired_signature_is_refused(app: StandInApp, github: str) -> None:
    from sprintlib.github.app_key import AppKey

    key = AppKey(4711, Path("app.pem"), apps.key("right"))
    for moved, word in ((-timedelta(minutes=30), "Expiration time"), (timedelta(minutes=30), "Issued at")):
        signed = key.signed(datetime.now(UTC) + moved)
        answer = requests.get(f"{github}/app", headers={"Authorization": f"Bearer {signed}"}, timeout=20)
        assert (answer.status_code, word in answer.json()["message"]) == (401, True)


def test_a_suspended_installation(app: StandInApp, github: str, tmp_path: Path) -> None:
    client = connect(load(tmp_path), find_token(load(tmp_path)), HASTE)
    app.suspended = True
    told = "The installation of the GitHub App on acme is suspended: unsuspend it there under 'Installed GitHub Apps'."
    with pytest.raises(TokenError) as caught:
        client.get(f"/repos/{shop.NAME}")
    assert str(caught.value) == told
    apps.write_home(tmp_path, github, shop.NAME, "acme/other")  # another project: nothing is held of its token
    assert refusal(tmp_path) == told


def test_an_app_that_is_not_installed_or_is_another(app: StandInApp, github: str, tmp_path: Path) -> None:
    apps.write_home(tmp_path, github, "acme/web", "acme/api")
    assert refusal(tmp_path) == (
        "The app 4711 is not installed on acme/web or acme/api: install it there, or give its installation that "
        "repository."
    )
    text = (tmp_path / "sprint.toml").read_text()
    (tmp_path / "sprint.toml").write_text(text.replace("id = 4711", "id = 4711\ninstallation = 9"))
    assert refusal(tmp_path) == "The app 4711 has no installation 9: correct it in sprint.toml."
    (tmp_path / "sprint.toml").write_text(text.replace("4711", "5"))
    assert "The app 5 is not installed" in refusal(tmp_path)


def test_what_is_not_in_the_installation_is_not_shown(app: StandInApp, tmp_path: Path) -> None:
    with running([shop.dataset()], github_app=app) as url:
        apps.write_home(tmp_path, url)
        apps.write_key(tmp_path)
        token = find_token(load(tmp_path))
        app.repositories.clear()
        with pytest.raises(SprintError, match="GitHub does not show acme/shop"):
            connect(load(tmp_path), token, HASTE).get(f"/repos/{shop.NAME}")


def test_an_id_takes_a_key(tmp_path: Path) -> None:
    values = {"home": tmp_path, "project": {"name": "acme", "repositories": [shop.NAME]}, "github_app": {"id": 1}}
    with pytest.raises(SettingsError, match="github_app: a GitHub App takes both, id and private_key_file"):
        parse(values)


def test_a_token_of_a_person_stays_as_it_is() -> None:
    token = Token("one", "GITHUB_TOKEN")
    token.refused()
    assert token.current() == "one"
