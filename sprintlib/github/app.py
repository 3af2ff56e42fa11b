"""A GitHub App instead of a person's token: who it is, where it is installed, and the token of its installation.

The app signs requests about itself with its private key. What it collects it asks for with a token of its installation,
which counts for an hour and is renewed before that.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sprintlib.errors import CollectError, TokenError
from sprintlib.github import headers
from sprintlib.github.app_key import AppKey
from sprintlib.github.refusals import SUSPENDED, message
from sprintlib.github.sending import Sent, send
from sprintlib.github.token import Token
from sprintlib.settings import Settings

_MOVED = (301, 307, 308)
# a clock that is less wrong than this is no reason for a refusal
_CLOCKS_DIFFER = timedelta(seconds=30)
_RENEWED_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True)
class Installation:
    """Where the app is installed. account: whose it is. permissions: such as issues -> read."""

    id: int
    account: str
    permissions: Mapping[str, str]
    is_suspended: bool
    url: str


class GitHubApp:
    """The app that `[github_app]` names. Reading its key raises SettingsError."""

    def __init__(self, settings: Settings, key: AppKey) -> None:
        self.settings = settings
        self.key = key
        self._behind = timedelta(0)  # how far this machine's clock is behind GitHub's, once that stood in the way

    @classmethod
    def of(cls, settings: Settings) -> "GitHubApp | None":
        """The app, or None where the settings name none. Raises SettingsError for its key."""
        named = settings.github_app
        if named.id is None or named.private_key_file is None:
            return None
        return cls(settings, AppKey.read(named.id, (settings.home / named.private_key_file).expanduser()))

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Sent:
        """Send a request that the app signs. Raises TokenError where GitHub does not accept the signature."""
        answer = self._send(method, path, body)
        there = headers.http_date(answer.headers.get("date"))
        if answer.status == 401 and there and abs(there - self._now()) > _CLOCKS_DIFFER:
            # signed too early or too late by GitHub's clock, which is the one that counts
            self._behind = there - datetime.now(UTC)
            answer = self._send(method, path, body)
        if answer.status in _MOVED and method == "GET":
            answer = self._send(method, answer.headers.get("location", ""), body)
        if answer.status == 401:
            raise TokenError(
                f"GitHub does not accept the private key of the app {self.key.app_id} (401: {message(answer.body)}): "
                f"generate a new one in the app's settings and put it into {self.key.file}."
            )
        return answer

    def described(self) -> Mapping[str, Any]:
        """What GitHub says of the app: slug, owner, permissions, events. Raises TokenError or CollectError."""
        answer = self.ask("GET", "/app")
        if answer.status == 404:
            raise TokenError(f"GitHub knows no app {self.key.app_id}: correct id under [github_app].")
        return checked(answer, "the app").fields

    def installation_of(self, repository: str) -> Installation | None:
        """Where the app is installed so that it has this repository; None where it has not."""
        answer = self.ask("GET", f"/repos/{repository}/installation")
        return None if answer.status == 404 else _installation(checked(answer, f"the installation on {repository}"))

    def installation(self) -> Installation:
        """The one that `[github_app] installation` names, else that of the first repository that is in one.

        Raises TokenError where there is none.
        """
        named = self.settings.github_app.installation
        if named is not None:
            answer = self.ask("GET", f"/app/installations/{named}")
            if answer.status == 404:
                raise TokenError(f"The app {self.key.app_id} has no installation {named}: correct it in sprint.toml.")
            return _installation(checked(answer, f"the installation {named}"))
        repositories = self.settings.project.repositories
        found = next((one for one in map(self.installation_of, repositories) if one), None)
        if found is None:
            raise TokenError(
                f"The app {self.key.app_id} is not installed on {' or '.join(repositories)}: install it there, or give "
                "its installation that repository."
            )
        return found

    def access_token(self) -> tuple[str, datetime]:
        """A new token of the installation, and until when it counts by this machine's clock.

        Raises TokenError or CollectError.
        """
        place = self.installation()
        answer = self.ask("POST", f"/app/installations/{place.id}/access_tokens")
        if place.is_suspended or (answer.status == 403 and "suspended" in message(answer.body).lower()):
            raise TokenError(SUSPENDED.format(account=place.account))
        told = checked(answer, f"a token for the installation on {place.account}").fields
        try:
            return str(told["token"]), datetime.fromisoformat(told["expires_at"]) - self._behind
        except (KeyError, TypeError, ValueError) as error:
            raise CollectError("GitHub gives a token for the installation that makes no sense.") from error

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> Sent:
        return send(self.settings, method, path, self.key.signed(self._now()), body)

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._behind


@dataclass
class InstallationAccess:
    """The token of the installation for as long as it counts, kept in memory only."""

    settings: Settings
    _held: tuple[str, datetime] | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def current(self) -> str:
        """A token that counts for five minutes at least. Raises TokenError, SettingsError or CollectError."""
        with self._lock:
            if self._held is None or self._held[1] - datetime.now(UTC) < _RENEWED_BEFORE:
                app = GitHubApp.of(self.settings)
                if app is None:
                    raise TokenError("No GitHub App is named in sprint.toml.")
                self._held = app.access_token()
            return self._held[0]

    def forget(self) -> None:
        """GitHub refused it: the next one is new."""
        with self._lock:
            self._held = None


_ACCESS: dict[tuple[Any, ...], InstallationAccess] = {}


def installation_token(settings: Settings) -> Token:
    """The token of the app's installation, asked for once an hour. Raises TokenError, SettingsError, CollectError."""
    named = settings.github_app
    key = (settings.home, settings.github.api_url, named, settings.project.repositories)
    access = _ACCESS.setdefault(key, InstallationAccess(settings))
    return Token(access.current(), f"the installation of the GitHub App {named.id}", access)


def checked(answer: Sent, what: str) -> Sent:
    """The answer where it went well. Raises CollectError that names what was asked for."""
    if not answer.went_well:
        raise CollectError(f"GitHub refused {what} to the app ({answer.status}: {message(answer.body)}).")
    return answer


def _installation(answer: Sent) -> Installation:
    told = answer.fields
    try:
        return Installation(
            int(told["id"]),
            message({"message": (told.get("account") or {}).get("login") or "?"}),
            {str(name): str(level) for name, level in (told.get("permissions") or {}).items()},
            told.get("suspended_at") is not None,
            message({"message": told.get("html_url") or ""}),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CollectError("GitHub describes the app's installation in a way that makes no sense.") from error
