"""A sprint in which nobody does anything that GitHub can see."""

from datetime import datetime, timedelta

import polars as pl

from sprintlib.forecast import working_days
from sprintlib.risks.activity_baseline import human_events, inactivity_limit, sprint_rhythm
from sprintlib.risks.context import SprintContext, listed, span
from sprintlib.risks.model import Play, Risk
from sprintlib.risks.stale_pull_request import stale

KIND = "quiet_milestone"
PLACE = 60
PLAY = Play("PB-005", "Ask in the next stand-up what becomes of {items}, and write it on the item.")
_LEFT_OVER_DAYS = 14  # by the calendar


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
    if _told_elsewhere(context, refs):
        return []
    return [
        Risk(
            kind=KIND,
            severity="high" if context.near_due else "medium",
            statement=(f"No activity on any item of this sprint for {span(days)}. Still open: {listed(refs, 4)}."),
            rule=(
                "No event, comment, review or commit by a person on any item of the sprint or a pull request that "
                f"carries one for more than {working_days(round(limit, 1))}, counted from the start at the earliest: "
                f"the longest of {working_days(limits.quiet_days)}, {limits.quiet_share:.0%} of the working time left, "
                "and the gap that 85% of this team's gaps do not exceed (of that at most half of the time left). Not "
                "where a stale pull request carries every open item, nor while an earlier sprint of the same "
                "repositories is open: that is where the silence is told. High when the deadline is near."
            ),
            items=tuple(refs),
            evidence=context.cite(refs),
        )
    ]


def _told_elsewhere(context: SprintContext, refs: list[str]) -> bool:
    """The same silence is told already: by stale pull requests that carry everything, or in the sprint due before.

    A sprint that has been overdue for longer than _LEFT_OVER_DAYS is a left-over and tells nothing for the next one.
    """
    silent = stale(context)
    if all(any(pull in silent for pull in context.pulls_of[ref]) for ref in refs):
        return True
    sprint, past = context.sprint, context.sprint.past
    open_items = past.items.filter(state="open").select("repository_id", number="milestone")
    others = past.milestones.filter(
        (pl.col("state") == "open")
        & (pl.col("title") != sprint.title)
        & pl.col("repository_id").is_in([part.repository_id for part in sprint.parts])
    ).join(open_items, on=["repository_id", "number"], how="semi")
    oldest = sprint.calendar.local_date(past.as_of) - timedelta(days=_LEFT_OVER_DAYS)
    return sprint.due_on is not None and any(
        oldest <= due_on < sprint.due_on for due_on in others["due_on"].drop_nulls()
    )


def _last_event(context: SprintContext) -> datetime | None:
    """When a person last did something on an item of the sprint or a pull request that carries one."""
    past, key = context.sprint.past, ["repository_id", "number"]
    refs = {*context.sprint.items["ref"], *context.pulls["ref"]}
    inside = past.items.filter(pl.col("ref").is_in(refs))
    seen = human_events(context.sprint).join(inside, on=key, how="semi")
    moments: list[datetime] = seen["at"].to_list()
    return max(moments, default=None)
