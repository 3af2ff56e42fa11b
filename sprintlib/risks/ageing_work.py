"""Work in progress that is older than what this team usually needs from beginning to end."""

from datetime import datetime, timedelta

import polars as pl

from sprintlib.features import temporal
from sprintlib.history.started_work import assigned_or_referenced
from sprintlib.risks import quiet_milestone
from sprintlib.risks.context import SprintContext, listed, span
from sprintlib.risks.model import Play, Risk, Severity

KIND = "ageing_work"
PLACE = 90
PLAY = Play("PB-005", "Raise {items} first in the next stand-up: swarm for half a day, or put it back.")
_LEAST_HISTORY = 8  # merged ones; a percentile of fewer says little
BRANCH_DAYS = 14  # before a pull request is opened, in which its commits are work on it; older ones lay about
_LANDING_DAYS = 1.0  # after an approval, in which whoever can merge it is not late
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
    others = f". Also over that limit: {listed(refs[1:])}" if len(refs) > 1 else ""
    return [
        Risk(
            kind=KIND,
            severity=_severity(context, age > 2 * factor * limit),
            statement=(
                f"{context.called(oldest)} has been in progress for {span(age)}; 85% of what the team merged "
                f"recently took {span(limit)} or less{others}."
            ),
            rule=(
                f"An item has been in progress for longer than {factor:g} times the 85th percentile of the team's "
                "cycle time, which runs from the first commit of a pull request to its merge: since its pull request "
                f"was opened, or its first commit at most {BRANCH_DAYS} days before that, else since somebody took it "
                "or a commit named it. Not what is set aside or was approved within a working day, nor while the "
                f"whole sprint is quiet; unknown with fewer than {_LEAST_HISTORY} merged in {context.view.window}. "
                "High when it is twice as old and the deadline is near."
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
        resting = context.on_hold | {pull for pull in pulls if _is_landing(context, pull)}
        aside = ref in context.on_hold or (pulls and resting.issuperset(pulls))
        begun_at = min((since[pull] for pull in pulls), default=taken_at.get(ref))
        if begun_at is not None and not aside:
            found[ref] = context.view.working_days(begun_at, context.view.as_of)
    return found


def _is_landing(context: SprintContext, pull: str) -> bool:
    """Somebody approved what is there, and the pull request moved within the last working day."""
    move = context.moves.get(pull)
    return bool(move and move.approved and context.view.working_days(move.since, context.view.as_of) <= _LANDING_DAYS)


def _first_commits(context: SprintContext) -> dict[str, datetime]:
    """Pull requests that carry open items -> when work on them began: their first commit, or when they were opened."""
    near = pl.col("created_at") - timedelta(days=BRANCH_DAYS)
    started = (
        context.pulls.join(context.view.past.commits.select(*_KEY, "committed_at"), on=_KEY, how="left")
        .with_columns(at=pl.when(pl.col("committed_at") >= near).then("committed_at"))
        .group_by("ref", "created_at")
        .agg(pl.col("at").min())
    )
    return dict(started.select("ref", pl.min_horizontal("created_at", "at")).iter_rows())


def _taken_at(context: SprintContext) -> dict[str, datetime]:
    """Open items -> when somebody took them, or named them in a commit, for the first time since the start."""
    events, start = assigned_or_referenced(context.sprint.past), context.started_at
    since = events if start is None else events.filter(pl.col("happened_at") > start)
    items = context.sprint.open_items.select(*_KEY, "ref").join(since, on=_KEY)
    return dict(items.group_by("ref").agg(pl.col("happened_at").min()).iter_rows())


def _severity(context: SprintContext, very_old: bool) -> Severity:
    levels: tuple[Severity, ...] = ("low", "medium", "high")
    return levels[very_old + context.near_due]
