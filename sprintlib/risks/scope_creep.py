"""Scope that grew after the start."""

from sprintlib.forecast import count
from sprintlib.risks.model import Risk
from sprintlib.risks.situation import Situation, listed

KIND = "scope_creep"


def detect(situation: Situation) -> list[Risk]:
    """Items that were added after the start and are still inside exceed a share of the committed ones.

    A pull request that carries another item is no further work. A milestone without a due date is a bucket, not a
    commitment: it may grow.
    """
    if situation.sprint.deadline is None:
        return []
    committed = sum(len(part.scope.committed) for part in situation.sprint.parts)
    added = situation.sprint.additions
    limit = situation.thresholds.scope_creep_share
    if not committed or len(added) <= limit * committed:
        return []
    share = len(added) / committed
    return [
        Risk(
            kind=KIND,
            severity="high" if share > 2 * limit and situation.near_due else "medium",
            statement=(
                f"{count(len(added), 'item')} came in after the start, {share:.0%} of the {committed} committed"
                f"{_not_counted(situation)}: {listed(added, 4)}."
            ),
            rule=(
                f"Items added after the start and still inside exceed {100 * limit:g}% of the committed ones; high "
                "above twice that with the deadline near."
            ),
            items=added,
            evidence=situation.cite(added),
        )
    ]


def _not_counted(situation: Situation) -> str:
    """Why the scope counts more additions than the statement."""
    inside = set(situation.sprint.items["ref"])
    added = sum(ref in inside for part in situation.sprint.parts for ref in part.scope.added)
    carrying = added - len(situation.sprint.additions)
    return f", without {count(carrying, 'pull request')} for items that are inside" if carrying else ""
