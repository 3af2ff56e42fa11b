"""What changed in a sprint, in a few words each."""

from sprintlib.services.changes import Changes
from sprintlib.views.words import count, percent

_MOST_RISKS = 2


def told(changes: Changes) -> list[str]:
    """`chance 27% to 20%`, `2 items in`, `1 closed`, and the first new risks by name; plain text, empty for nothing."""
    new = list(dict.fromkeys(risk_name(risk.kind) for risk in changes.risks))
    more = len(new) - _MOST_RISKS
    said = [
        _chance(changes),
        f"{count(changes.added, 'item')} in" if changes.added else "",
        f"{count(changes.removed, 'item')} out" if changes.removed else "",
        f"{changes.closed} closed" if changes.closed else "",
        f"{changes.reopened} reopened" if changes.reopened else "",
        *(f"new: {name}" for name in new[:_MOST_RISKS]),
        f"{count(more, 'more kind')} of risk" if more > 0 else "",
        f"{count(changes.gone, 'risk')} gone" if changes.gone else "",
    ]
    return [one for one in said if one]


def mark(changes: Changes | None) -> tuple[str, str]:
    """A sign and words for the change of the chance: `▼ 7 points`; two empty texts where it is the same or unknown."""
    points = changes.points if changes else None
    if not points:
        return "", ""
    return ("▲" if points > 0 else "▼"), count(abs(points), "point")


def risk_name(kind: str) -> str:
    """`failing_ci` as `failing CI`."""
    return kind.replace("_", " ").replace(" ci", " CI")


def _chance(changes: Changes) -> str:
    before, after = changes.chance
    if before is None and after is not None:
        return f"chance now {percent(after)}"
    return f"chance {percent(before)} to {percent(after)}" if changes.points else ""
