"""The webhook of a GitHub App: one for all repositories of its installation; its events are ticked by hand."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from sprintlib.errors import CollectError
from sprintlib.github import headers
from sprintlib.github.app import GitHubApp, checked
from sprintlib.github.endpoints import PAGE_SIZE
from sprintlib.github.hooks import Attempt, Hook, config, read_attempt
from sprintlib.github.refusals import message

_MOST_PAGES = 1_000


class AppHooks:
    """What RepositoryHooks does for the webhook of a repository, for that of an app."""

    def __init__(self, app: GitHubApp) -> None:
        self._app = app

    @cached_property
    def app(self) -> str:
        """The name in the app's address."""
        return message({"message": self._described.get("slug") or str(self._app.key.app_id)})

    @property
    def place(self) -> str:
        return f"GitHub App {self.app}"

    @property
    def settings_page(self) -> str:
        """Where its owner edits it."""
        owner = self._described.get("owner") or {}
        host = "/".join(str(self._described.get("html_url") or "https://github.com").split("/")[:3])
        part = f"organizations/{owner.get('login')}/" if owner.get("type") == "Organization" else ""
        return f"{host}/{part}settings/apps/{self.app}"

    def all(self) -> list[Hook]:
        """The one there is; none where the app has no address to tell. Raises TokenError or CollectError."""
        answer = self._app.ask("GET", "/app/hook/config")
        if answer.status == 404:  # the app was made without a webhook
            return []
        return self._hooks(checked(answer, "its webhook").fields)

    def install(self, url: str, secret: str) -> tuple[Hook, bool]:
        """Have it tell this address, signed with this secret. Returns it, and whether it told another one before.

        Raises CollectError where the app has no webhook: it is switched on by hand.
        """
        before = self.all()
        answer = self._app.ask("PATCH", "/app/hook/config", config(url, secret))
        if answer.status == 404:
            raise CollectError(f"{self.place} has no webhook: tick 'Active' under Webhook at {self.settings_page}.")
        (hook,) = self._hooks(checked(answer, "to change its webhook").fields)
        return hook, all(one.url != url for one in before)

    def remove(self, hook: Hook) -> None:
        """GitHub has no way to do this but by hand. Raises CollectError that says how."""
        raise CollectError(
            f"GitHub lets a program change the webhook of an app, not remove it: untick 'Active' under Webhook at "
            f"{self.settings_page}."
        )

    def attempts(self, hook: Hook) -> list[Attempt]:
        """What GitHub delivered or failed to, of this installation: it keeps three days. Newest first."""
        own = self._app.installation().id
        return [read_attempt(one) for one in self._deliveries() if one.get("installation_id") in (None, own)]

    def deliver_again(self, hook: Hook, attempt: Attempt) -> None:
        """Ask for one more attempt; GitHub makes it a moment later."""
        checked(self._app.ask("POST", f"/app/hook/deliveries/{attempt.id}/attempts"), "to deliver again")

    def _deliveries(self) -> Iterator[Mapping[str, Any]]:
        address: str | None = f"/app/hook/deliveries?per_page={PAGE_SIZE}"
        for _ in range(_MOST_PAGES):
            if address is None:
                return
            answer = checked(self._app.ask("GET", address), "its deliveries")
            yield from (one for one in answer.body or () if isinstance(one, Mapping))
            address = headers.linked(answer.headers.get("link"), "next")

    def _hooks(self, told: Mapping[str, Any]) -> list[Hook]:
        url = str(told.get("url") or "")
        events = tuple(map(str, self._described.get("events") or ()))
        return [Hook(None, url, events, True, "")] if url else []

    @cached_property
    def _described(self) -> Mapping[str, Any]:
        return self._app.described()
