"""Signing in with GitHub: who it is, whether they are on the list, and which repositories they may see there."""

import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from sprintlib import github
from sprintlib.access import sessions
from sprintlib.access.audit import record
from sprintlib.access.identity import Identity, Role
from sprintlib.access.sessions import Session
from sprintlib.errors import SettingsError, SignInError, SprintError
from sprintlib.project import ProjectHandle
from sprintlib.settings import Settings

VARIABLE = "SPRINT_GITHUB_CLIENT_SECRET"
_PATIENCE = 10.0  # seconds for an answer of GitHub
_MINUTES = 10  # for somebody to agree on GitHub's page
_LEVELS = ("admin", "maintain", "write", "triage", "read")


def begin(project: ProjectHandle, back_to: str) -> tuple[str, str]:
    """The address on GitHub to go to, and what to keep in a cookie until they come back. Raises SettingsError."""
    auth, verifier = project.settings.auth, secrets.token_urlsafe(48)
    state = secrets.token_urlsafe(24)
    with _client(project.settings) as client:
        address, _ = client.create_authorization_url(
            f"{auth.github_url.rstrip('/')}/login/oauth/authorize", state=state, code_verifier=verifier
        )
    until = datetime.now(UTC) + timedelta(minutes=_MINUTES)
    claims = {"iss": "sprint", "aud": "sign-in", "exp": until, "state": state, "verifier": verifier, "to": back_to}
    return str(address), sessions.sign(project.settings.data_dir, claims)


def finish(project: ProjectHandle, kept: str, given: Mapping[str, str]) -> tuple[str, str]:
    """The session's cookie and where to go, from the cookie of `begin` and GitHub's `code` and `state`.

    Raises SignInError where any of it does not fit, and for who is on no list.
    """
    claims = sessions.read(project.settings.data_dir, kept, "sign-in")
    if not secrets.compare_digest(claims["state"].encode(), given.get("state", "").encode(errors="replace")):
        raise SignInError("This sign-in was not begun here: begin again.")
    settings = project.settings
    login, organization = _who(settings, given.get("code", ""), claims["verifier"])
    if sessions.role_of(settings.auth, login, organization) is None:
        record(project.engine, Identity(login, Role.viewer, "session"), "sign in", settings.project.name, "refused")
    seen = visible_repositories(settings, login)
    value = sessions.begin_session(project.engine, settings.data_dir, settings.auth, login, seen, organization)
    who = sessions.identity_of(settings.auth, sessions.find_session(project.engine, settings.data_dir, value))
    record(project.engine, who, "sign in", settings.project.name, "done")
    return value, str(claims["to"])


def checked(project: ProjectHandle, found: Session) -> Session:
    """The session, after GitHub was asked again if the last answer is older than an hour."""
    settings = project.settings
    if settings.auth.mode != "github" or datetime.now(UTC) - found.checked_at < sessions.CHECKED_FOR:
        return found
    seen = visible_repositories(settings, found.login)
    organization = found.organization
    if organization and not _is_member(settings, organization, found.login):
        organization = None
    sessions.renew_check(project.engine, found, seen, organization)
    return Session(found.id, found.login, organization, seen, datetime.now(UTC))


def visible_repositories(settings: Settings, login: str) -> tuple[str, ...] | None:
    """Those of the project that somebody may read on GitHub, asked with the project's own token; None: all of them.

    A public one may be seen by everybody. What cannot be found out is not shown.
    """
    names = settings.project.repositories
    seen = tuple(name for name in names if _may_read(settings, name, login))
    return None if seen == names else seen


def _may_read(settings: Settings, repository: str, login: str) -> bool:
    found = _asked(settings, f"/repos/{repository}")
    if found is None:
        return False
    if found.get("private") is False:
        return True
    level = _asked(settings, f"/repos/{repository}/collaborators/{quote(login, safe='')}/permission")
    return level is not None and level.get("permission") in _LEVELS


def _is_member(settings: Settings, organization: str, login: str) -> bool:
    """Whether GitHub says so to the project's token."""
    found = _asked(settings, f"/orgs/{quote(organization, safe='')}/memberships/{quote(login, safe='')}")
    return found is not None and found.get("state") == "active"


def _asked(settings: Settings, path: str) -> dict[str, Any] | None:
    try:
        token = github.find_token(settings)
    except SprintError:  # that of an app, which GitHub does not give
        return None
    headers = {"Accept": "application/vnd.github+json"} | ({"Authorization": f"Bearer {token.value}"} if token else {})
    try:
        answer = requests.get(f"{settings.github.api_url.rstrip('/')}{path}", headers=headers, timeout=_PATIENCE)
        found = answer.json() if answer.status_code == 200 else None
    except (requests.RequestException, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _who(settings: Settings, code: str, verifier: str) -> tuple[str, str | None]:
    """Login, and the organization by which they are on the list. Raises SignInError for a code that does not count."""
    auth = settings.auth
    try:
        with _client(settings) as client:
            client.fetch_token(
                f"{auth.github_url.rstrip('/')}/login/oauth/access_token",
                code=code,
                code_verifier=verifier,
                headers={"Accept": "application/json"},
                timeout=_PATIENCE,
            )
            answer = client.get(f"{settings.github.api_url.rstrip('/')}/user", timeout=_PATIENCE)
            login = str(answer.json()["login"])
    except (AuthlibBaseError, requests.RequestException, ValueError, KeyError, TypeError):
        raise SignInError("GitHub did not confirm who you are: begin again.") from None
    organization = next((one for one in auth.organizations if _is_member(settings, one, login)), None)
    return login, organization


def _client(settings: Settings) -> OAuth2Session:
    auth = settings.auth
    place = (settings.home / auth.client_secret_file).expanduser() if auth.client_secret_file else None
    try:
        secret = os.environ.get(VARIABLE) or (place.read_text(encoding="utf-8").strip() if place else "")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The client secret cannot be read from {place}.") from error
    if not (auth.client_id and auth.public_url and secret):
        raise SettingsError(
            f"Signing in with GitHub takes client_id and public_url under [auth], and {VARIABLE} or client_secret_file."
        )
    return OAuth2Session(
        auth.client_id,
        secret,
        token_endpoint_auth_method="client_secret_post",  # noqa: S106  # nosec B106 # a method's name
        redirect_uri=f"{auth.public_url.rstrip('/')}/api/v1/auth/callback",
        code_challenge_method="S256",
    )
