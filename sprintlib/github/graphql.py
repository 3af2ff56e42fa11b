"""GitHub's GraphQL API: one query at a time, with what it costs, and how large a page may be."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sprintlib.errors import CollectError, UnreachableError
from sprintlib.github import headers
from sprintlib.github.client import Client, Response
from sprintlib.observe.log import LOGGER
from sprintlib.text import printable

_LIMITED = "RATE_LIMITED"
_MOST_MINUTES = 60
_GIVING_UP = (502, 504)
# what GitHub says of a query that took longer than its ten seconds
_TOO_LONG = ("timeout", "timedout", "something went wrong", "resource limits")


class TooLongError(Exception):
    """A query took GitHub too long: a smaller page may not."""


@dataclass
class PageSize:
    """How many things one query asks for: halved where GitHub gives up, a quarter more after a few that went well."""

    size: int = 20
    most: int = 50
    _well: int = 0

    def shrink(self) -> bool:
        """Halve it. Returns whether it could be smaller."""
        self._well = 0
        smaller = max(self.size // 2, 1)
        could, self.size = smaller < self.size, smaller
        return could

    def grow(self) -> None:
        """Note that a page went well."""
        self._well += 1
        if self._well >= 3:
            self._well, self.size = 0, min(self.size + max(self.size // 4, 1), self.most)


@dataclass(frozen=True)
class GraphQLResponse:
    """What a query gave. partial: paths of what is null because of an error of its own. as_of: by GitHub's clock."""

    data: Mapping[str, Any]
    partial: tuple[str, ...]
    as_of: datetime


class GraphQL:
    """Queries through the client that asks REST: the same token, waits and limits. cost: points spent so far."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.cost = 0

    def ask(self, query: str, variables: Mapping[str, Any]) -> GraphQLResponse:
        """Raises TooLongError, RateLimitError, CollectError and its kinds."""
        waited = 0.0
        while True:
            response = self._post(query, variables)
            body = response.body if isinstance(response.body, Mapping) else {}
            errors = [one for one in body.get("errors") or () if isinstance(one, Mapping)]
            if not any(one.get("type") == _LIMITED for one in errors):
                return self._answer(body, errors, response)
            seconds = self._seconds_until_reset(response)
            waited += seconds
            self._client.wait_for_reset(seconds, waited)

    def _post(self, query: str, variables: Mapping[str, Any]) -> Response:
        try:
            return self._client.post(self._client.graphql_url, {"query": query, "variables": dict(variables)})
        except UnreachableError as error:
            if any(f"it answers {status}" in str(error) for status in _GIVING_UP):
                raise TooLongError(str(error)) from error
            raise

    def _answer(self, body: Mapping[str, Any], errors: list[Mapping[str, Any]], response: Response) -> GraphQLResponse:
        data = body.get("data")
        said = "; ".join(printable(str(one.get("message"))) for one in errors)
        if not isinstance(data, Mapping) or not any(data.values()):
            if any(word in said.lower() for word in _TOO_LONG):
                raise TooLongError(said)
            raise CollectError(f"GitHub refused a query ({said or 'no data'}): 'sprint sync --via rest' does without.")
        self._note_limit(data.get("rateLimit"))
        if errors:
            LOGGER.info("a query was answered in part: %s", said)
        partial = tuple(".".join(map(str, one.get("path") or ())) for one in errors)
        return GraphQLResponse(data, partial, response.date or self._client.now())

    def _note_limit(self, limit: Any) -> None:
        if isinstance(limit, Mapping):
            self.cost += int(limit.get("cost") or 0)
            LOGGER.info(
                "query cost %s, %s left until %s", *(limit.get(key) for key in ("cost", "remaining", "resetAt"))
            )

    def _seconds_until_reset(self, response: Response) -> float:
        reset = headers.reset_time(response.headers.get("x-ratelimit-reset"))
        there = response.date or datetime.fromtimestamp(time.time(), UTC)
        seconds = (reset - there).total_seconds() + 1.0 if reset else 60.0
        return min(max(seconds, 1.0), _MOST_MINUTES * 60.0)
