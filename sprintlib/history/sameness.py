"""Whether two states of a project tell the same of what was before a moment."""

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
    return all(left.equals(right) for left, right in zip(_facts(one, moment), _facts(other, moment), strict=True))


def _facts(past: ProjectState, moment: datetime) -> tuple[pl.DataFrame, ...]:
    was_closed = pl.col("closed_at") <= moment
    items = past.items.filter(pl.col("created_at") <= moment).select(
        pl.all().exclude(_OF_NOW),
        closed_at=pl.when(was_closed).then("closed_at"),
        closed_as=pl.when(was_closed).then("closed_as"),
    )
    return (
        past.repositories.select("repository_id", "repo"),
        past.milestones,
        past.holdings.presence,
        past.holdings.gone,
        items,
        past.memberships.filter(pl.col("entered_at") <= moment),
        past.transitions.filter(pl.col("at") <= moment),
        past.events.filter(pl.col("happened_at") <= moment),
        past.reviews.filter(pl.col("submitted_at") <= moment),
    )
