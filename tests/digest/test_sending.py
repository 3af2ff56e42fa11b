"""Sending: to a server of each kind on this machine, once a day, quiet without news, and without telling a secret."""

import json
import logging
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from click.testing import CliRunner
from sqlalchemy import update

from sprintlib.cli.main import sprint
from sprintlib.digest import Outcome, is_due, send, send_due, sending, waiting
from sprintlib.digest.building import build_digest
from sprintlib.digest.markdown import MARK
from sprintlib.errors import SettingsError
from sprintlib.project import ProjectHandle
from sprintlib.results import digest_table
from sprintlib.settings import load
from sprintlib.store import schema
from tests.digest.conftest import NOW, Told
from tests.digest.messages import digest as made

Make = Callable[..., ProjectHandle]
FRIDAY = date(2026, 3, 20)
SECRET = "T000/B000/verysecret"


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A digest made by hand in place of the project's own; what it holds may be changed."""
    values: dict[str, Any] = {}
    monkeypatch.setattr(sending, "build_digest", lambda *_: made(**values))
    return values


def only(outcomes: list[Outcome]) -> tuple[str, str]:
    (one,) = outcomes
    return one.state, one.message


# ---------------------------------------------------------------- what it says of a project


def test_a_digest_of_a_project(project_with: Make):
    found = build_digest(project_with())
    (verdict,) = found.verdicts
    assert (found.project, found.day, found.since) == ("acme", FRIDAY, "Thu 19 Mar")
    assert verdict.title == "Sprint 2"
    assert verdict.url == "https://github.com/acme/api/milestone/2"
    assert verdict.words.endswith("by Fri 27 Mar")
    assert 0 < len(found.steps) <= 3
    assert all(link.url.startswith("https://") for step in found.steps for link in step.links)


def test_it_compares_with_the_day_of_the_last_message(project_with: Make):
    found = build_digest(project_with(), date(2026, 3, 17))
    assert found.since == "Tue 17 Mar"
    assert "2 closed" in found.verdicts[0].changed
    assert found.has_news


def test_a_sprint_that_ended_and_one_that_began_are_news(project_with: Make):
    found = build_digest(project_with(now=datetime(2026, 3, 16, 12, tzinfo=UTC)), date(2026, 3, 12))
    assert found.ended == ("Sprint 1",)
    assert [one.is_new for one in found.verdicts] == [True]


# ---------------------------------------------------------------- once


@pytest.mark.usefixtures("built")
def test_a_file_is_written_once_a_day(project_with: Make):
    project = project_with()
    assert only(send(project, ["file"])) == ("sent", "Sent to file.")
    file = project.settings.home / "digests" / "2026-11-26.md"
    assert file.read_text().startswith("# acme, Thu 26 Nov 2026")
    assert only(send(project, ["file"])) == (
        "before",
        "The digest of 2026-03-20 went to file before: it is not sent twice.",
    )


def test_without_news_nothing_is_sent_unless_asked_for(project_with: Make, built: dict[str, Any]):
    built["verdicts"] = (made().verdicts[0].__class__(**{**vars(made().verdicts[0]), "changed": ()}),)
    project = project_with('to = ["file"]')
    assert only(send(project, ["file"])) == ("quiet", "Nothing has changed since Wed 25 Nov: nothing was sent.")
    assert waiting(project) == []
    assert only(send(project, ["file"], anyway=True))[0] == "sent"


def test_two_processes_claim_one_message_once(project_with: Make):
    engine = project_with().engine
    assert digest_table.claim(engine, "acme", "slack", FRIDAY)
    assert not digest_table.claim(engine, "acme", "slack", FRIDAY)
    digest_table.finish(engine, "acme", "slack", FRIDAY, "failed", message="No.")
    assert digest_table.claim(engine, "acme", "slack", FRIDAY)
    digest_table.finish(engine, "acme", "slack", FRIDAY, "unsure")
    assert not digest_table.claim(engine, "acme", "slack", FRIDAY)
    assert digest_table.claim(engine, "acme", "slack", date(2026, 3, 21))


# ---------------------------------------------------------------- when


def at(hour: int, day: int = 20) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lines", "now", "due"),
    [
        ('to = ["file"]', at(7), False),
        ('to = ["file"]', at(8), True),
        ("", at(9), False),
        ('to = ["file"]', at(9, 21), False),  # a Saturday
        ('to = ["file"]\nsnooze_until = 2026-03-21', at(9), False),
        ('to = ["file"]\nsnooze_until = 2026-03-20', at(9), True),
        ('to = ["file"]\nevery = "week"\nweekday = "mon"', at(7, 16), False),
        ('to = ["file"]\nevery = "week"\nweekday = "mon"', at(8, 16), True),
        ('to = ["file"]\nevery = "week"\nweekday = "mon"', at(6, 18), True),  # missed on Monday
        ('to = ["file"]\nevery = "week"\nweekday = "sun"', at(6, 16), True),
    ],
)
def test_when_a_message_is_due(project_with: Make, lines: str, now: datetime, due: bool):
    assert is_due(project_with(lines).settings, now) is due


