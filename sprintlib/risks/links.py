"""Which open pull requests carry an open item: those that close it by keyword, or are the item itself."""

import polars as pl

from sprintlib.forecast import Sprint, closed_refs


def pulls_of(sprint: Sprint) -> dict[str, list[str]]:
    """Ref of every open item of the sprint -> refs of the open pull requests that carry it."""
    carried: dict[str, list[str]] = {ref: [] for ref in sprint.open_items["ref"]}
    pulls = sprint.past.items.filter((pl.col("kind") == "pull") & (pl.col("state") == "open"))
    for ref, repo, title, body in pulls.select("ref", "repo", "title", "body").sort("ref").iter_rows():
        for closed in {ref, *closed_refs(f"{title}\n{body or ''}", repo)} & carried.keys():
            carried[closed].append(ref)
    return carried
