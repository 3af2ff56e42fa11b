"""How far a sprint is: the time that has gone, and the work that somebody has begun."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from sprintlib.forecast import Sprint

# What people do to an issue when they begin it; planning assigns before the start, which says nothing yet.
_BEGINNINGS = ("assigned", "referenced")


def started_at(sprint: Sprint) -> datetime | None:
    """When the first part of the sprint began."""
    return min((part.start for part in sprint.parts if part.start), default=None)


def time_gone(sprint: Sprint) -> float | None:
    """Share of the working time between start and deadline that has passed, 0-1; None without either."""
    start, deadline = started_at(sprint), sprint.deadline
    if start is None or deadline is None:
        return None
    whole = sprint.calendar.working_time(start, deadline)
    gone = sprint.calendar.working_time(start, min(sprint.past.as_of, deadline))
    return gone / whole if whole else 1.0


def pieces(sprint: Sprint, pulls_of: Mapping[str, Sequence[str]]) -> list[str]:
    """Open items, without the pull requests that carry another one of them: each piece of work once."""
    carrying = {pull for item, pulls in pulls_of.items() for pull in pulls if pull != item}
    return [ref for ref in pulls_of if ref not in carrying]


def begun(sprint: Sprint, pulls_of: Mapping[str, Sequence[str]]) -> list[str]:
    """Open pieces of work with a pull request, or which somebody took or mentioned in a commit since the start."""
    start = started_at(sprint)
    touched = sprint.past.events.filter(pl.col("kind").is_in(_BEGINNINGS) & ~pl.col("actor_is_bot"))
    if start is not None:
        touched = touched.filter(pl.col("happened_at") > start)
    taken = sprint.open_items.join(touched, on=["repository_id", "number"], how="semi")
    moved = set(taken["ref"])
    return [ref for ref in pieces(sprint, pulls_of) if pulls_of[ref] or ref in moved]