@pytest.mark.usefixtures("built")
def test_what_is_due_goes_out_once_by_itself(project_with: Make):
    project = project_with('to = ["file"]')
    assert only(send_due(project)) == ("sent", "Sent to file.")
    assert send_due(project) == []
    week = project_with('to = ["file"]\nevery = "week"', now=NOW + timedelta(days=3))
    assert only(send_due(week))[0] == "sent"
    assert send_due(project_with('to = ["file"]\nevery = "week"', now=NOW + timedelta(days=6))) == []


@pytest.mark.usefixtures("built")
def test_a_failure_is_tried_again_after_an_hour(project_with: Make, web: Told, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SPRINT_SLACK_WEBHOOK", f"{web.url}/services/{SECRET}")
    web.answers["POST", f"/services/{SECRET}"] = (500, "rollup_error", {})
    project = project_with('to = ["slack", "file"]')
    assert [one.state for one in send_due(project)] == ["failed", "sent"]
    assert send_due(project) == []
    with project.engine.begin() as connection:
        connection.execute(update(schema.digest).values(tried_at=datetime.now(UTC) - timedelta(hours=2)))
    del web.answers["POST", f"/services/{SECRET}"]
    assert only(send_due(project)) == ("sent", "Sent to slack.")


# ---------------------------------------------------------------- Slack and Teams


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(("target", "variable"), [("slack", "SPRINT_SLACK_WEBHOOK"), ("teams", "SPRINT_TEAMS_WEBHOOK")])
def test_a_webhook_gets_one_request(project_with: Make, web: Told, monkeypatch: pytest.MonkeyPatch, target, variable):
    monkeypatch.setenv(variable, f"{web.url}/hook?sig={SECRET}")
    assert only(send(project_with(), [target])) == ("sent", f"Sent to {target}.")
    ((method, path, headers, body),) = web.requests
    assert (method, path, headers["content-type"]) == ("POST", f"/hook?sig={SECRET}", "application/json")
    assert ("blocks" in body) is (target == "slack")


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((404, "no_service", {}), "Slack refused the message (404, no_service): check the webhook's address."),
        ((400, SECRET, {}), "Slack refused the message (400): check the webhook's address."),
        (
            (302, "", {"location": "https://elsewhere.example/"}),
            "Slack leads elsewhere (302), which is not followed: copy its address again.",
        ),
    ],
)
def test_what_slack_refuses_is_one_sentence_without_the_address(
    project_with: Make, web: Told, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, answer, sentence
):
    caplog.set_level(logging.DEBUG, logger="sprintlib")
    monkeypatch.setenv("SPRINT_SLACK_WEBHOOK", f"{web.url}/services/{SECRET}")
    web.answers["POST", f"/services/{SECRET}"] = answer
    assert only(send(project_with(), ["slack"])) == ("failed", sentence)
    assert len(web.requests) == 1
    assert not any(SECRET in one.getMessage() for one in caplog.records if one.name.startswith("sprintlib"))


@pytest.mark.usefixtures("built")
def test_nobody_there_and_no_answer(project_with: Make, monkeypatch: pytest.MonkeyPatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr("sprintlib.digest.http._PATIENCE", (0.5, 0.5))
        monkeypatch.setenv("SPRINT_SLACK_WEBHOOK", f"http://127.0.0.1:{silent.getsockname()[1]}/{SECRET}")
        project = project_with()
        assert only(send(project, ["slack"])) == ("unsure", "Slack did not answer in time.")
    assert only(send(project, ["slack"]))[0] == "before"  # it may have arrived
    monkeypatch.setenv("SPRINT_TEAMS_WEBHOOK", "http://127.0.0.1:9/hook")
    assert only(send(project, ["teams"])) == (
        "failed",
        "Teams cannot be reached: check the network, or try again later.",
    )


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (None, "There is no address of that webhook: set SPRINT_SLACK_WEBHOOK, or digest.slack_webhook_file"),
        (f"http://hooks.slack.example/{SECRET}", "SPRINT_SLACK_WEBHOOK holds an address without https"),
        (f"hooks.slack.example/{SECRET}", "SPRINT_SLACK_WEBHOOK holds no address such as"),
        (f"https://me:pw@hooks.slack.example/{SECRET}", "SPRINT_SLACK_WEBHOOK holds no address such as"),
    ],
)
def test_addresses_that_are_none_are_refused_without_being_shown(project_with: Make, monkeypatch, value, sentence):
    if value:
        monkeypatch.setenv("SPRINT_SLACK_WEBHOOK", value)
    with pytest.raises(SettingsError, match=sentence) as refused:
        send(project_with(), ["slack"])
    assert SECRET not in str(refused.value)


