"""Where a digest goes: each target checks its settings, shows what it would send, and sends it."""

import json
import os
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from sprintlib import github
from sprintlib.digest import http
from sprintlib.digest import mail as mails
from sprintlib.digest.markdown import MOST_IN_SUMMARY, as_markdown, comment
from sprintlib.digest.message import Digest
from sprintlib.digest.slack import slack_message
from sprintlib.digest.teams import teams_message
from sprintlib.errors import DigestError, SettingsError
from sprintlib.project import ProjectHandle
from sprintlib.settings import DigestTarget, Settings, is_loopback
from sprintlib.store import schema

SLACK, TEAMS, PASSWORD = "SPRINT_SLACK_WEBHOOK", "SPRINT_TEAMS_WEBHOOK", "SPRINT_SMTP_PASSWORD"
SUMMARY = "GITHUB_STEP_SUMMARY"
_LONGEST_SECRET = 4096
_WORD = re.compile(r"[a-z_]{3,40}")  # Slack's answers, such as invalid_blocks


@dataclass(frozen=True)
class Target(ABC):
    """One place that digests go to."""

    project: ProjectHandle

    @property
    def settings(self) -> Settings:
        return self.project.settings

    @abstractmethod
    def check(self) -> None:
        """Raises SettingsError with one sentence where something that it takes is missing."""

    @abstractmethod
    def preview(self, digest: Digest) -> str:
        """What would be sent, as text."""

    @abstractmethod
    def send(self, digest: Digest, before: str | None) -> str | None:
        """Send it. before: the reference of the last one sent there. Returns what to refer to it by, if anything.

        Raises DigestError or SettingsError with one sentence.
        """


class FileTarget(Target):
    """A Markdown file a day, in a folder of the home."""

    def check(self) -> None:
        """A folder is all it takes."""

    def preview(self, digest: Digest) -> str:
        return as_markdown(digest)

    def send(self, digest: Digest, before: str | None) -> str:
        file = (self.settings.home / self.settings.digest.folder).expanduser() / f"{digest.day}.md"
        partial = file.with_suffix(".partial")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(as_markdown(digest), encoding="utf-8")
            partial.replace(file)
        except OSError as error:
            raise DigestError(f"{file} cannot be written: {error.strerror}.") from error
        return str(file)


class SummaryTarget(Target):
    """The summary of a job of GitHub Actions."""

    def check(self) -> None:
        if not os.environ.get(SUMMARY):
            raise SettingsError(f"Target summary is for jobs of GitHub Actions: {SUMMARY} is not set here.")

    def preview(self, digest: Digest) -> str:
        return as_markdown(digest)

    def send(self, digest: Digest, before: str | None) -> None:
        file = Path(os.environ[SUMMARY])
        try:
            taken = file.stat().st_size if file.exists() else 0
            with file.open("a", encoding="utf-8") as summary:
                summary.write(self._fitting(digest, MOST_IN_SUMMARY - taken - 1))
        except OSError as error:
            raise DigestError(f"The job summary cannot be written: {error.strerror}.") from error

    @staticmethod
    def _fitting(digest: Digest, room: int) -> str:
        for shown in range(len(digest.verdicts), -1, -1):
            text = f"{as_markdown(digest.shortened(shown))}\n"
            if len(text.encode()) <= room:
                return text
        raise DigestError("The job summary is full: GitHub takes 1 MiB of all steps.")


class SlackTarget(Target):
    """An incoming webhook of Slack."""

    def check(self) -> None:
        self._address()

    def preview(self, digest: Digest) -> str:
        return json.dumps(slack_message(digest), indent=2, ensure_ascii=False)

    def send(self, digest: Digest, before: str | None) -> None:
        answer = http.send("POST", self._address(), slack_message(digest), "Slack")
        if answer.status != 200:
            told = answer.body.decode(errors="replace").strip()
            why = f", {told}" if _WORD.fullmatch(told) else ""
            raise DigestError(f"Slack refused the message ({answer.status}{why}): check the webhook's address.")

    def _address(self) -> str:
        return _secret_address(self.settings, SLACK, self.settings.digest.slack_webhook_file, "slack_webhook_file")


class TeamsTarget(Target):
    """A workflow of Microsoft Teams that begins with a webhook."""

    def check(self) -> None:
        self._address()

    def preview(self, digest: Digest) -> str:
        return json.dumps(teams_message(digest), indent=2, ensure_ascii=False)

    def send(self, digest: Digest, before: str | None) -> None:
        answer = http.send("POST", self._address(), teams_message(digest), "Teams")
        if answer.status not in (200, 202):
            raise DigestError(f"Teams refused the message ({answer.status}): check the workflow and its address.")

    def _address(self) -> str:
        return _secret_address(self.settings, TEAMS, self.settings.digest.teams_webhook_file, "teams_webhook_file")


