"""A word-sized chart of the chance over the last days, as SVG without a script."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from sprintlib.views.templating import render
from sprintlib.views.words import percent, short_day

WIDTH, HEIGHT = 120, 30
_EDGE = 4.0


def sparkline(points: Sequence[tuple[date, float]], days: int, until: date) -> Markup:
    """The chance by day over `days` days up to `until`; a dash with fewer than two days. points: oldest first, 0-1."""
    shown = [(day, chance) for day, chance in points if 0 <= (until - day).days <= days]
    if len(shown) < 2:
        return render("sparkline.html", line="", told="", end=None, width=WIDTH, height=HEIGHT)
    places = [(_across(day, days, until), _down(chance)) for day, chance in shown]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    first, last = shown[0], shown[-1]
    told = (
        f"Chance from {percent(first[1])} on {short_day(first[0], until)} "
        f"to {percent(last[1])} on {short_day(last[0], until)}, {len(shown)} days"
    )
    end = tuple(f"{place:.1f}" for place in places[-1])
    return render("sparkline.html", line=line, told=told, end=end, width=WIDTH, height=HEIGHT)


def _across(day: date, days: int, until: date) -> float:
    return _EDGE + (WIDTH - 2 * _EDGE) * (1 - (until - day).days / days)


def _down(chance: float) -> float:
    """0 lies at the bottom and 1 at the top of every chart, so that rows can be compared."""
    return _EDGE + (HEIGHT - 2 * _EDGE) * (1 - min(max(chance, 0.0), 1.0))
