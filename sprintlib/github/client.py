"""GitHub's REST API, page by page: PyGithub's requester behind a guard that waits, retries and gives up in words.

PyGithub retries nothing here: its own guard knows neither 429 nor a cut body, trusts the local clock, and would sleep
for up to an hour in silence. It asks through a connection of ours, which limits what one answer may cost.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from github import Auth, Github
from requests.exceptions import RequestException
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from sprintlib.errors import (
    CollectError,
    NotFoundError,
    RateLimitError,
    SettingsError,
    TokenError,
    UnreachableError,
)
from sprintlib.github import headers
from sprintlib.github.connection import Connection, CutError, OversizedError, RedirectedError
from sprintlib.github.endpoints import PAGE_SIZE
from sprintlib.github.json_text import DeepError, read_json
from sprintlib.github.refusals import forbidden, message, not_shown
from sprintlib.github.token import Token, is_loopback
from sprintlib.observe.log import LOGGER
from sprintlib.observe.measures import record
from sprintlib.settings import Settings
from sprintlib.text import printable

SECONDS_BETWEEN_REQUESTS = 0.25
_SECONDARY_LIMIT_SECONDS = 60
_LONGEST_RETRY_WAIT = 20.0
# a wait that nobody believes is cut to this
_LONGEST_LIMIT_SECONDS = 30 * 86_400


@dataclass(frozen=True)
class RetryPolicy:
    """How long one request may take and how often it is tried again (5xx, cut or stalled connections)."""

    timeout_seconds: int = 20
    attempts: int = 6
    first_wait_seconds: float = 1.0


@dataclass(frozen=True)
class Response:
    """One answer. `body` is parsed JSON, None where there is none (304)."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(repr=False)

    @property
    def etag(self) -> str | None:
        return self.headers.get("etag")

    @property
    def date(self) -> datetime | None:
        """GitHub's clock (UTC), or None."""
        return headers.http_date(self.headers.get("date"))

    @property
    def next_url(self) -> str | None:
        """Where the next page is, or None on the last page."""
        return headers.linked(self.headers.get("link"), "next")

    @property
    def last_page(self) -> int | None:
        """The number of the last page; None where GitHub does not say. 1 where there is one page only."""
        last = headers.linked(self.headers.get("link"), "last")
        if last is None:
            return None if self.next_url else 1
        return headers.page_number(last)


class _TransientError(Exception):
    """Worth another try."""


