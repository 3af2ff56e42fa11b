"""GitHub's webhooks of a project, of its repositories or of its app: made, compared with the inbox, taken away."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sprintlib import inbox
from sprintlib.errors import SettingsError
from sprintlib.github.app import GitHubApp
from sprintlib.github.app_hooks import AppHooks
from sprintlib.github.hook_secret import kept_secret
from sprintlib.github.hooks import Attempt, Hook, RepositoryHooks
from sprintlib.github.token import find_token
from sprintlib.project import ProjectHandle
from sprintlib.settings import checked_address, is_loopback

PATH = "/webhooks/github"


@dataclass(frozen=True)
class HookStatus:
    """One webhook of ours, and what became of its deliveries within the last three days.

    place: the repository or app it is of. app: its name, where it is one. hook: None where there is none.
    failed: deliveries that no attempt got through. unknown: that were answered, but that the inbox does not hold.
    """

    place: str
    app: str | None
    hook: Hook | None
    delivered: int = 0
    failed: tuple[Attempt, ...] = ()
    unknown: tuple[Attempt, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        named = {"repository": None if self.app else self.place, "app": self.app}
        if self.hook is None:
            return {**named, "hook": None}
        return {
            **named,
            "hook": self.hook.id,
            "url": self.hook.url,
            "active": self.hook.active,
            "last_response": self.hook.last,
            "missing_events": list(self.hook.missing),
            "delivered": self.delivered,
            "failed": [one.guid for one in self.failed],
            "not_in_inbox": [one.guid for one in self.unknown],
        }


@dataclass(frozen=True)
class Installed:
    """A webhook that is there now. is_new: False where it was there and was brought up to date."""

    place: str
    hook: Hook
    is_new: bool
    secret_from: str


def install_webhooks(project: ProjectHandle, address: str) -> Iterator[Installed]:
    """Have the project's app, else each of its repositories, tell this address; what is there is brought up to date.

    address: where `sprint serve` can be reached, such as https://sprint.example.org. Raises SettingsError for one that
    GitHub cannot use, TokenError with the missing permission.
    """
    url = _hook_address(address, project)
    secret, origin = kept_secret(project.settings)
    for hooks in _places(project):
        hook, is_new = hooks.install(url, secret)
        yield Installed(hooks.place, hook, is_new, origin)


def webhook_status(project: ProjectHandle) -> Iterator[HookStatus]:
    """Each webhook of ours, and where there is none."""
    for hooks in _places(project):
        own = _own(hooks)
        if not own:
            yield HookStatus(hooks.place, hooks.app, None)
        for hook in own:
            yield _status(project, hooks, hook)


def reconcile_webhooks(project: ProjectHandle) -> Iterator[HookStatus]:
    """Have GitHub deliver again what failed or what the inbox lacks. Gives each webhook as it was before."""
    for hooks in _places(project):
        for hook in _own(hooks):
            status = _status(project, hooks, hook)
            for attempt in (*status.failed, *status.unknown):
                hooks.deliver_again(hook, attempt)
            yield status


def remove_webhooks(project: ProjectHandle) -> Iterator[tuple[str, Hook]]:
    """Take away the webhooks of ours, with whose they are. The secret stays where it is."""
    for hooks in _places(project):
        for hook in _own(hooks):
            hooks.remove(hook)
            yield hooks.place, hook


def _places(project: ProjectHandle) -> Iterator[RepositoryHooks | AppHooks]:
    """What has a webhook: the app, where sprint.toml names one, else each repository."""
    app = GitHubApp.of(project.settings)
    if app:
        yield AppHooks(app)
        return
    token = find_token(project.settings)
    for name in project.settings.project.repositories:
        yield RepositoryHooks.connected(project.settings, token, name)


def _own(hooks: RepositoryHooks | AppHooks) -> list[Hook]:
    """Others' webhooks lead to other paths."""
    return [one for one in hooks.all() if urlsplit(one.url).path.endswith(PATH)]


def _status(project: ProjectHandle, hooks: RepositoryHooks | AppHooks, hook: Hook) -> HookStatus:
    by_guid: defaultdict[str, list[Attempt]] = defaultdict(list)
    for attempt in hooks.attempts(hook):
        if attempt.event != "ping":
            by_guid[attempt.guid].append(attempt)
    held = inbox.known(project.engine, by_guid)
    failed = [tried[0] for tried in by_guid.values() if not any(one.went_well for one in tried)]
    # the body of one that was sent again and is still not held came before, under another id
    unknown = [
        tried[0]
        for guid, tried in by_guid.items()
        if guid not in held
        and any(one.went_well for one in tried)
        and not any(one.went_well and one.is_again for one in tried)
    ]
    return HookStatus(hooks.place, hooks.app, hook, len(by_guid) - len(failed), tuple(failed), tuple(unknown))


def _hook_address(address: str, project: ProjectHandle) -> str:
    try:
        url = checked_address(address.rstrip("/"))
    except ValueError as error:
        raise SettingsError(f"{str(error)[0].upper()}{str(error)[1:]}.") from None
    if is_loopback(url) and not is_loopback(project.settings.github.api_url):
        raise SettingsError(f"GitHub cannot reach {url}: name the address that others use, or run 'sprint watch'.")
    return url if urlsplit(url).path.endswith(PATH) else url + PATH