class MailTarget(Target):
    """Mail, by a server that takes SMTP."""

    def check(self) -> None:
        mails.check(self.settings.digest)
        self._password()

    def preview(self, digest: Digest) -> str:
        return f"To: {', '.join(self.settings.digest.recipients)}\nSubject: {digest.subject}\n\n{mails.as_text(digest)}"

    def send(self, digest: Digest, before: str | None) -> None:
        wanted = self.settings.digest
        mails.deliver(wanted, self._password(), mails.mail(digest, wanted.sender or "", wanted.recipients))

    def _password(self) -> str | None:
        wanted = self.settings.digest
        found = _secret(self.settings, PASSWORD, wanted.smtp_password_file)
        if wanted.smtp_user and not found:
            raise SettingsError(f"digest.smtp_user needs a password: set {PASSWORD} or smtp_password_file.")
        return found


class IssueTarget(Target):
    """One comment below an issue of GitHub, kept up to date."""

    def check(self) -> None:
        if not self.settings.digest.issue:
            raise SettingsError('Target issue takes issue = "OWNER/NAME#NUMBER" under [digest].')
        if github.find_token(self.settings) is None:
            raise SettingsError("Target issue takes a token that may write issues: set GITHUB_TOKEN.")

    def preview(self, digest: Digest) -> str:
        return comment(digest)

    def send(self, digest: Digest, before: str | None) -> str:
        repository, _, number = (self.settings.digest.issue or "").partition("#")
        self._check_readers(repository)
        content, place = {"body": comment(digest)}, f"{repository}#{number}"
        if before and before.startswith(f"{place}:"):
            known = before.rpartition(":")[2]
            answer = self._ask("PATCH", f"/repos/{repository}/issues/comments/{quote(known, safe='')}", content)
            if answer.status == 200:
                return before
            if answer.status != 404:  # somebody deleted it: there will be another
                raise self._refusal(answer.status)
        answer = self._ask("POST", f"/repos/{repository}/issues/{number}/comments", content)
        if answer.status != 201 or not isinstance(answer.json, dict):
            raise self._refusal(answer.status)
        return f"{place}:{answer.json.get('id')}"

    def _check_readers(self, repository: str) -> None:
        """What a private repository holds is not told where everybody reads it."""
        answer = self._ask("GET", f"/repos/{repository}", None)
        if answer.status != 200 or not isinstance(answer.json, dict):
            raise self._refusal(answer.status)
        names = [name.lower() for name in self.settings.project.repositories if name.lower() != repository.lower()]
        table = schema.repository.c
        with self.project.engine.connect() as connection:
            rows = connection.execute(select(table.full_name, table.private)).all()
        private = [name for name, is_private in rows if name.lower() in names and is_private is not False]
        if private and answer.json.get("private") is False:
            raise SettingsError(
                f"{repository} is public, and the digest tells of {private[0]}, which is not: name a private issue."
            )

    def _ask(self, method: str, path: str, content: dict[str, Any] | None) -> http.ServerAnswer:
        token = github.find_token(self.settings)
        headers = {"accept": "application/vnd.github+json"}
        if token:
            headers["authorization"] = f"Bearer {token.value}"
        root = self.settings.github.api_url.rstrip("/")
        if not root.startswith("https://") and not is_loopback(root):
            raise SettingsError("github.api_url: a token is not sent without encryption; use https.")
        return http.send(method, f"{root}{path}", content, "GitHub", headers)

    def _refusal(self, status: int) -> DigestError:
        place = self.settings.digest.issue
        if status in (401, 403, 404):
            return DigestError(
                f"GitHub does not let the token comment on {place} ({status}): it takes the permission 'Issues: "
                "write', and the issue must exist."
            )
        return DigestError(f"GitHub refused the comment on {place} ({status}): try again later.")


TARGETS: dict[DigestTarget, type[Target]] = {
    "file": FileTarget,
    "slack": SlackTarget,
    "teams": TeamsTarget,
    "email": MailTarget,
    "issue": IssueTarget,
    "summary": SummaryTarget,
}


def _secret(settings: Settings, variable: str, file: str | None) -> str | None:
    """From the environment, else from a file relative to the home folder. Raises SettingsError."""
    given = os.environ.get(variable, "").strip()
    if given or not file:
        return given or None
    place = (settings.home / file).expanduser()
    try:
        with place.open(encoding="utf-8") as opened:
            return opened.read(_LONGEST_SECRET).strip() or None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SettingsError(f"{place} cannot be read: {reason}.") from error


def _secret_address(settings: Settings, variable: str, file: str | None, key: str) -> str:
    found = _secret(settings, variable, file)
    if not found:
        raise SettingsError(f"There is no address of that webhook: set {variable}, or digest.{key} in sprint.toml.")
    return http.check_secret_address(found, variable if os.environ.get(variable, "").strip() else f"digest.{key}")