class Client:
    """Asks GitHub one request at a time and counts.

    clock_skew: seconds that the local clock is ahead, None before the first answer. remaining: requests left.
    answered: whether anything has answered yet.
    """

    def __init__(self, requester: Any, settings: Settings, token: Token | None, retry_policy: RetryPolicy) -> None:
        self._requester = requester
        self._connection = Connection(_origin(settings.github.api_url), retry_policy.timeout_seconds)
        self._prefix = urlsplit(settings.github.api_url).path.rstrip("/")
        self._api_url = settings.github.api_url
        self._longest_wait = settings.github.wait_for_reset_seconds
        self._token = token
        self._has_token = token is not None
        self._patience = retry_policy
        self.requests = 0
        self.not_modified = 0
        self.clock_skew: float | None = None
        self.remaining: int | None = None
        self.answered = False
        self.on_wait: Callable[[str], None] = LOGGER.warning

    def get(
        self,
        path: str,
        parameters: Mapping[str, Any] | None = None,
        etag: str | None = None,
        accept: Collection[int] = (),
        tries: int | None = None,
    ) -> Response:
        """GET a path below the API root, or a URL from `Response.next_url`.

        etag: answered 304 where nothing changed. accept: status codes to return instead of raising. tries: fewer than
        patience allows.
        Raises TokenError, NotFoundError, RateLimitError, UnreachableError or CollectError with one sentence.
        """
        conditions = {"If-None-Match": etag} if etag else {}
        response = self._when_allowed(lambda: self._try(path, dict(parameters or {}), conditions, tries))
        if response.status in (200, 304) or response.status in accept:
            return response
        raise self._refusal(path, response)

    def post(self, url: str, content: Mapping[str, Any]) -> Response:
        """POST a query, tried twice: who asks for less is answered sooner. Raises what `get` raises."""
        response = self._when_allowed(lambda: self._try(url, {}, {}, 2, content))
        if response.status == 200:
            return response
        raise self._refusal(urlsplit(url).path, response)

    @property
    def graphql_url(self) -> str:
        """Where queries are sent: beside the REST API, and not below `/api/v3` of GitHub Enterprise."""
        return str(self._requester.graphql_url)

    def _when_allowed(self, ask: Callable[[], Response]) -> Response:
        waited, least = 0.0, 1.0
        while True:
            response = ask()
            seconds = _limited_for(response, self.now())
            if seconds is None:
                return response
            if seconds < 1:  # who says "again in 0 seconds" each time is asked less and less often
                seconds, least = least, 2 * least
            waited += seconds
            self.wait_for_reset(seconds, waited)

    def now(self) -> datetime:
        """The time by GitHub's clock, as far as it is known."""
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() - (self.clock_skew or 0.0), UTC)

    def _try(
        self,
        path: str,
        parameters: dict[str, Any],
        headers: dict[str, str],
        tries: int | None,
        content: Mapping[str, Any] | None = None,
    ) -> Response:
        first = self._patience.first_wait_seconds
        retrying = Retrying(
            retry=retry_if_exception_type(_TransientError),
            # an address that never answered is more likely wrong or offline than overloaded
            stop=stop_after_attempt(tries or (self._patience.attempts if self.answered else 3)),
            wait=wait_exponential_jitter(multiplier=first, max=_LONGEST_RETRY_WAIT, jitter=first / 2),
            before_sleep=lambda state: LOGGER.info("trying %s again (attempt %d)", path, state.attempt_number + 1),
            reraise=True,
        )
        try:
            response: Response = retrying(self._once, path, parameters, headers, content)
        except _TransientError as error:
            here = (
                "the demo server has stopped: start one with 'sprint github-server'"
                if is_loopback(self._api_url)
                else None
            )
            raise UnreachableError(
                f"GitHub at {self._api_url} cannot be reached ({error}): "
                f"{here or 'check the network or try again later'}; what had arrived is kept."
            ) from error
        return response

    def _once(
        self, path: str, parameters: dict[str, Any], headers: dict[str, str], content: Mapping[str, Any] | None
    ) -> Response:
        self.requests += 1
        # an address of its own: PyGithub would put that of the REST API before it
        address = self._relative(path) if content is None else path
        verb, sent = ("GET", {}) if content is None else ("POST", {"input": dict(content)})
        try:
            status, answered, text = self._requester.requestJson(
                verb, address, parameters=parameters, headers=dict(headers), cnx=self._connection, **sent
            )
        except RequestException as error:
            raise _TransientError(_reason(error)) from error
        except CutError as error:
            raise _TransientError(str(error)) from error
        except OversizedError as error:
            raise CollectError(f"GitHub gives {error} for {printable(path)}, which is not read.") from error
        except RedirectedError as error:
            if self.answered:
                raise CollectError(f"GitHub leads from {printable(path)} to another host: not followed.") from error
            raise SettingsError(
                f"{self._api_url} redirects elsewhere: correct github.api_url in sprint.toml."
            ) from error
        except ValueError as error:  # an address that a Link or Location header made up
            raise CollectError(f"GitHub gives an address that is none ({printable(error)}).") from error
        self.answered = True
        if status >= 500:
            raise _TransientError(f"it answers {status}")
        self.not_modified += status == 304
        response = Response(status, _parsed(path, status, text), answered)
        self._compare_clocks(response.date)
        remaining = answered.get("x-ratelimit-remaining")
        self.remaining = self.remaining if remaining is None else int(remaining)
        if remaining is not None and self._has_token and answered.get("x-ratelimit-resource", "core") == "core":
            record("github_budget", int(remaining))
        return response

    def _relative(self, url: str) -> str:
        """Paths stay; an absolute URL loses its host, so that a stored position survives a new port or API root."""
        if url.startswith("/"):
            return url
        parts = urlsplit(url)
        return parts.path.removeprefix(self._prefix) + (f"?{parts.query}" if parts.query else "")

    def _compare_clocks(self, there: datetime | None) -> None:
        if there is not None and self.clock_skew is None:
            self.clock_skew = (datetime.now(UTC) - there).total_seconds()

    def wait_for_reset(self, seconds: float, waited: float) -> None:
        """Wait until a limit is over. waited: seconds in all. Raises RateLimitError where that is too long."""
        reset_at = datetime.fromtimestamp(self.now().timestamp() + seconds, UTC)
        local = f"{reset_at.astimezone():%H:%M %Z}"
        if waited > self._longest_wait:
            raise RateLimitError(
                f"GitHub's rate limit is used up until {local}: run 'sprint sync' again then, it goes on where it "
                "stopped." + ("" if self._has_token else " A token raises the limit to 5,000 requests an hour."),
                reset_at,
            )
        self.on_wait(f"GitHub's rate limit is used up: waiting {seconds:.0f} s, until {local}")
        time.sleep(seconds)

    def _refusal(self, path: str, response: Response) -> CollectError:
        path = printable(path)
        name = "/".join(urlsplit(path).path.split("/")[2:4]) or path
        if response.status == 401:
            if self._token and self._token.source:
                self._token.refused()
                origin = self._token.origin
                return TokenError(f"GitHub refused the token of {origin} (401): try again, which takes a new one.")
            if self._has_token:
                return TokenError("GitHub refused the token (401): make a new one and set GITHUB_TOKEN to it.")
            return TokenError("GitHub asks for a token (401): set GITHUB_TOKEN or run 'gh auth login'.")
        if response.status == 403:
            return TokenError(forbidden(path, name, response.body, response.headers, self._has_token))
        if response.status in (404, 410, 451):
            return NotFoundError(not_shown(name, response.status, response.body, self._has_token))
        return CollectError(
            f"GitHub refused {path} ({response.status}: {message(response.body)}): run again with --debug to see more."
        )


