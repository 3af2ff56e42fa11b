"""Requests that carry a digest: one try, no redirect followed, a bounded answer, no address or token in an error."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.exceptions import ConnectionError as NoConnectionError
from requests.exceptions import ConnectTimeout, ProxyError, RequestException, SSLError
from urllib3.exceptions import NewConnectionError

from sprintlib.errors import DigestError, SettingsError
from sprintlib.settings import checked_address, is_loopback

_PATIENCE = (10.0, 30.0)  # seconds to connect, and for each piece of the answer
_MOST_BYTES = 256 * 1024
_PIECE = 16 * 1024


@dataclass(frozen=True)
class ServerAnswer:
    """What a server said. body: its first 256 KB."""

    status: int
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        """Parsed, None where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def check_secret_address(url: str, name: str) -> str:
    """An address that is a secret itself. name: where it comes from. Raises SettingsError, which does not show it."""
    try:
        whole = urlsplit(url.strip())
        checked_address(f"{whole.scheme}://{whole.netloc}{whole.path}")  # a workflow's address has a query too
    except ValueError:
        raise SettingsError(f"{name} holds no address such as https://host.example/path: copy it again.") from None
    if whole.scheme != "https" and not is_loopback(url):
        raise SettingsError(f"{name} holds an address without https: nothing is sent there.")
    return url.strip()


def send(
    method: str, url: str, content: Mapping[str, Any] | None, who: str, headers: Mapping[str, str] | None = None
) -> ServerAnswer:
    """Send JSON once. who: `Slack`, for sentences. Raises DigestError for no answer, or a redirect."""
    body = None if content is None else json.dumps(content, ensure_ascii=False).encode(errors="replace")
    sent = {"content-type": "application/json", "accept": "application/json", "user-agent": "sprintlib"}
    with requests.Session() as session:
        session.auth = lambda request: request  # or requests would look for a password in ~/.netrc
        try:
            with session.request(
                method,
                url,
                data=body,
                headers={**sent, **(headers or {})},
                timeout=_PATIENCE,
                allow_redirects=False,
                stream=True,
            ) as response:
                answer = ServerAnswer(response.status_code, _bounded(response))
        except RequestException as error:
            if _not_begun(error):
                raise DigestError(f"{who} cannot be reached: check the network, or try again later.") from _safe(error)
            # the answer did not come, but the message may have
            raise DigestError(f"{who} did not answer in time.", may_have_arrived=True) from _safe(error)
    if 300 <= answer.status < 400:
        raise DigestError(f"{who} leads elsewhere ({answer.status}), which is not followed: copy its address again.")
    return answer


def _not_begun(error: RequestException) -> bool:
    """Whether no connection came about, so that nothing can have arrived."""
    if isinstance(error, ConnectTimeout | SSLError | ProxyError):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(error, NoConnectionError) and isinstance(getattr(cause, "reason", None), NewConnectionError)


def _safe(error: Exception) -> Exception:
    """The kind of an error without its text, which holds the address."""
    return RuntimeError(type(error).__name__)


def _bounded(response: requests.Response) -> bytes:
    held = b""
    for piece in response.iter_content(_PIECE):
        held += piece
        if len(held) >= _MOST_BYTES:
            break
    return held[:_MOST_BYTES]