@pytest.mark.usefixtures("built")
def test_the_address_may_lie_in_a_file(project_with: Make, web: Told):
    project = project_with('slack_webhook_file = "data/slack"')
    (project.settings.home / "data" / "slack").write_text(f"{web.url}/from-file\n")
    assert only(send(project, ["slack"]))[0] == "sent"
    assert web.requests[0][1] == "/from-file"


# ---------------------------------------------------------------- an issue


def issue(project_with: Make, web: Told, monkeypatch: pytest.MonkeyPatch, private: bool = False) -> ProjectHandle:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_token")
    web.answers["GET", "/repos/acme/team"] = (200, json.dumps({"private": private}), {})
    web.answers["POST", "/repos/acme/team/issues/5/comments"] = (201, '{"id": 77}', {})
    project = project_with('issue = "acme/team#5"', f'[github]\napi_url = "{web.url}"')
    with project.engine.begin() as connection:
        connection.execute(update(schema.repository).values(private=False))
    return project


@pytest.mark.usefixtures("built")
def test_a_comment_is_made_once_and_kept_up_to_date(project_with: Make, web: Told, monkeypatch: pytest.MonkeyPatch):
    project = issue(project_with, web, monkeypatch)
    assert only(send(project, ["issue"]))[0] == "sent"
    tomorrow = ProjectHandle(project.settings, project.engine, lambda: NOW + timedelta(days=3))
    assert only(send(tomorrow, ["issue"]))[0] == "sent"
    assert [(method, path) for method, path, _, _ in web.requests if method != "GET"] == [
        ("POST", "/repos/acme/team/issues/5/comments"),
        ("PATCH", "/repos/acme/team/issues/comments/77"),
    ]
    assert web.requests[1][3]["body"].startswith(MARK)
    assert web.requests[1][2]["authorization"] == "Bearer ghp_token"


@pytest.mark.usefixtures("built")
def test_a_comment_that_somebody_deleted_is_made_again(project_with: Make, web: Told, monkeypatch: pytest.MonkeyPatch):
    project = issue(project_with, web, monkeypatch)
    send(project, ["issue"])
    web.answers["PATCH", "/repos/acme/team/issues/comments/77"] = (404, "{}", {})
    web.answers["POST", "/repos/acme/team/issues/5/comments"] = (201, '{"id": 78}', {})
    tomorrow = ProjectHandle(project.settings, project.engine, lambda: NOW + timedelta(days=3))
    assert only(send(tomorrow, ["issue"]))[0] == "sent"
    assert digest_table.last_sent(project.engine, "acme", "issue").reference == "acme/team#5:78"


@pytest.mark.usefixtures("built")
def test_what_is_private_is_not_told_below_a_public_issue(project_with: Make, web: Told, monkeypatch):
    project = issue(project_with, web, monkeypatch)
    with project.engine.begin() as connection:
        connection.execute(update(schema.repository).where(schema.repository.c.id == 1).values(private=True))
    assert only(send(project, ["issue"])) == (
        "failed",
        "acme/team is public, and the digest tells of acme/api, which is not: name a private issue.",
    )
    assert [method for method, *_ in web.requests] == ["GET"]


@pytest.mark.usefixtures("built")
def test_a_token_that_may_not_comment(project_with: Make, web: Told, monkeypatch: pytest.MonkeyPatch):
    project = issue(project_with, web, monkeypatch, private=True)
    web.answers["POST", "/repos/acme/team/issues/5/comments"] = (403, "{}", {})
    assert only(send(project, ["issue"])) == (
        "failed",
        "GitHub does not let the token comment on acme/team#5 (403): it takes the permission 'Issues: write', and the "
        "issue must exist.",
    )


# ---------------------------------------------------------------- job summary


