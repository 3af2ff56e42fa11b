"""The GitHub App of a project: its key, its installation, what it may read and what it is told."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from sprintlib.doctor.check import Check
from sprintlib.github.app import GitHubApp, Installation
from sprintlib.github.app_hooks import AppHooks
from sprintlib.github.refusals import SUSPENDED
from sprintlib.services.webhooks import PATH
from sprintlib.settings import Settings

_NAME = "GitHub App"
_NEEDED = {"metadata": "Metadata", "issues": "Issues", "pull_requests": "Pull requests", "contents": "Contents"}
_NEEDED |= {"actions": "Actions"}
_BOARDS = {"organization_projects": "Projects"}


def check_app(settings: Settings) -> Iterator[Check]:
    """Nothing where sprint.toml names no app. Raises SettingsError for its key, TokenError where GitHub refuses it."""
    app = GitHubApp.of(settings)
    if app is None:
        return
    hooks, place = AppHooks(app), app.installation()
    if place.is_suspended:
        yield Check(_NAME, "fail", SUSPENDED.format(account=place.account), place.url or None)
        return
    problems = [*_permissions(settings, place, hooks), *_repositories(app, place), *_events(hooks)]
    yield from problems
    if not problems:
        yield Check(_NAME, "ok", f"{hooks.app}, installed on {place.account} with all that is needed")


def _permissions(settings: Settings, place: Installation, hooks: AppHooks) -> Iterator[Check]:
    needed = _NEEDED | (_BOARDS if settings.sprints.source == "projects" else {})
    missing = [told for name, told in needed.items() if name not in place.permissions]
    if missing:
        lacks = " and ".join(f"'{one}: read'" for one in missing)
        todo = f"add it at {hooks.settings_page}/permissions, then accept it for the installation"
        yield Check(_NAME, "fail", f"the installation on {place.account} lacks the permission {lacks}", todo)


def _repositories(app: GitHubApp, place: Installation) -> Iterator[Check]:
    found = {name: app.installation_of(name) for name in app.settings.project.repositories}
    absent = [name for name, one in found.items() if one is None]
    elsewhere = [name for name, one in found.items() if one is not None and one.id != place.id]
    if absent:
        todo = f"add it to the installation{f' at {place.url}' if place.url else ''}, under 'Repository access'"
        yield Check(_NAME, "fail", f"{_listed(absent)} not in the installation on {place.account}", todo)
    if elsewhere:
        told = f"{_listed(elsewhere)} in another installation than that on {place.account}, whose token is used"
        yield Check(_NAME, "warn", told, "keep repositories of several owners in projects of their own, if private")


def _events(hooks: AppHooks) -> Iterator[Check]:
    """Only where its webhook leads here: `sprint watch` needs none."""
    for hook in hooks.all():
        if urlsplit(hook.url).path.endswith(PATH) and hook.missing:
            todo = f"tick them at {hooks.settings_page}/permissions, under 'Subscribe to events'"
            yield Check(_NAME, "warn", f"its webhook is not told of {', '.join(hook.missing)}", todo)


def _listed(names: Iterable[str]) -> str:
    held = list(names)
    return f"{' and '.join(held)} {'is' if len(held) == 1 else 'are'}"
