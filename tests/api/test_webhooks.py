"""The receiver: what is signed is kept and answered; what is not leaves no trace."""

import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from starlette.testclient import TestClient

from sprintlib import inbox
from sprintlib.api import WebhookSecrets, create_app, webhooks
from sprintlib.errors import SettingsError
from sprintlib.project import ProjectHandle
from sprintlib.settings import parse
from sprintlib.store import schema
from tests.live_github import SECRET, signed

HOOK = "/webhooks/github"
BODY = json.dumps({"action": "opened", "repository": {"id": 7, "full_name": "acme/shop"}}).encode()


@pytest.fixture
def client(engine: Engine) -> Iterator[TestClient]:
    app = create_app(project(engine), WebhookSecrets(given=(SECRET, "")))
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


def project(engine: Engine) -> ProjectHandle:
    return ProjectHandle(parse({"home": "/", "project": {"name": "acme", "repositories": ["acme/shop"]}}), engine)


def rows(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(schema.delivery)) or 0


def test_what_is_signed_is_kept_as_it_came(client: TestClient, engine: Engine) -> None:
    answer = client.post(HOOK, content=BODY, headers=signed("issues", BODY, "guid-1") | {"cookie": "secret"})
    assert (answer.status_code, answer.json()) == (202, {"state": "received", "delivery": "guid-1"})
    one = inbox.find(engine, "guid-1")
    assert (one.body, one.event, one.state, one.attempts) == (BODY, "issues", "waiting", 0)
    assert one.headers["content-type"] == "application/json"
    assert "cookie" not in one.headers


def test_githubs_published_signature(engine: Engine) -> None:
    given = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert WebhookSecrets(given=("It's a Secret to Everybody", "")).accept(b"Hello, World!", given)


@pytest.mark.parametrize(
    "signature",
    [None, "", "sha256=", "sha256=00", "sha1=abc", "é", "sha256=" + "0" * 64, "sha256=" + "f" * 100_0],
)
def test_what_is_not_signed_leaves_no_row(client: TestClient, engine: Engine, signature: str | None) -> None:
    headers = {name: value for name, value in signed("issues", BODY).items() if name != "x-hub-signature-256"}
    if signature is not None:
        headers["x-hub-signature-256"] = signature.encode("latin-1")  # type: ignore[assignment]
    answer = client.post(HOOK, content=BODY, headers=headers)
    said = "The signature is missing." if signature is None else "The signature does not fit."
    assert (answer.status_code, answer.json()) == (401, {"error": said})
    assert rows(engine) == 0


def test_a_body_that_was_changed_is_refused(client: TestClient, engine: Engine) -> None:
    assert client.post(HOOK, content=BODY + b" ", headers=signed("issues", BODY)).status_code == 401
    assert rows(engine) == 0


def test_two_secrets_count_while_one_replaces_the_other(engine: Engine, tmp_path: Path) -> None:
    for name in ("new", "old"):
        (tmp_path / name).write_text(f"{name} secret\n", encoding="utf-8")
    own = {"secret_file": "new", "secret_file_before": "old"}
    named = {"name": "acme", "repositories": ["acme/shop"]}
    secrets = WebhookSecrets.of(parse({"home": tmp_path, "project": named, "webhooks": own}))
    client = TestClient(create_app(project(engine), secrets))

    def answer(secret: str) -> int:
        return client.post(HOOK, content=BODY, headers=signed("issues", BODY, secret=secret)).status_code

    assert [answer(f"{name} secret") for name in ("new", "old", "other")] == [202, 202, 401]
    (tmp_path / "old").write_text("", encoding="utf-8")
    assert answer("old secret") == 401
    (tmp_path / "new").unlink()
    assert answer("new secret") == 503


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = parse({"home": tmp_path, "project": {"name": "acme", "repositories": ["acme/shop"]}})
    with pytest.raises(SettingsError, match="There is no webhook secret"):
        WebhookSecrets.of(settings)
    assert WebhookSecrets.given_by(settings) is None
    monkeypatch.setenv("SPRINT_WEBHOOK_SECRET", "from the environment")
    assert WebhookSecrets.of(settings).current() == [b"from the environment"]
    assert "from the environment" not in repr(WebhookSecrets.of(settings))


