"""GitHub's webhooks of a repository: which there are, what was delivered, and having it delivered again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sprintlib.errors import CollectError, TokenError
from sprintlib.github.client import Client, connect
from sprintlib.github.endpoints import PAGE_SIZE
from sprintlib.github.refusals import message
from sprintlib.github.sending import send
from sprintlib.github.token import Token
from sprintlib.settings import Settings

# what the worker uses something of
EVENTS = (
    "issue_comment",
    "issue_dependencies",
    "issues",
    "milestone",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "release",
    "sub_issues",
    "workflow_run",
)
# not offered by every GitHub Enterprise server
_NEWER = frozenset({"issue_dependencies", "sub_issues"})
_SUCCESS = range(200, 300)
_NOT_ALLOWED = (403, 404)


@dataclass(frozen=True)
class Hook:
    """One webhook. id: None for that of an app. last: how its last delivery was answered, in GitHub's words."""

    id: int | None
    url: str
    events: tuple[str, ...]
    active: bool
    last: str

    @property
    def missing(self) -> tuple[str, ...]:
        """Events that are used and not sent."""
        return () if "*" in self.events else tuple(name for name in EVENTS if name not in self.events)


@dataclass(frozen=True)
class Attempt:
    """One attempt of GitHub to deliver something. guid: the same for all attempts of one delivery."""

    id: int
    guid: str
    event: str
    at: datetime
    status_code: int
    is_again: bool

    @property
    def went_well(self) -> bool:
        return self.status_code in _SUCCESS


@dataclass
class RepositoryHooks:
    """The webhooks of one repository, by its full name. Reading needs the permission too."""

    client: Client
    settings: Settings
    repository: str
    token: Token | None = field(repr=False)

    @classmethod
    def connected(cls, settings: Settings, token: Token | None, repository: str) -> "RepositoryHooks":
        """Raises SettingsError for an address that cannot be used."""
        return cls(connect(settings, token), settings, repository, token)

    @property
    def place(self) -> str:
        return self.repository

    @property
    def app(self) -> None:
        """No app."""

    def all(self) -> list[Hook]:
        """All webhooks. Raises TokenError with one sentence where the token may not see them."""
        return [_hook(one) for page in self._pages("hooks") for one in page]

    def install(self, url: str, secret: str) -> tuple[Hook, bool]:
        """Make a webhook for the events that are used, or give the one that is there events, secret and form.

        Returns it, and whether it is new. Raises TokenError or CollectError.
        """
        there = next((one for one in self.all() if one.url == url), None)
        wanted = {"active": True, "config": config(url, secret)}
        if there:
            return self._with_events(wanted, "PATCH", f"hooks/{there.id}"), False
        return self._with_events({"name": "web", **wanted}, "POST", "hooks"), True

    def remove(self, hook: Hook) -> None:
        self._send("DELETE", f"hooks/{hook.id}")

    def attempts(self, hook: Hook) -> list[Attempt]:
        """What GitHub delivered or failed to: it keeps three days. Newest first."""
        return [read_attempt(one) for page in self._pages(f"hooks/{hook.id}/deliveries") for one in page]

    def deliver_again(self, hook: Hook, attempt: Attempt) -> None:
        """Ask for one more attempt; GitHub makes it a moment later."""
        self._send("POST", f"hooks/{hook.id}/deliveries/{attempt.id}/attempts")

    def _with_events(self, body: dict[str, Any], method: str, path: str) -> Hook:
        try:
            return _hook(self._send(method, path, {**body, "events": list(EVENTS)}))
        except _RefusedError:  # a server that does not know the newest events refuses all of it
            return _hook(self._send(method, path, {**body, "events": [one for one in EVENTS if one not in _NEWER]}))

    def _pages(self, path: str) -> Iterator[list[Mapping[str, Any]]]:
        address: str | None = f"/repos/{self.repository}/{path}"
        parameters: dict[str, Any] | None = {"per_page": PAGE_SIZE}
        while address:
            response = self.client.get(address, parameters, accept=_NOT_ALLOWED)
            if response.status in _NOT_ALLOWED:
                raise self._not_allowed()
            yield [one for one in response.body if isinstance(one, Mapping)]
            address, parameters = response.next_url, None

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        bearer = self.token.value if self.token else None
        answer = send(self.settings, method, f"/repos/{self.repository}/{path}", bearer, body)
        if answer.went_well:
            return answer.fields
        if answer.status in _NOT_ALLOWED:
            raise self._not_allowed()
        if answer.status == 401:
            raise TokenError("GitHub refused the token (401): make a new one and set GITHUB_TOKEN to it.")
        said = f"{answer.status}: {message(answer.body)}"
        refused = f"GitHub refused to change the webhooks of {self.repository} ({said})."
        raise _RefusedError(refused) if answer.status == 422 else CollectError(refused)

    def _not_allowed(self) -> TokenError:
        """GitHub answers 404 as well as 403 to who may not see webhooks."""
        place = f"the webhooks of {self.repository}"
        if self.token is None:
            return TokenError(f"To manage {place} a token is needed: set GITHUB_TOKEN or run 'gh auth login'.")
        return TokenError(
            f"This token may not manage {place}: give a fine-grained one the permission 'Webhooks: read and write', or "
            "a classic one the scope admin:repo_hook, as somebody who has admin rights there."
        )


class _RefusedError(CollectError):
    """GitHub does not accept what was sent (422)."""


def config(url: str, secret: str) -> dict[str, str]:
    """What GitHub takes as the configuration of a webhook."""
    return {"url": url, "content_type": "json", "secret": secret, "insecure_ssl": "0"}


def _hook(told: Mapping[str, Any]) -> Hook:
    last = told.get("last_response") or {}
    return Hook(
        int(told["id"]),
        str((told.get("config") or {}).get("url") or ""),
        tuple(map(str, told.get("events") or ())),
        bool(told.get("active")),
        message({"message": last.get("message") or last.get("status") or ""}),
    )


def read_attempt(told: Mapping[str, Any]) -> Attempt:
    """An attempt from GitHub's list of deliveries."""
    return Attempt(
        int(told["id"]),
        str(told["guid"]),
        str(told.get("event") or ""),
        datetime.fromisoformat(told["delivered_at"]),
        int(told.get("status_code") or 0),
        bool(told.get("redelivery")),
    )
