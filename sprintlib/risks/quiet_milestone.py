"""A sprint in which nobody does anything that GitHub can see."""

from datetime import datetime

import polars as pl

from sprintlib.forecast import working_days
from sprintlib.risks.model import Risk
from sprintlib.risks.situation import Situation, listed

KIND = "quiet_milestone"


def detect(situation: Situation) -> list[Risk]:
    """No event, comment, review or commit by a person on any item for longer than the threshold.

    Only with a due date: a bucket may rest.
    """
    sprint, limit = situation.sprint, situation.thresholds.quiet_days
    start = situation.started_at
    if start is None or sprint.deadline is None or start > sprint.past.as_of:
        return []
    last = max(moment for moment in (start, _last_event(situation)) if moment is not None)
    days = sprint.calendar.working_time(last, sprint.past.as_of)
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
                f"carries one for more than {working_days(limit)}, counted from the start at the earliest; high when "
                "the deadline is near."
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
    moments = (
        past.events.filter(~pl.col("actor_is_bot")).select(*key, at="happened_at"),
        past.comments.filter(~pl.col("author_is_bot")).select(*key, at="created_at"),
        past.reviews.filter(~pl.col("author_is_bot")).select(*key, at="submitted_at"),
        past.commits.filter(pl.col("number").is_not_null()).select(*key, at="committed_at"),
        inside.filter(~pl.col("author_is_bot")).select(*key, at="created_at"),
    )
    seen = pl.concat(moments).join(inside, on=key, how="semi")
    return None if seen.is_empty() else max(seen["at"])
