"""Work in progress that is older than what this team usually needs from beginning to end."""

from datetime import datetime

import polars as pl

from sprintlib.features import temporal
from sprintlib.forecast import working_days
from sprintlib.history.started_work import assigned_or_referenced
from sprintlib.risks import quiet_milestone
from sprintlib.risks.model import Risk, Severity
from sprintlib.risks.context import SprintContext, listed

KIND = "ageing_work"
_LEAST_HISTORY = 8  # merged ones; a percentile of fewer says little
_KEY = ["repository_id", "number"]


def detect(context: SprintContext) -> list[Risk]:
    """Pieces of work begun longer ago than the team's 85th percentile of cycle time, by a factor.

    Nothing in a bucket (Situation.is_bucket), where work may rest, nor while the whole sprint is quiet, which is told
    as such: then everything ages.
    """
    usual = context.view.shared(temporal.cycle_time)
    limit = usual.p85 if usual.n >= _LEAST_HISTORY else None
    if context.is_bucket or not limit:
        return []
    factor, ages = context.thresholds.ageing_factor, _ages(context)
    old = sorted(((age, ref) for ref, age in ages.items() if age > factor * limit), reverse=True)
    if not old or quiet_milestone.detect(context):
        return []
    age, oldest = old[0]
    refs = [ref for _, ref in old]
    others = f"; so {'has' if len(refs) == 2 else 'have'} {listed(refs[1:])}" if len(refs) > 1 else ""
    return [
        Risk(
            kind=KIND,
            severity=_severity(context, age > 2 * factor * limit),
            statement=(
                f"{context.called(oldest)} has been in work for {working_days(round(age, 1))}, and 85% of what the "
                f"team merged lately took {working_days(round(limit, 1))} or less{others}."
            ),
            rule=(
                f"A begun item that is not set aside has been in work for longer than {factor:g} times the 85th "
                "percentile of the team's cycle time, from the first commit of a pull request to its merge: since the "
                "first commit of a pull request that carries it, else since somebody took it or a commit named it. "
                f"Unknown with fewer than {_LEAST_HISTORY} merged in {context.view.window}; not while the whole "
                "sprint is quiet; high when it is twice as old and the deadline is near."
            ),
            items=tuple(refs),
            evidence=context.cite(refs),
        )
    ]


def _ages(context: SprintContext) -> dict[str, float]:
    """Begun pieces that are not set aside -> working days since they were begun."""
    since = _first_commits(context)
    taken_at = _taken_at(context)
    found = {}
    for ref in context.started:
        pulls = [pull for pull in context.pulls_of[ref] if pull in since]
        aside = ref in context.on_hold or (pulls and context.on_hold.issuperset(pulls))
        begun_at = min((since[pull] for pull in pulls), default=taken_at.get(ref))
        if begun_at is not None and not aside:
            found[ref] = context.view.working_days(begun_at, context.view.as_of)
    return found


def _first_commits(context: SprintContext) -> dict[str, datetime]:
    """Pull requests that carry open items -> when their first commit was made, or when they were opened before it."""
    commits = context.view.past.commits.group_by(_KEY).agg(pl.col("committed_at").min())
    pulls = context.pulls.join(commits, on=_KEY, how="left")
    return dict(pulls.select("ref", pl.min_horizontal("created_at", "committed_at")).iter_rows())


def _taken_at(context: SprintContext) -> dict[str, datetime]:
    """Open items -> when somebody took them, or named them in a commit, for the first time since the start."""
    events, start = assigned_or_referenced(context.sprint.past), context.started_at
    since = events if start is None else events.filter(pl.col("happened_at") > start)
    items = context.sprint.open_items.select(*_KEY, "ref").join(since, on=_KEY)
    return dict(items.group_by("ref").agg(pl.col("happened_at").min()).iter_rows())


def _severity(context: SprintContext, very_old: bool) -> Severity:
    levels: tuple[Severity, ...] = ("low", "medium", "high")
    return levels[very_old + context.near_due]
