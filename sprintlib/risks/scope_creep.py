"""Scope that grew after the sprint had been planned."""

import polars as pl

from sprintlib.forecast import count
from sprintlib.risks.model import Risk
from sprintlib.risks.context import SprintContext, listed

KIND = "scope_creep"
_LONGEST_SPRINT = 20.0  # working days; what is longer is filled over weeks, a sprint on the day it is planned


def detect(context: SprintContext) -> list[Risk]:
    """Items that came in after the planning and are still inside exceed a share of the planned ones; one is open.

    In a milestone of more than four weeks the first part of the time is planning. A pull request that carries another
    item is no further work. A milestone without a due date is a bucket, not a commitment: it may grow.
    """
    limits = context.thresholds
    if context.sprint.deadline is None or context.started_at is None:
        return []
    planning = _planning(context)
    late = _late(context, planning)
    early = len(context.sprint.additions) - len(late)
    planned = sum(len(part.scope.committed) for part in context.sprint.parts) + early
    if not planned or len(late) <= limits.scope_creep_share * planned or context.pulls_of.keys().isdisjoint(late):
        return []
    share = len(late) / planned
    since = f"the first {limits.scope_planning_share:.0%} of the time" if planning else "the start"
    inside = "inside by then" if planning else "committed"
    return [
        Risk(
            kind=KIND,
            severity="high" if share > 2 * limits.scope_creep_share and context.near_due else "medium",
            statement=(
                f"{count(len(late), 'item')} came in after {since}, {share:.0%} of the {planned} {inside}"
                f"{_not_counted(context)}: {listed(late, 4)}."
            ),
            rule=(
                f"Items added after {since} and still inside exceed {100 * limits.scope_creep_share:g}% of the "
                f"{'items that were inside by then' if planning else 'committed ones'}, and at least one of them is "
                "open; high above twice that with the deadline near."
            ),
            items=late,
            evidence=context.cite(late),
        )
    ]


def _planning(context: SprintContext) -> float:
    """Working days from the start in which the milestone is still being filled."""
    sprint, start = context.sprint, context.started_at
    if start is None or sprint.deadline is None:
        return 0.0
    whole = sprint.calendar.working_time(start, sprint.deadline)
    return context.thresholds.scope_planning_share * whole if whole > _LONGEST_SPRINT else 0.0


def _late(context: SprintContext, planning: float) -> tuple[str, ...]:
    """The additions that came in after the planning."""
    sprint, start = context.sprint, context.started_at
    if start is None or not planning:
        return sprint.additions
    entered = (
        sprint.past.memberships.filter(pl.col("left_at").is_null())
        .join(sprint.items.select("repository_id", "number", "ref"), on=["repository_id", "number"])
        .group_by("ref")
        .agg(pl.col("entered_at").max())
    )
    moments = dict(entered.iter_rows())
    return tuple(ref for ref in sprint.additions if sprint.calendar.working_time(start, moments[ref]) > planning)


def _not_counted(context: SprintContext) -> str:
    """Why the scope counts more additions than the statement."""
    inside = set(context.sprint.items["ref"])
    added = sum(ref in inside for part in context.sprint.parts for ref in part.scope.added)
    carrying = added - len(context.sprint.additions)
    return f", without {count(carrying, 'pull request')} for items that are inside" if carrying else ""
