"""A sprint in which nobody does anything that GitHub can see."""

from datetime import datetime

import polars as pl

from sprintlib.forecast import working_days
from sprintlib.risks.model import Risk
from sprintlib.risks.rhythm import human_events, patience, sprint_rhythm
from sprintlib.risks.situation import Situation, listed

KIND = "quiet_milestone"


def detect(situation: Situation) -> list[Risk]:
    """No event, comment, review or commit by a person on any item for longer than the threshold.

    Only with a due date: a bucket may rest. Silence counts by the time left: a week is nothing in half a year.
    """
    sprint, limits = situation.sprint, situation.thresholds
    start = situation.started_at
    if start is None or sprint.deadline is None or start > sprint.past.as_of:
        return []
    last = max(moment for moment in (start, _last_event(situation)) if moment is not None)
    days = sprint.calendar.working_time(last, sprint.past.as_of)
    if days <= limits.quiet_days:  # spares the rest
        return []
    left = sprint.days_left or 0.0
    limit = max(limits.quiet_share * left, patience(limits.quiet_days, sprint_rhythm(sprint), left))
    if days <= limit:
        return []
    refs = situation.pieces
    return [
        Risk(
            kind=KIND,
            severity="high" if situation.near_due else "medium",
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
            evidence=situation.cite(refs),
        )
    ]


def _last_event(situation: Situation) -> datetime | None:
    """When a person last did something on an item of the sprint or a pull request that carries one."""
    past, key = situation.sprint.past, ["repository_id", "number"]
    refs = {*situation.sprint.items["ref"], *situation.pulls["ref"]}
    inside = past.items.filter(pl.col("ref").is_in(refs))
    seen = human_events(situation.sprint).join(inside, on=key, how="semi")
    moments: list[datetime] = seen["at"].to_list()
    return max(moments, default=None)
