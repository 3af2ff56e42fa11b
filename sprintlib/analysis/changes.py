"""What changed in a sprint between two of its analyses, and how that is said: the one place, for every face."""

from dataclasses import dataclass
from datetime import date

from sprintlib.analysis.model import MilestoneAnalysis
from sprintlib.forecast import count, percent
from sprintlib.risks import Risk

NOTHING = "nothing that matters has changed"
_TELLING = ("high", "medium")
_MOST_RISKS = 2


@dataclass(frozen=True)
class Changes:
    """Between an earlier analysis of a sprint and a later one.

    chance: the probabilities, 0-1; None where there was no number. due: the due dates as they were said at either time.
    added, removed, closed, reopened: items. risks: that are there now and were not, the worst first. gone: how many of
    the earlier ones are no longer there.
    """

    chance: tuple[float | None, float | None]
    added: int
    removed: int
    closed: int
    reopened: int
    risks: tuple[Risk, ...]
    gone: int
    due: tuple[date | None, date | None] = (None, None)

    @property
    def points(self) -> int | None:
        """The change of the chance as shown, in whole points; None where one of them is missing."""
        before, after = self.chance
        return None if before is None or after is None else round(100 * after) - round(100 * before)

    @property
    def any(self) -> bool:
        """Whether there is anything to tell."""
        return bool(told(self))


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
        due=(before.due_on, after.due_on),
    )


def told(changes: Changes) -> list[str]:
    """`chance 27% to 20%`, `2 items in`, `due date moved by 3 days`, the first new risks; plain, empty for nothing."""
    new = list(dict.fromkeys(risk_name(risk.kind) for risk in changes.risks))
    more = len(new) - _MOST_RISKS
    said = [
        _chance(changes),
        f"{count(changes.added, 'item')} in" if changes.added else "",
        f"{count(changes.removed, 'item')} out" if changes.removed else "",
        f"{changes.closed} closed" if changes.closed else "",
        f"{changes.reopened} reopened" if changes.reopened else "",
        _due(*changes.due),
        *(f"new: {name}" for name in new[:_MOST_RISKS]),
        f"{count(more, 'more kind')} of risk" if more > 0 else "",
        f"{count(changes.gone, 'risk')} gone" if changes.gone else "",
    ]
    return [one for one in said if one]


def sentence(since: str, changes: Changes) -> str:
    """`Since Monday: chance 27% to 20%, 2 items in, 1 closed.` since: `Monday`, `the report of Fri 20 Nov`."""
    return f"Since {since}: {', '.join(told(changes)) or NOTHING}."


def mark(changes: Changes | None) -> tuple[str, str]:
    """A sign and words for the change of the chance: `▼ 7 points`; two empty texts where it is the same or unknown."""
    points = changes.points if changes else None
    if not points:
        return "", ""
    return ("▲" if points > 0 else "▼"), count(abs(points), "point")


def risk_name(kind: str) -> str:
    """`failing_ci` as `failing CI`."""
    return kind.replace("_", " ").replace(" ci", " CI")


def _identity(risk: Risk) -> tuple[str, tuple[str, ...]]:
    return risk.kind, tuple(sorted(risk.items))


def _chance(changes: Changes) -> str:
    before, after = changes.chance
    if before is None and after is not None:
        return f"chance now {percent(after)}"
    if before is not None and after is None:
        return f"no number now, it was {percent(before)}"
    return f"chance {percent(before)} to {percent(after)}" if changes.points else ""


def _due(before: date | None, after: date | None) -> str:
    """`due date moved by 3 days to Mon 30 Nov`; "" where it is as it was."""
    if before == after:
        return ""
    if after is None:
        return "due date taken away"
    named = f"{after:%a} {after.day} {after:%b}"
    if before is None:
        return f"due date set to {named}"
    days = (after - before).days
    moved = "moved" if days > 0 else "brought forward"
    return f"due date {moved} by {count(abs(days), 'day')} to {named}"
