"""What changed in a sprint between two of its analyses: chance, scope, what was closed, and what threatens it now."""

from dataclasses import dataclass

from sprintlib.analysis.model import MilestoneAnalysis
from sprintlib.risks import Risk

_TELLING = ("high", "medium")


@dataclass(frozen=True)
class Changes:
    """Between an earlier analysis of a sprint and a later one.

    chance: the probabilities, 0-1; None where there was no number. added, removed, closed, reopened: items. risks: that
    are there now and were not, the worst first. gone: how many of the earlier ones are no longer there.
    """

    chance: tuple[float | None, float | None]
    added: int
    removed: int
    closed: int
    reopened: int
    risks: tuple[Risk, ...]
    gone: int

    @property
    def points(self) -> int | None:
        """The change of the chance as shown, in whole points; None where one of them is missing."""
        before, after = self.chance
        return None if before is None or after is None else round(100 * after) - round(100 * before)

    @property
    def any(self) -> bool:
        """Whether there is anything to tell."""
        counted = (self.points, self.added, self.removed, self.closed, self.reopened, self.gone)
        return any(counted) or bool(self.risks) or (self.chance[0] is None) != (self.chance[1] is None)


def what_changed(before: MilestoneAnalysis, after: MilestoneAnalysis) -> Changes:
    """From one analysis of a sprint to a later one. A risk is the same where its kind and its items are."""
    was, now = before.scope, after.scope
    ended = (now.done + now.dropped) - (was.done + was.dropped)
    known, current = ({_identity(risk) for risk in one.risks if risk.severity in _TELLING} for one in (before, after))
    return Changes(
        chance=(before.probability, after.probability),
        added=max((now.committed + now.added) - (was.committed + was.added), 0),
        removed=max(now.removed - was.removed, 0),
        closed=max(ended, 0),
        reopened=max(-ended, 0),
        risks=tuple(risk for risk in after.risks if risk.severity in _TELLING and _identity(risk) not in known),
        gone=len(known - current),
    )


def _identity(risk: Risk) -> tuple[str, tuple[str, ...]]:
    return risk.kind, tuple(sorted(risk.items))
