"""Whether two states of a project tell the same of what was before a moment."""

from collections.abc import Callable
from datetime import datetime

import polars as pl

from sprintlib.history.state import ProjectState

# what is not kept by `truncate`, or says nothing about scope, pace and who was at work
_OF_NOW = ("state", "closed_at", "closed_as", "milestone", "head_sha", "additions", "deletions", "known_later")


def same_until(one: ProjectState, other: ProjectState, moment: datetime) -> bool:
    """Whether what `truncate` gives for that moment or an earlier one has the same scope, pace and people in both.

    Cheap: frames are compared, nothing is computed. Comments, commits, runs and files do not count; milestones count
    as they are now. False where in doubt, as where rows stand in another order.
    """
    if (one.sprint_parts, one.first_days, one.holdings.former_names) != (
        other.sprint_parts,
        other.first_days,
        other.holdings.former_names,
    ):
        return False
    pairs = zip(_FACTS, _frames(one), _frames(other), strict=True)
    # a state that was brought forward shares what did not change
    return all(left is right or until(left, moment).equals(until(right, moment)) for until, left, right in pairs)


def _frames(past: ProjectState) -> tuple[pl.DataFrame, ...]:
    return (
        past.repositories,
        past.milestones,
        past.holdings.presence,
        past.holdings.gone,
        past.items,
        past.memberships,
        past.transitions,
        past.events,
        past.reviews,
    )


def _whole(frame: pl.DataFrame, _: datetime) -> pl.DataFrame:
    return frame


def _items(items: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    was_closed = pl.col("closed_at") <= moment
    return items.filter(pl.col("created_at") <= moment).select(
        pl.all().exclude(_OF_NOW),
        closed_at=pl.when(was_closed).then("closed_at"),
        closed_as=pl.when(was_closed).then("closed_as"),
    )


def _by(column: str) -> Callable[[pl.DataFrame, datetime], pl.DataFrame]:
    return lambda frame, moment: frame.filter(pl.col(column) <= moment)


# what of each of the frames counts, in their order
_FACTS: tuple[Callable[[pl.DataFrame, datetime], pl.DataFrame], ...] = (
    lambda repositories, _: repositories.select("repository_id", "repo"),
    *(_whole, _whole, _whole),
    _items,
    _by("entered_at"),
    _by("at"),
    _by("happened_at"),
    _by("submitted_at"),
)
