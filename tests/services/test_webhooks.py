"""`sprint webhooks`, against the local GitHub and a real receiver: made, found out, delivered again, removed."""

import json
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from click.testing import CliRunner
from sqlalchemy import Engine, delete

from sprintlib import inbox
from sprintlib.api import WebhookSecrets, create_app
from sprintlib.api.serving import _listener
from sprintlib.cli.main import sprint
from sprintlib.github.hooks import EVENTS
from sprintlib.project import ProjectHandle
from sprintlib.settings import load
from sprintlib.store import open_store, schema
from sprintsim.fake_github import Dataset, running
from sprintsim.fake_github.apps import StandInApp
from tests.github import apps, shop
from tests.worker.test_worker import write_home


@dataclass
class Place:
    """A home whose GitHub is the stand-in, and the address at which its receiver will be."""

    home: Path
    dataset: Dataset
    engine: Engine
    address: str
    app: StandInApp

    def run(self, *arguments: str) -> str:
        result = CliRunner().invoke(sprint, ["--home", str(self.home), "webhooks", *arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    def tell(self, number: int) -> None:
        self.dataset.hooks.tell("issues", self.payload(number))

    def payload(self, number: int) -> dict[str, Any]:
        return {"action": "labeled", "number": number, "repository": self.dataset.repository()}

    def is_an_app(self) -> None:
        """From now on sprint.toml names the app."""
        apps.write_key(self.home)
        apps.write_home(self.home, load(self.home).github.api_url)


@contextmanager
def receiving(place: Place) -> Iterator[None]:
    """A receiver at the place's address."""
    secrets = WebhookSecrets.of(load(place.home))
    config = uvicorn.Config(
        create_app(ProjectHandle(load(place.home), place.engine), secrets), log_level="critical", lifespan="off"
    )
    server = uvicorn.Server(config)
    with _listener("127.0.0.1", int(place.address.rpartition(":")[2])) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    dataset = shop.dataset()
    monkeypatch.setenv("GITHUB_TOKEN", "a-token")
    monkeypatch.delenv("SPRINT_WEBHOOK_SECRET", raising=False)
    with _listener("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    app = apps.stand_in(events=list(EVENTS))
    with running([dataset], github_app=app) as url:
        write_home(tmp_path, url)
        engine = open_store(load(tmp_path).database_url)
        yield Place(tmp_path, dataset, engine, f"http://127.0.0.1:{port}", app)
        engine.dispose()


def test_it_is_made_once_with_a_secret_that_only_its_owner_reads(place: Place) -> None:
    told = place.run("install", place.address)
    assert f"{shop.NAME}: made, tells {place.address}/webhooks/github" in told
    file = place.home / "data" / "webhook-secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    secret = file.read_text().strip()
    assert len(secret) == 64
    assert secret not in told
    (hook,) = place.dataset.hooks.all()
    assert (hook.secret, hook.active, set(hook.events)) == (secret, True, set(EVENTS))
    hook.events, hook.active = ["issues"], False
    assert "brought up to date" in place.run("install", place.address)
    assert len(place.dataset.hooks.all()) == 1
    assert (hook.secret, hook.active, set(hook.events)) == (secret, True, set(EVENTS))


def test_what_failed_is_found_out_and_delivered_again(place: Place) -> None:
    place.run("install", place.address)
    for number in (1, 2):
        place.tell(number)  # nobody is there
    with receiving(place):
        place.tell(3)
        told = place.run("status")
        assert "1 delivered, 2 failed" in told
        assert "sprint webhooks reconcile" in told
        assert "2 asked for again" in place.run("reconcile")
        assert inbox.counts(place.engine)["waiting"] == 3
        assert "3 delivered\n" in place.run("status")
        assert "nothing is missing" in place.run("reconcile")


def test_a_store_that_was_lost_is_filled_again_and_a_repeated_body_is_asked_for_once(place: Place) -> None:
    place.run("install", place.address)
    with receiving(place):
        for number in (1, 2, 2):
            place.tell(number)
        with place.engine.begin() as connection:
            connection.execute(delete(schema.delivery).where(schema.delivery.c.event == "issues"))
        (status,) = json.loads(place.run("status", "--json"))["webhooks"]
        assert (status["delivered"], status["failed"], len(status["not_in_inbox"])) == (3, [], 3)
        place.run("reconcile")
        assert inbox.counts(place.engine)["waiting"] == 2
        (status,) = json.loads(place.run("status", "--json"))["webhooks"]
        assert status["not_in_inbox"] == []


def test_only_ours_are_looked_at_and_removed(place: Place) -> None:
    other = place.dataset.hooks.create("https://ci.example.org/hook")
    assert f"{shop.NAME}: no webhook" in place.run("status")
    place.run("install", place.address)
    assert "removed, told http://127.0.0.1" in place.run("remove")
    assert place.dataset.hooks.all() == [other]
    assert "There was no webhook." in place.run("remove")


def test_without_the_permission_it_says_which(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with running([place.dataset], "403:path=/hooks") as url:
        write_home(place.home, url)
        result = CliRunner().invoke(sprint, ["--home", str(place.home), "webhooks", "status"])
    assert str(result.exception) == (
        f"This token may not manage the webhooks of {shop.NAME}: give a fine-grained one the permission "
        "'Webhooks: read and write', or a classic one the scope admin:repo_hook, as somebody "
        "who has admin rights there."
    )
    monkeypatch.delenv("GITHUB_TOKEN")
    with running([place.dataset]) as url:
        write_home(place.home, url)
        result = CliRunner().invoke(sprint, ["--home", str(place.home), "webhooks", "install", place.address])
    assert str(result.exception) == (
        f"To manage the webhooks of {shop.NAME} a token is needed: set GITHUB_TOKEN or run 'gh auth login'."
    )


def test_an_address_that_github_cannot_use_is_refused(place: Place) -> None:
    text = (place.home / "sprint.toml").read_text().replace("127.0.0.1", "api.github.invalid")
    (place.home / "sprint.toml").write_text(text)
    for address, sentence in (
        ("sprint.example.org", "'sprint.example.org' is not an address such as https://host.example."),
        ("http://localhost:8484", "GitHub cannot reach http://localhost:8484: name the address that others use"),
    ):
        result = CliRunner().invoke(sprint, ["--home", str(place.home), "webhooks", "install", address])
        assert str(result.exception).startswith(sentence)


def test_the_webhook_of_an_app_is_set_once_for_all_repositories(place: Place) -> None:
    place.is_an_app()
    assert "GitHub App sprint-stand-in: no webhook; run 'sprint webhooks install'." in place.run("status")
    assert "GitHub App sprint-stand-in: made, tells" in place.run("install", place.address)
    (hook,) = place.app.hooks.all()
    assert hook.url == f"{place.address}/webhooks/github"
    assert hook.secret == (place.home / "data" / "webhook-secret").read_text().strip()
    assert place.dataset.hooks.all() == []
    assert "brought up to date" in place.run("install", place.address)


def test_what_an_app_failed_to_deliver_is_delivered_again_but_for_other_installations(place: Place) -> None:
    place.is_an_app()
    place.run("install", place.address)
    place.app.tell("issues", place.payload(1))  # nobody is there
    place.app.hooks._installation = 999
    place.app.tell("issues", place.payload(2))
    place.app.hooks._installation = place.app.installation
    with receiving(place):
        place.app.tell("issues", place.payload(3))
        assert "1 delivered, 1 failed" in place.run("status")
        (told,) = json.loads(place.run("status", "--json"))["webhooks"]
        assert (told["app"], told["repository"], told["delivered"]) == ("sprint-stand-in", None, 1)
        assert "GitHub App sprint-stand-in: 1 asked for again" in place.run("reconcile")
        assert inbox.counts(place.engine)["waiting"] == 2
        assert "2 delivered\n" in place.run("status")


def test_what_only_its_owner_can_do_by_hand_is_said(place: Place) -> None:
    place.is_an_app()
    place.app.events.remove("issues")
    place.run("install", place.address)
    assert "not told of issues" in place.run("status")
    page = "https://github.com/organizations/acme/settings/apps/sprint-stand-in"
    for command, sentence in (
        (["remove"], "GitHub lets a program change the webhook of an app, not remove it: untick 'Active' under "),
        (["install", place.address], "GitHub App sprint-stand-in has no webhook: tick 'Active' under "),
    ):
        result = CliRunner().invoke(sprint, ["--home", str(place.home), "webhooks", *command])
        assert str(result.exception) == f"{sentence}Webhook at {page}."
        for hook in place.app.hooks.all():  # as an app that was made without one
            place.app.hooks.remove(hook.id)
    assert "no webhook" in place.run("status")


def test_a_wrong_key_is_told_by_every_command(place: Place) -> None:
    place.is_an_app()
    apps.write_key(place.home, "of-another-app")
    for command in (["install", place.address], ["status"], ["reconcile"], ["remove"]):
        result = CliRunner().invoke(sprint, ["--home", str(place.home), "webhooks", *command])
        assert str(result.exception).startswith("GitHub does not accept the private key of the app 4711 (401: ")
