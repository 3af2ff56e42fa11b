"""Which pull requests carry which items: those that say they close them."""

import re
from collections.abc import Collection
from functools import lru_cache

import polars as pl

from sprintlib.history.state import ProjectState

# GitHub's closing keywords before `#12`, `owner/repo#12` or an issue's URL
_CLOSES = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+"
    r"(?:https://[^\s/]+/(?P<url>[\w.-]+/[\w.-]+)/issues/|(?P<repo>[\w.-]+/[\w.-]+)?#)(?P<number>\d+)",
    re.IGNORECASE,
)


@lru_cache(maxsize=50_000)  # a state that is brought forward holds the same texts again
def closed_refs(text: str, repo: str) -> frozenset[str]:
    """Items that a pull request of `repo` says it closes, as `owner/repo#n`."""
    return frozenset(f"{match['url'] or match['repo'] or repo}#{match['number']}" for match in _CLOSES.finditer(text))


def closing_pull_requests(past: ProjectState, candidates: Collection[str], items: Collection[str]) -> set[str]:
    """Those of the candidates that are pull requests which close one of the items: the same work twice."""
    pulls = past.items.filter(pl.col("ref").is_in(list(candidates)) & (pl.col("kind") == "pull"))
    rows = pulls.select("ref", "repo", "title", "body").iter_rows()
    return {ref for ref, repo, title, body in rows if closed_refs(f"{title}\n{body or ''}", repo) & set(items)}
