"""The connection that PyGithub's requester asks through: what one answer may cost has limits.

PyGithub reads whole bodies, whatever their size, follows redirects in circles, and stops at a rate limit header that
is no number. Here a body is read piece by piece, redirects are followed on the same origin only, and odd headers are
left out.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from sprintlib.github import headers

# 100 comments of the greatest length that GitHub takes are 6.5 MB, a page of pull requests is some 2 MB
MOST_BYTES = 16 * 1024 * 1024
MOST_SECONDS = 120.0
_MOST_REDIRECTS = 5
_PIECE = 64 * 1024
_REDIRECTS = (301, 302, 307, 308)
_PORTS = {"http": 80, "https": 443}
# PyGithub turns these into numbers without looking
_COUNTS = ("x-ratelimit-remaining", "x-ratelimit-limit")
_RESET = "x-ratelimit-reset"


class OversizedError(Exception):
    """An answer is larger, slower or deeper than anything GitHub gives; the message says which."""


class CutError(Exception):
    """The connection ended in the middle of an answer, or an answer makes no sense; worth another try."""


class RedirectedError(Exception):
    """The API leads to another host."""


@dataclass(frozen=True)
class HttpResponse:
    """An answer as PyGithub's requester reads it."""

    status: int
    headers: Mapping[str, str]
    text: str = field(repr=False)

    def getheaders(self) -> Iterable[tuple[str, str]]:
        return self.headers.items()

    def read(self) -> str:
        return self.text


class Connection:
    """Asks below one origin: GETs, and POSTs of queries. seconds_of_silence: longest wait for the next bytes."""

    def __init__(self, origin: str, seconds_of_silence: float) -> None:
        self._origin = origin
        self._silence = seconds_of_silence
        self._asked: tuple[str, str, Mapping[str, str], str | None] = ("GET", "/", {}, None)
        self._session = requests.Session()
        # or requests would look for a password in ~/.netrc
        self._session.auth = lambda request: request

    def request(self, verb: str, url: str, input: str | None, sent: Mapping[str, str], stream: bool = False) -> None:
        """Note what `getresponse` will ask: PyGithub works in these two steps."""
        if verb != "GET" and (verb, url.endswith("/graphql")) != ("POST", True):
            raise ValueError(f"nothing is written to GitHub: {verb} is not sent")
        self._asked = (verb, url, sent, input)

    def getresponse(self) -> HttpResponse:
        """Ask. Raises OversizedError, CutError, RedirectedError, or an error of requests."""
        verb, path, sent, input = self._asked
        url = f"{self._origin}{path}"
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._ask(verb, url, sent, input)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                return answer
            url = urljoin(url, location)
            if origin_of(url) != origin_of(self._origin):
                raise RedirectedError(url)
        raise CutError("it redirects in a circle")

    def _ask(self, verb: str, url: str, sent: Mapping[str, str], input: str | None) -> HttpResponse:
        until = time.monotonic() + MOST_SECONDS
        body = None if input is None else input.encode()
        with self._session.request(
            verb, url, data=body, headers=dict(sent), timeout=self._silence, allow_redirects=False, stream=True
        ) as response:
            if response.status_code == 202:  # "wait for it", on which PyGithub would ask again for ever
                raise CutError("it answers 202")
            answered = {name.lower(): value for name, value in response.headers.items()}
            return HttpResponse(response.status_code, _with_numbers(answered), _body(response.raw, until))


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port; the port that goes without saying included. Raises ValueError for an odd port."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme)


def _body(raw: Any, until: float) -> str:
    held = bytearray()
    try:
        while piece := raw.read1(_PIECE, decode_content=True):
            held += piece
            if len(held) > MOST_BYTES:
                raise OversizedError(f"an answer of more than {MOST_BYTES // 1024**2} MB")
            if time.monotonic() > until:
                raise OversizedError(f"an answer that takes longer than {MOST_SECONDS:.0f} s")
    except (HTTPError, OSError) as error:
        raise CutError("the connection stalled" if "timed out" in str(error) else "the connection was cut") from error
    return held.decode("utf-8", errors="replace")


def _with_numbers(answered: dict[str, str]) -> dict[str, str]:
    """The headers with those about the rate limit as plain numbers, or without them."""
    numbers = {name: headers.count(answered.pop(name, None)) for name in _COUNTS}
    reset = headers.reset_time(answered.pop(_RESET, None))
    numbers[_RESET] = int(reset.timestamp()) if reset else None
    return answered | {name: str(number) for name, number in numbers.items() if number is not None}
