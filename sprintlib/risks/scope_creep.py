"""Scope that grew after the sprint had been planned."""

from datetime import datetime
from typing import NamedTuple

import polars as pl

from sprintlib.forecast import count
from sprintlib.risks.context import SprintContext, listed
from sprintlib.risks.model import Risk

KIND = "scope_creep"
PLACE = 40
_LONGEST_SPRINT = 20.0  # working days; what is longer is filled over weeks, a sprint on the day it is planned
FIX_DAYS = 3.0  # working days in which a fix comes in and is merged
_LEAST = 2  # a single item more happens in every sprint


def detect(context: SprintContext) -> list[Risk]:
    """Items added after the planning that are further work exceed a share of the planned ones; one is open.

    In a milestone of more than four weeks the first part of the time is planning. A milestone without a due date is a
    bucket, not a commitment: it may grow. So may a sprint of a cadence, which nobody filled.
    """
    limits = context.thresholds
    unplanned = context.sprint.past.source == "cadence"
    if unplanned or context.sprint.deadline is None or context.started_at is None:
        return []
    planning = _planning(context)
    late = _late(context, planning)
    further = tuple(ref for ref in late if not _is_fix(context, late[ref]))
    early = len(context.sprint.additions) - len(late)
    planned = sum(len(part.scope.committed) for part in context.sprint.parts) + early
    too_few = len(further) < _LEAST or len(further) <= limits.scope_creep_share * planned
    if not planned or too_few or context.pulls_of.keys().isdisjoint(further):
        return []
    share = len(further) / planned
    since = f"the first {limits.scope_planning_share:.0%} of the time" if planning else "the sprint started"
    return [
        Risk(
            kind=KIND,
            severity="high" if share > 2 * limits.scope_creep_share and context.near_due else "medium",
            statement=(
                f"{count(len(further), 'item')} were added after {since} ({share:.0%} of the {planned} planned)"
                f"{_not_counted(context, len(late) - len(further))}: {listed(further, 4)}."
            ),
            rule=(
                f"At least {_LEAST} items added after {since} exceed {100 * limits.scope_creep_share:g}% of the "
                "planned ones, and at least one of them is open. Not counted: what was done before it was added or "
                f"within {FIX_DAYS:g} working days of it, and pull requests added in the last {FIX_DAYS:g} working "
                "days, which are usually fixes. High above twice that share when the deadline is near."
            ),
            items=further,
            evidence=context.cite(further),
        )
    ]


class _Addition(NamedTuple):
    """One item that was added late. closed_at: null while it is open."""

    kind: str
    entered_at: datetime
    closed_at: datetime | None


def _planning(context: SprintContext) -> float:
    """Working days from the start in which the milestone is still being filled."""
    sprint, start = context.sprint, context.started_at
    if start is None or sprint.deadline is None:
        return 0.0
    whole = sprint.calendar.working_time(start, sprint.deadline)
    return context.thresholds.scope_planning_share * whole if whole > _LONGEST_SPRINT else 0.0


def _late(context: SprintContext, planning: float) -> dict[str, _Addition]:
    """The additions that came in after the planning, by ref."""
    sprint, start = context.sprint, context.started_at
    entered = (
        sprint.past.memberships.filter(pl.col("left_at").is_null())
        .join(sprint.items, on=["repository_id", "number"])
        .group_by("ref", "kind", "closed_at")
        .agg(pl.col("entered_at").max())
        .select("ref", *_Addition._fields)
    )
    moments = {row[0]: _Addition(*row[1:]) for row in entered.iter_rows()}
    return {
        ref: moments[ref]
        for ref in sprint.additions
        if start is None or not planning or sprint.calendar.working_time(start, moments[ref].entered_at) > planning
    }


def _is_fix(context: SprintContext, addition: _Addition) -> bool:
    """Done within days of being added, or before; or a pull request that was added within days and may be so yet."""
    if addition.closed_at is None and addition.kind != "pull":
        return False
    end = addition.closed_at or context.sprint.past.as_of
    return context.sprint.calendar.working_time(addition.entered_at, end) <= FIX_DAYS


def _not_counted(context: SprintContext, fixes: int) -> str:
    """Why the scope counts more additions than the statement."""
    inside = set(context.sprint.items["ref"])
    added = sum(ref in inside for part in context.sprint.parts for ref in part.scope.added)
    carrying = added - len(context.sprint.additions)
    left_out = [f"{count(carrying, 'pull request')} for items already in it"] if carrying else []
    left_out += [f"{fixes} quick {'fix' if fixes == 1 else 'fixes'}"] if fixes else []
    return f", not counting {' and '.join(left_out)}" if left_out else ""
