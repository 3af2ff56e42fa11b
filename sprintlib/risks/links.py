"""Which open pull requests carry an item: those that close it by keyword, or are the item itself."""

import re

import polars as pl

from sprintlib.forecast import Sprint

# GitHub's closing keywords before `#12`, `owner/repo#12` or an issue's URL
_CLOSES = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+"
    r"(?:https://[^\s/]+/(?P<url>[\w.-]+/[\w.-]+)/issues/|(?P<repo>[\w.-]+/[\w.-]+)?#)(?P<number>\d+)",
    re.IGNORECASE,
)


def pulls_of(sprint: Sprint) -> dict[str, list[str]]:
    """Ref of every open item of the sprint -> refs of the open pull requests that carry it."""
    carried: dict[str, list[str]] = {ref: [] for ref in sprint.open_items["ref"]}
    pulls = sprint.past.items.filter((pl.col("kind") == "pull") & (pl.col("state") == "open"))
    for ref, repo, title, body in pulls.select("ref", "repo", "title", "body").sort("ref").iter_rows():
        for closed in {ref, *closed_refs(f"{title}\n{body or ''}", repo)} & carried.keys():
            carried[closed].append(ref)
    return carried


def closed_refs(text: str, repo: str) -> set[str]:
    """Items that a pull request of `repo` says it closes, as `owner/repo#n`."""
    return {f"{match['url'] or match['repo'] or repo}#{match['number']}" for match in _CLOSES.finditer(text)}
