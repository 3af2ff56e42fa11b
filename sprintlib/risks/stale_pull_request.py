"""Pull requests of a sprint on which nobody moves."""

from sprintlib.forecast import count, working_days
from sprintlib.risks.activity_baseline import inactivity_limit
from sprintlib.risks.context import SprintContext, listed, span
from sprintlib.risks.model import Risk, Severity
from sprintlib.risks.next_actor import NextMove

KIND = "stale_pull_request"
PLACE = 20
KIND_OF_REST = "more_stale_pull_requests"
_MOST = 5  # told one by one; the rest in one sentence
_OWED = {
    "author": "the author needs to answer",
    "reviewer": "a review is needed",
    "maintainer": "a maintainer needs to decide",
}


def detect(context: SprintContext) -> list[Risk]:
    """Open, ready pull requests that carry open items and have had no activity for longer than the threshold.

    Not those that people set aside, nor those whose items wait for another one, which is told as such; nothing in a
    bucket (Situation.is_bucket).
    """
    if context.is_bucket:
        return []
    waits = stale(context)
    told = [_risk(context, ref, move, days) for ref, (move, days) in list(waits.items())[:_MOST]]
    rest = list(waits)[_MOST:]
    if rest:
        told.append(
            Risk(
                kind=KIND_OF_REST,
                severity="low",
                statement=f"{count(len(rest), 'more pull request')} without activity: {listed(rest, 8)}.",
                rule=_rule(context),
                items=tuple(rest),
                evidence=context.cite(rest),
            )
        )
    return told


def stale(context: SprintContext) -> dict[str, tuple[NextMove, float]]:
    """Stale pull requests with the move they wait for and the working days without one, longest first."""
    sprint, limit = context.sprint, _limit(context)
    waits = {
        ref: (move, sprint.calendar.working_time(move.since, sprint.past.as_of))
        for ref, move in context.moves.items()
        if ref not in context.on_hold and not _blocked(context, ref)
    }
    long = {ref: wait for ref, wait in waits.items() if wait[1] > limit}
    return dict(sorted(long.items(), key=lambda entry: (-entry[1][1], entry[0])))


def _limit(context: SprintContext) -> float:
    return inactivity_limit(
        context.thresholds.stale_pull_request_days, context.activity_baseline, context.sprint.days_left
    )


def _blocked(context: SprintContext, ref: str) -> bool:
    waiting = {blocked_item.item for blocked_item in context.blocked_items}
    return waiting.issuperset(item for item, pulls in context.pulls_of.items() if ref in pulls)


def _risk(context: SprintContext, ref: str, move: NextMove, days: float) -> Risk:
    carried = [item for item, pulls in context.pulls_of.items() if ref in pulls and item != ref]
    return Risk(
        kind=KIND,
        severity=_severity(context, days),
        statement=(f"{context.called(ref)} has had no activity for {span(days)}. {move.reason}: {_OWED[move.role]}."),
        rule=_rule(context),
        items=(ref, *carried),
        actor=move.who,
        evidence=context.cite([ref, *carried]),
    )


def _severity(context: SprintContext, days: float) -> Severity:
    long = days > 3 * _limit(context)
    if long and context.near_due:
        return "high"
    return "medium" if long or context.near_due else "low"


def _rule(context: SprintContext) -> str:
    return (
        "An open pull request that is not a draft, not set aside and not blocked has had no activity by a person for "
        "more than "
        f"{working_days(round(_limit(context), 1))}{_why(context)}; high when it is three times as long and the "
        f"deadline is at most {working_days(context.thresholds.near_due_days)} away."
    )


def _why(context: SprintContext) -> str:
    """Where the limit comes from, unless it is the one of the settings."""
    baseline = context.activity_baseline
    if baseline is None or _limit(context) <= context.thresholds.stale_pull_request_days:
        return ""
    if _limit(context) < baseline.days:
        return " (half of the time left)"
    return f" ({baseline.words('wait', 'on pull requests')})"