@pytest.mark.usefixtures("built")
def test_a_job_summary_is_appended_to(project_with: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    with pytest.raises(SettingsError, match="GITHUB_STEP_SUMMARY is not set here"):
        send(project_with(), ["summary"])
    file = tmp_path / "summary.md"
    file.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    assert only(send(project_with(), ["summary"]))[0] == "sent"
    assert file.read_text().startswith("before\n# acme, Thu 26 Nov 2026")
    file.write_text("x" * (1024 * 1024 - 10))
    later = project_with(now=NOW + timedelta(days=3))
    assert only(send(later, ["summary"])) == ("failed", "The job summary is full: GitHub takes 1 MiB of all steps.")


# ---------------------------------------------------------------- mail


class Post:
    """A mail server that keeps what it gets, and refuses some recipients."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.refused: set[str] = set()

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if address in self.refused:
            return "550 unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 OK"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    handler = Post()

    def authenticate(server, session, envelope, mechanism, given) -> AuthResult:
        return AuthResult(success=given.password == b"right", handled=False)

    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=authenticate,
        auth_require_tls=False,
        ready_timeout=60,
    )
    controller.start()
    yield handler, controller.port
    controller.stop()


def mail_lines(port: int, more: str = "") -> str:
    return (
        f'smtp_host = "127.0.0.1"\nsmtp_port = {port}\nsmtp_security = "none"\nsender = "sprint@acme.example"\n'
        f'recipients = ["a@acme.example", "b@acme.example"]\n{more}'
    )


@pytest.mark.usefixtures("built")
def test_a_mail_reaches_everybody(project_with: Make, post: tuple[Post, int], monkeypatch: pytest.MonkeyPatch):
    handler, port = post
    monkeypatch.setenv("SPRINT_SMTP_PASSWORD", "right")
    assert only(send(project_with(mail_lines(port, 'smtp_user = "sprint"')), ["email"])) == ("sent", "Sent to email.")
    (envelope,) = handler.mails
    assert envelope.rcpt_tos == ["a@acme.example", "b@acme.example"]
    assert b"Subject: acme: 2.4 Checkout 29%" in envelope.content


@pytest.mark.usefixtures("built")
def test_a_wrong_password_is_not_shown(project_with: Make, post: tuple[Post, int], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SPRINT_SMTP_PASSWORD", "verywrong")
    state, message = only(send(project_with(mail_lines(post[1], 'smtp_user = "sprint"')), ["email"]))
    assert (state, post[0].mails) == ("failed", [])
    assert message.endswith("refused user and password: correct smtp_user or SPRINT_SMTP_PASSWORD.")
    assert "verywrong" not in message


@pytest.mark.usefixtures("built")
def test_a_refused_recipient_does_not_keep_it_from_the_others(project_with: Make, post: tuple[Post, int]):
    handler, port = post
    handler.refused = {"b@acme.example"}
    assert only(send(project_with(mail_lines(port)), ["email"])) == (
        "unsure",
        "The mail server refused b@acme.example; others have it.",
    )
    assert len(handler.mails) == 1


@pytest.mark.usefixtures("built")
def test_no_mail_server_there(project_with: Make):
    state, message = only(send(project_with(mail_lines(9)), ["email"]))
    assert (state, message) == (
        "failed",
        "The mail server 127.0.0.1:9 cannot be reached (ConnectionRefusedError): check smtp_host and smtp_port.",
    )


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("", "Target email takes smtp_host, sender and recipients"),
        (
            'smtp_host = "mail.example"\nsmtp_security = "none"\nsender = "a@b.example"\nrecipients = ["a@b.example"]',
            '"none" is for a mail server on this machine',
        ),
        (mail_lines(9, 'smtp_user = "me"'), "digest.smtp_user needs a password"),
    ],
)
def test_mail_settings_that_cannot_work(project_with: Make, lines: str, sentence: str):
    with pytest.raises(SettingsError, match=sentence):
        send(project_with(lines), ["email"])


# ---------------------------------------------------------------- command


def call(project: ProjectHandle, *words: str):
    return CliRunner().invoke(sprint, ["--home", str(project.settings.home), "digest", *words])


@pytest.mark.usefixtures("built")
def test_by_default_it_is_only_shown(project_with: Make):
    project = project_with('to = ["file", "slack"]')
    shown = call(project)
    assert shown.exit_code == 0
    assert "--- file\n# acme, Thu 26 Nov 2026" in shown.output
    assert '"type": "header"' in shown.output
    assert "Nothing was sent. Send it with --send." in shown.output
    assert not (project.settings.home / "digests").exists()
    assert digest_table.find(project.engine, "acme", "file", FRIDAY) is None


@pytest.mark.usefixtures("built")
def test_the_command_sends_and_says_what_failed(project_with: Make):
    project = project_with()
    sent = call(project, "--to", "file", "--send", "--json")
    assert [(one["target"], one["state"]) for one in json.loads(sent.output)] == [("file", "sent")]
    assert call(project, "--send").exit_code == 2  # no target is named
    refused = call(project, "--to", "summary", "--send")
    assert refused.exit_code != 0


def test_a_snooze_changes_one_line_of_the_settings(project_with: Make):
    project = project_with('to = ["file"] # a remark')
    home = project.settings.home
    assert "Nothing is sent by itself before" in call(project, "--snooze", "+7d").output
    assert "# a remark" in (home / "sprint.toml").read_text()
    assert load(home).digest.snooze_until is not None
    assert call(project, "--snooze", "off").output == "Digests go out again.\n"
    assert load(home).digest.snooze_until is None
    assert "is not a day to come" in str(call(project, "--snooze", "yesterday").exception)
