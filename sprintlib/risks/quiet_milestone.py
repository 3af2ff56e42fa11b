"""A sprint in which nobody does anything that GitHub can see."""

from datetime import datetime

import polars as pl

from sprintlib.forecast import working_days
from sprintlib.risks.model import Risk
from sprintlib.risks.activity_baseline import human_events, inactivity_limit, sprint_rhythm
from sprintlib.risks.context import SprintContext, listed

KIND = "quiet_milestone"


def detect(context: SprintContext) -> list[Risk]:
    """No event, comment, review or commit by a person on any item for longer than the threshold.

    Only with a due date: a bucket may rest. Silence counts by the time left: a week is nothing in half a year.
    """
    sprint, limits = context.sprint, context.thresholds
    start = context.started_at
    if start is None or sprint.deadline is None or start > sprint.past.as_of:
        return []
    last = max(moment for moment in (start, _last_event(context)) if moment is not None)
    days = sprint.calendar.working_time(last, sprint.past.as_of)
    if days <= limits.quiet_days:  # spares the rest
        return []
    left = sprint.days_left or 0.0
    limit = max(limits.quiet_share * left, inactivity_limit(limits.quiet_days, sprint_rhythm(sprint), left))
    if days <= limit:
        return []
    refs = context.work_items
    return [
        Risk(
            kind=KIND,
            severity="high" if context.near_due else "medium",
            statement=(
                f"Nobody has touched an item of this sprint for {working_days(round(days, 1))}; "
                f"{listed(refs, 4)} {'is' if len(refs) == 1 else 'are'} open."
            ),
            rule=(
                "No event, comment, review or commit by a person on any item of the sprint or a pull request that "
                f"carries one for more than {working_days(round(limit, 1))}, counted from the start at the earliest: "
                f"the longest of {working_days(limits.quiet_days)}, {limits.quiet_share:.0%} of the working time left, "
                "and the gap that 85% of this team's gaps do not exceed (of that at most half of the time left). High "
                "when the deadline is near."
            ),
            items=tuple(refs),
            evidence=context.cite(refs),
        )
    ]


def _last_event(context: SprintContext) -> datetime | None:
    """When a person last did something on an item of the sprint or a pull request that carries one."""
    past, key = context.sprint.past, ["repository_id", "number"]
    refs = {*context.sprint.items["ref"], *context.pulls["ref"]}
    inside = past.items.filter(pl.col("ref").is_in(refs))
    seen = human_events(context.sprint).join(inside, on=key, how="semi")
    moments: list[datetime] = seen["at"].to_list()
    return max(moments, default=None)
