"""Requests that change something at GitHub, or that an app signs: one at a time, without retries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.exceptions import RequestException

from sprintlib.errors import SettingsError, UnreachableError
from sprintlib.settings import Settings, is_loopback

_TIMEOUT_SECONDS = 30.0
_SUCCESS = range(200, 300)


@dataclass(frozen=True)
class Sent:
    """An answer. body: what its JSON holds, None where it is none. headers: by lower-case name."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(repr=False)

    @property
    def went_well(self) -> bool:
        return self.status in _SUCCESS

    @property
    def fields(self) -> Mapping[str, Any]:
        """The object that was answered; empty where it is none."""
        return self.body if isinstance(self.body, Mapping) else {}


def send(settings: Settings, method: str, path: str, bearer: str | None, body: Mapping[str, Any] | None = None) -> Sent:
    """Send one request to a path below the API root, or to a URL there, with a token or a signature if there is one.

    Raises UnreachableError without a network, SettingsError where it would be sent in the clear or elsewhere.
    """
    root = settings.github.api_url.rstrip("/")
    url = path if path.startswith(f"{root}/") else f"{root}{path}"
    if bearer and urlsplit(url).scheme == "http" and not is_loopback(url):
        raise SettingsError(f"github.api_url: a token is not sent to {root} without encryption; use https.")
    headers = {"accept": "application/vnd.github+json", "user-agent": "sprintlib"}
    if bearer:
        headers["authorization"] = f"Bearer {bearer}"
    try:
        # no redirect is followed: it would carry the token along
        answer = requests.request(
            method, url, json=body, headers=headers, timeout=_TIMEOUT_SECONDS, allow_redirects=False
        )
    except RequestException as error:
        raise UnreachableError(f"GitHub cannot be reached ({type(error).__name__}): check the network.") from error
    try:
        told = answer.json() if answer.content else None
    except ValueError:
        told = None
    return Sent(answer.status_code, told, {name.lower(): value for name, value in answer.headers.items()})