def test_the_same_again_changes_nothing(client: TestClient, engine: Engine) -> None:
    for guid in ("one", "one", "two"):
        client.post(HOOK, content=BODY, headers=signed("issues", BODY, guid))
    other = BODY + b"\n"
    assert client.post(HOOK, content=other, headers=signed("issues", other, "one")).json()["state"] == "repeated"
    assert rows(engine) == 1
    assert inbox.find(engine, "one").repeats == 3
    assert inbox.find(engine, "one").body == BODY


def test_without_a_secret_every_delivery_is_refused(engine: Engine) -> None:
    client = TestClient(create_app(project(engine), None))
    answer = client.post(HOOK, content=BODY, headers=signed("issues", BODY))
    assert answer.status_code == 503
    assert answer.json()["error"].startswith("There is no webhook secret: set SPRINT_WEBHOOK_SECRET")
    assert rows(engine) == 0


def test_a_ping_is_answered(client: TestClient) -> None:
    body = b'{"zen": "Keep it logically awesome.", "hook_id": 1}'
    answer = client.post(HOOK, content=body, headers=signed("ping", body))
    assert (answer.status_code, answer.json()["state"]) == (202, "pong")


def test_a_form_is_kept_as_it_came(client: TestClient, engine: Engine) -> None:
    body = urlencode({"payload": BODY.decode()}).encode()
    headers = signed("issues", body, "form") | {"content-type": "application/x-www-form-urlencoded"}
    assert client.post(HOOK, content=body, headers=headers).status_code == 202
    assert inbox.find(engine, "form").body == body


def test_a_body_without_an_id_is_known_by_itself(client: TestClient, engine: Engine) -> None:
    headers = {name: value for name, value in signed("issues", BODY).items() if name != "x-github-delivery"}
    assert client.post(HOOK, content=BODY, headers=headers).json()["delivery"].startswith("body-")
    assert client.post(HOOK, content=BODY, headers=headers).json()["state"] == "repeated"
    assert rows(engine) == 1


def test_a_body_that_is_too_long_is_not_read_to_its_end(client: TestClient, engine: Engine) -> None:
    read = []

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            read.append(1)
            yield b"x" * 1024 * 1024

    answer = client.post(HOOK, content=endless(), headers={"x-hub-signature-256": "sha256=00"})
    assert (answer.status_code, answer.json()) == (413, {"error": "The body is larger than 25 MB."})
    said = client.post(HOOK, content=b"x", headers={"content-length": str(26 * 1024**2)})
    assert said.status_code == 413
    assert rows(engine) == 0


def test_the_largest_body_is_taken(client: TestClient) -> None:
    body = b" " * webhooks.LARGEST_BODY
    assert client.post(HOOK, content=body, headers=signed("push", body)).status_code == 202


def test_a_full_disk_is_told_and_nothing_is_promised(client: TestClient, engine: Engine) -> None:
    schema.delivery.drop(engine)
    answer = client.post(HOOK, content=BODY, headers=signed("issues", BODY))
    assert answer.status_code == 503
    assert answer.json() == {"error": "The inbox cannot be written: free some space, or run 'sprint doctor'."}
    assert client.get("/health").status_code == 503


def test_health_counts_the_inbox(client: TestClient) -> None:
    client.post(HOOK, content=BODY, headers=signed("issues", BODY))
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["inbox"]["waiting"] == 1


@pytest.mark.parametrize(("method", "path", "status"), [("GET", HOOK, 405), ("POST", "/nowhere", 404)])
def test_other_requests_get_one_sentence(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]


_HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=120)


@given(
    body=st.binary(max_size=2000) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps),
    event=_HEADER,
    guid=_HEADER,
    kind=_HEADER,
    signature=st.none() | st.just("right") | _HEADER,
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_no_fault_is_ours(
    client: TestClient, engine: Engine, body: bytes | str, event: str, guid: str, kind: str, signature: str | None
) -> None:
    raw = body.encode() if isinstance(body, str) else body
    before = rows(engine)
    headers = {"x-github-event": event, "x-github-delivery": guid, "content-type": kind}
    if signature == "right":
        signature = "sha256=" + hmac.new(SECRET.encode(), raw, "sha256").hexdigest()
    elif signature is not None and signature.startswith("sha256="):
        signature = "x" + signature
    if signature is not None:
        headers["x-hub-signature-256"] = signature
    answer = client.post(HOOK, content=raw, headers={name: value.encode("latin-1") for name, value in headers.items()})
    assert answer.status_code == (202 if (signature or "").startswith("sha256=") else 401)
    assert rows(engine) - before <= (answer.status_code == 202)
