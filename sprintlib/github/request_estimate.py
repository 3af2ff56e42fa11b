"""How many requests and how long a first collection will take, from a dozen counting requests per repository."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from sprintlib.errors import CollectError
from sprintlib.github.client import SECONDS_BETWEEN_REQUESTS, Client
from sprintlib.github.endpoints import PAGE_SIZE
from sprintlib.github.token import is_loopback
from sprintlib.settings import Settings
from sprintlib.text import printable

# storing what one request brought, on a laptop
_SECONDS_OF_WORK = 0.03
# some timelines are longer than a page: 1,423 pages of 1,395 timelines on secp256k1, 2,167 of 2,104 on bips
_PAGES_A_TIMELINE = 1.03
_COUNTED_AFTERWARDS = 5  # a list of several pages is asked for its length


@dataclass(frozen=True)
class Estimate:
    """What a first collection of some repositories will need.

    requests: GitHub API requests. seconds: how long, if the rate limit does not interrupt. issues, pulls: how many
    there are. remaining: requests left in the current hour, None where GitHub does not say.
    """

    requests: int
    seconds: float
    issues: int
    pulls: int
    remaining: int | None

    @property
    def within_budget(self) -> bool:
        return self.remaining is None or self.requests <= self.remaining


def estimate(client: Client, settings: Settings, repositories: Iterable[str]) -> Estimate:
    """Estimate a first collection. Raises CollectError and its kinds, NotFoundError for one that cannot be seen."""
    counts = []
    asked, started = client.requests, time.monotonic()
    for name in repositories:
        counts.append(_counts(client, settings, name))
    latency = (time.monotonic() - started) / max(client.requests - asked, 1)
    requests = sum(map(_requests, counts))
    pause = 0.0 if is_loopback(settings.github.api_url) else SECONDS_BETWEEN_REQUESTS
    return Estimate(
        requests=requests,
        # the pause is part of the measured time already
        seconds=requests * (max(latency, pause) + _SECONDS_OF_WORK),
        issues=sum(count["items"] - count["pulls"] for count in counts),
        pulls=sum(count["pulls"] for count in counts),
        remaining=client.remaining,
    )


def full_name(client: Client, name: str) -> str:
    """How GitHub spells a repository. Raises CollectError and its kinds, NotFoundError for one that cannot be seen."""
    body = client.get(f"/repos/{name}").body
    spelled = body.get("full_name") if isinstance(body, dict) else None
    if not isinstance(spelled, str):
        raise CollectError(f"The answer about {name} is no repository: check github.api_url in sprint.toml.")
    return printable(spelled)


def _counts(client: Client, settings: Settings, name: str) -> dict[str, int]:
    since = f"{client.now() - timedelta(days=settings.github.details_days):%Y-%m-%dT%H:%M:%SZ}"
    questions: dict[str, tuple[str, dict[str, Any]]] = {
        "items": ("issues", {"state": "all"}),
        "open": ("issues", {"state": "open"}),
        "closed_lately": ("issues", {"state": "closed", "since": since}),
        "pulls": ("pulls", {"state": "all"}),
        "events": ("issues/events", {}),
        "comments": ("issues/comments", {}),
        "review_comments": ("pulls/comments", {}),
        "milestones": ("milestones", {"state": "open"}),
        "runs": ("actions/runs", {}),
    }
    return {key: _count(client, f"/repos/{name}/{path}", query) for key, (path, query) in questions.items()}


def _count(client: Client, path: str, query: dict[str, Any]) -> int:
    """Entries of a list: the number of its last page, at one entry a page. 0 where the token may not see it."""
    response = client.get(path, {**query, "per_page": 1}, accept=(403, 404, 410))
    if response.status != 200:
        return 0
    if isinstance(response.body, dict):
        total = response.body.get("total_count", 0)
        return total if isinstance(total, int) and 0 <= total < 2**31 else 0
    return (response.last_page or 1) if response.body else 0


def _requests(count: dict[str, int]) -> int:
    lists = ("items", "pulls", "events", "comments", "review_comments", "runs")
    pages = sum(max(ceil(count[name] / PAGE_SIZE), 1) for name in lists)
    counting = sum(count[name] > PAGE_SIZE for name in lists[:_COUNTED_AFTERWARDS])
    # a current issue costs a timeline, a current pull request its sizes besides the timeline all of them cost
    current = count["open"] + count["closed_lately"]
    single = ceil(count["pulls"] * _PAGES_A_TIMELINE) + current
    return 3 + count["milestones"] + pages + counting + single