class _Auth(Auth.Token):
    """A token that is looked at anew for each request: one of an installation lasts no longer than an hour."""

    def __init__(self, found: Token) -> None:
        super().__init__(found.value)
        self._found = found

    @property
    def token(self) -> str:
        return self._found.current()


def connect(settings: Settings, token: Token | None, retry_policy: RetryPolicy | None = None) -> Client:
    """A client for `github.api_url`. Raises SettingsError for an address that cannot be used."""
    url, retry_policy = settings.github.api_url.rstrip("/"), retry_policy or RetryPolicy()
    if not _is_address(url):
        raise SettingsError(f"github.api_url: '{url}' is not an address such as https://api.github.com.")
    if token and urlsplit(url).scheme == "http" and not is_loopback(url):
        raise SettingsError(f"github.api_url: a token is not sent to {url} without encryption; use https.")
    github = Github(
        base_url=url,
        auth=_Auth(token) if token else None,
        per_page=PAGE_SIZE,
        timeout=retry_policy.timeout_seconds,
        retry=None,
        seconds_between_requests=None if is_loopback(url) else SECONDS_BETWEEN_REQUESTS,
        user_agent="sprintlib",
    )
    return Client(github.requester, settings, token, retry_policy)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _parsed(path: str, status: int, text: str) -> Any:
    if not text:
        return None
    try:
        return read_json(text)
    except DeepError as error:
        raise CollectError(f"The answer for {printable(path)} makes no sense ({error}).") from error
    except ValueError as error:
        if status == 200:
            raise _TransientError("its answer is cut or not JSON") from error
        return None


def _limited_for(response: Response, now: datetime) -> float | None:
    """Seconds until a rate limit is over, by GitHub's own clock; None where the answer is no rate limit."""
    if response.status not in (403, 429):
        return None
    given, there = response.headers, response.date or now
    seconds = headers.retry_after(given.get("retry-after"), there)
    reset = headers.reset_time(given.get("x-ratelimit-reset"))
    if seconds is None and given.get("x-ratelimit-remaining") == "0" and reset:
        seconds = max((reset - there).total_seconds(), 0.0) + 1.0
    if seconds is None and (response.status == 429 or "rate limit" in message(response.body).lower()):
        seconds = float(_SECONDARY_LIMIT_SECONDS)
    return seconds if seconds is None else min(seconds, _LONGEST_LIMIT_SECONDS)


def _reason(error: RequestException) -> str:
    text = str(error)
    if "Name or service not known" in text or "NameResolutionError" in text or "nodename nor servname" in text:
        return "its name does not resolve: no network?"
    if "timed out" in text.lower():
        return "the connection stalled"
    if "refused" in text.lower():
        return "the connection was refused"
    if "certificate" in text.lower():
        return "its certificate is not trusted"
    return "the connection was cut"
