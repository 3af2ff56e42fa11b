"""The what-if as part of an address: what a link `try it` supposes, and what an address asks to suppose."""

import shlex
from datetime import date

from sprintlib.analysis import MilestoneAnalysis
from sprintlib.dashboards.widgets.request import Request
from sprintlib.errors import AnalysisError
from sprintlib.forecast import Change

NAMES = ("drop", "unblock", "review", "due", "people", "away")
_MOST_PEOPLE, _MOST_DAYS = 50, 260


def try_it(request: Request, milestone: MilestoneAnalysis, change: Change | None) -> str:
    """The address of the milestone's page with this supposed; "" for nothing that could be."""
    if change is None:
        return ""
    return f"{request.on('milestone', milestone.key, **parameters(change)).address}#what-if"


def parameters(change: Change) -> dict[str, str | tuple[str, ...]]:
    """A change as options of an address."""
    return {
        "drop": change.drop,
        "unblock": change.unblock,
        "review": change.review,
        "due": change.due_on.isoformat() if change.due_on else "",
        "people": str(change.people) if change.people else "",
        "away": f"{change.away_days:g}" if change.away_days else "",
    }


def asked_change(request: Request) -> Change:
    """The change that an address asks for. Raises AnalysisError for a day or a number that is none."""
    options = request.options
    due_on = _day(request.option("due"))
    return Change(
        drop=tuple(options.get("drop", ())),
        unblock=tuple(options.get("unblock", ())),
        review=tuple(options.get("review", ())),
        due_on=None if due_on == _day(request.option("due_now")) else due_on,  # a form says the present one too
        people=int(_number(request.option("people"), -_MOST_PEOPLE, _MOST_PEOPLE)),
        away_days=_number(request.option("away"), 0, _MOST_DAYS),
    )


def command(milestone: MilestoneAnalysis, change: Change, day: date | None) -> str:
    """The same as a command for a terminal. day: as of the end of which it is supposed; None is now."""
    words = ["sprint whatif", "--milestone", shlex.quote(milestone.title)]
    words += ["--as-of", day.isoformat()] if day else []
    for name in ("drop", "unblock", "review"):
        for ref in getattr(change, name):
            words += [f"--{name}", shlex.quote(ref)]
    words += ["--move-due", change.due_on.isoformat()] if change.due_on else []
    words += [f"--people={change.people}"] if change.people else []
    words += ["--away", f"{change.away_days:g}"] if change.away_days else []
    return " ".join(words)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise AnalysisError(f"'{text}' is no day: write one such as 2026-11-27.") from None


def _number(text: str, low: float, high: float) -> float:
    try:
        value = float(text) if text else 0.0
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise AnalysisError(f"'{text}' is no number between {low:g} and {high:g}.")
    return value
