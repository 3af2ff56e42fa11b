"""What somebody has begun: items that a pull request carries, that somebody took, or that a commit mentions."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from sprintlib.history.closing_pull_requests import closed_refs
from sprintlib.history.sprint import Sprint
from sprintlib.history.state import ProjectState

# What people do to an issue when they begin it; planning assigns before the start, which says nothing yet.
_BEGINNINGS = ("assigned", "referenced")


def assigned_or_referenced(past: ProjectState) -> pl.DataFrame:
    """Events (schema EVENTS) by which people begin an issue: they take it, or mention it in a commit."""
    return past.events.filter(pl.col("kind").is_in(_BEGINNINGS) & ~pl.col("actor_is_bot"))


def started_at(sprint: Sprint) -> datetime | None:
    """When the first part of the sprint began; None before any item was inside."""
    return min((part.start for part in sprint.parts if part.start), default=None)


def pulls_of(sprint: Sprint) -> dict[str, list[str]]:
    """Ref of every open item of the sprint -> refs of the open pull requests that carry it; one carries itself."""
    carried: dict[str, list[str]] = {ref: [] for ref in sprint.open_items["ref"]}
    pulls = sprint.past.items.filter((pl.col("kind") == "pull") & (pl.col("state") == "open"))
    for ref, repo, title, body in pulls.select("ref", "repo", "title", "body").sort("ref").iter_rows():
        for closed in {ref, *closed_refs(f"{title}\n{body or ''}", repo)} & carried.keys():
            carried[closed].append(ref)
    return carried


def started(sprint: Sprint, pulls_of: Mapping[str, Sequence[str]]) -> set[str]:
    """Open items with an open pull request, or which somebody took or mentioned in a commit since the start."""
    start, touched = started_at(sprint), assigned_or_referenced(sprint.past)
    if start is not None:
        touched = touched.filter(pl.col("happened_at") > start)
    moved = sprint.open_items.join(touched, on=["repository_id", "number"], how="semi")
    return {*moved["ref"], *(ref for ref, pulls in pulls_of.items() if pulls)}
