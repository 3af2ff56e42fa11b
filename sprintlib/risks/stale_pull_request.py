"""Pull requests of a sprint on which nobody moves."""

from sprintlib.forecast import count, working_days
from sprintlib.risks.model import Risk, Severity
from sprintlib.risks.next_move import NextMove
from sprintlib.risks.rhythm import patience
from sprintlib.risks.situation import Situation, listed, span

KIND = "stale_pull_request"
PLACE = 20
KIND_OF_REST = "more_stale_pull_requests"
_MOST = 5  # told one by one; the rest in one sentence
_OWED = {
    "author": "the author needs to answer",
    "reviewer": "a review is needed",
    "maintainer": "a maintainer needs to decide",
}


def detect(situation: Situation) -> list[Risk]:
    """Open, ready pull requests that carry open items and have had no activity for longer than the threshold.

    Not those that people set aside, nor those whose items wait for another one, which is told as such; nothing in a
    bucket (Situation.is_bucket).
    """
    if situation.is_bucket:
        return []
    waits = stale(situation)
    told = [_risk(situation, ref, move, days) for ref, (move, days) in list(waits.items())[:_MOST]]
    rest = list(waits)[_MOST:]
    if rest:
        told.append(
            Risk(
                kind=KIND_OF_REST,
                severity="low",
                statement=f"{count(len(rest), 'more pull request')} without activity: {listed(rest, 8)}.",
                rule=_rule(situation),
                items=tuple(rest),
                evidence=situation.cite(rest),
            )
        )
    return told


def stale(situation: Situation) -> dict[str, tuple[NextMove, float]]:
    """Stale pull requests with the move they wait for and the working days without one, longest first."""
    sprint, limit = situation.sprint, _limit(situation)
    waits = {
        ref: (move, sprint.calendar.working_time(move.since, sprint.past.as_of))
        for ref, move in situation.moves.items()
        if ref not in situation.parked and not _blocked(situation, ref)
    }
    long = {ref: wait for ref, wait in waits.items() if wait[1] > limit}
    return dict(sorted(long.items(), key=lambda entry: (-entry[1][1], entry[0])))


def _limit(situation: Situation) -> float:
    return patience(
        situation.thresholds.stale_pull_request_days, situation.pull_request_rhythm, situation.sprint.days_left
    )


def _blocked(situation: Situation, ref: str) -> bool:
    waiting = {blockade.item for blockade in situation.blockades}
    return waiting.issuperset(item for item, pulls in situation.pulls_of.items() if ref in pulls)


def _risk(situation: Situation, ref: str, move: NextMove, days: float) -> Risk:
    carried = [item for item, pulls in situation.pulls_of.items() if ref in pulls and item != ref]
    return Risk(
        kind=KIND,
        severity=_severity(situation, days),
        statement=(f"{situation.called(ref)} has had no activity for {span(days)}. {move.reason}: {_OWED[move.role]}."),
        rule=_rule(situation),
        items=(ref, *carried),
        actor=move.who,
        evidence=situation.cite([ref, *carried]),
    )


def _severity(situation: Situation, days: float) -> Severity:
    long = days > 3 * _limit(situation)
    if long and situation.near_due:
        return "high"
    return "medium" if long or situation.near_due else "low"


def _rule(situation: Situation) -> str:
    return (
        "An open pull request that is not a draft, not set aside and not blocked has had no activity by a person for "
        "more than "
        f"{working_days(round(_limit(situation), 1))}{_why(situation)}; high when it is three times as long and the "
        f"deadline is at most {working_days(situation.thresholds.near_due_days)} away."
    )


def _why(situation: Situation) -> str:
    """Where the limit comes from, unless it is the one of the settings."""
    rhythm = situation.pull_request_rhythm
    if rhythm is None or _limit(situation) <= situation.thresholds.stale_pull_request_days:
        return ""
    if _limit(situation) < rhythm.days:
        return " (half of the time left)"
    return f" ({rhythm.words('wait', 'on pull requests')})"
