"""When it will be finished: the share of the futures by day, as SVG without a script."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from markupsafe import Markup

from sprintlib.analysis.model import MilestoneAnalysis
from sprintlib.views.templating import macro, render
from sprintlib.views.words import day, percent, short_day

WIDTH, HEIGHT = 640, 170
_LEFT, _TOP, _BOTTOM = 4.0, 26.0, 24.0
_LEVELS = (0.5, 0.85)
HEAD = ("Day", "Finished on this day", "Finished by its end")


@dataclass(frozen=True)
class Bar:
    """One day. x, y, width, height: in the units of the picture. name: for the axis, or "". in_time: not after due."""

    x: float
    y: float
    width: float
    height: float
    told: str
    name: str
    in_time: bool


def finish_chart(milestone: MilestoneAnalysis, now: date) -> Markup:
    """A bar a working day, with marks at the due date and where half and 85 % of the futures are finished.

    The share beyond the last day shown stands in words. The same as a table below it. "" where there is no forecast.
    """
    points = milestone.finish_by_day
    if not points:
        return Markup()
    shares = [after - before for before, after in pairwise([0.0, *(point.share for point in points)])]
    highest = max(max(shares), 0.01)
    wide = (WIDTH - 2 * _LEFT) / len(points)
    step = max(1, round(len(points) / 8))
    bars = []
    for place, (point, share) in enumerate(zip(points, shares, strict=True)):
        tall = (HEIGHT - _TOP - _BOTTOM) * share / highest
        told = f"{short_day(point.day, now)}: {share:.0%} of the futures finish, {point.share:.0%} by its end"
        name = f"{point.day.day} {point.day:%b}" if place % step == 0 else ""
        in_time = milestone.due_on is None or point.day <= milestone.due_on
        x = _LEFT + place * wide
        bars.append(Bar(x, HEIGHT - _BOTTOM - tall, max(wide - 2, 1), tall, told, name, in_time))
    return render(
        "finish_chart.html",
        bars=bars,
        marks=_marks(milestone, wide, now),
        told=describe(milestone, now),
        rest=_rest(milestone),
        table=_table(milestone, shares),
        size=(WIDTH, HEIGHT, HEIGHT - _BOTTOM),
    )


def describe(milestone: MilestoneAnalysis, now: date) -> str:
    """The distribution in a sentence."""
    dates = milestone.forecast_dates
    said = f"Finished by {short_day(dates.p50, now)} in half of the futures, by {short_day(dates.p85, now)} in 85%."
    if milestone.due_on and milestone.probability is not None:
        said += f" By the due date, {short_day(milestone.due_on, now)}, in {percent(milestone.probability)}."
    return said


def _marks(milestone: MilestoneAnalysis, wide: float, now: date) -> list[tuple[float, str, str, str]]:
    """Place, name, kind and side of the text of the upright lines."""
    days = [point.day for point in milestone.finish_by_day]
    named = [(milestone.due_on, "Due", "due"), (milestone.forecast_dates.p50, "50%", "level")]
    named.append((milestone.forecast_dates.p85, "85%", "level"))
    found = []
    for when, name, kind in named:
        if when is None or not days[0] <= when:
            continue
        place = sum(day <= when for day in days)
        if place == len(days) and when > days[-1]:
            continue
        x = _LEFT + place * wide - 1
        side = "end" if x > WIDTH * 0.8 else "start"
        found.append((x, f"{name} {when.day} {when:%b}", kind, side))
    return found


def _rest(milestone: MilestoneAnalysis) -> str:
    last = milestone.finish_by_day[-1]
    return f"{1 - last.share:.0%} of the futures finish after {day(last.day)}." if last.share < 0.995 else ""


def _table(milestone: MilestoneAnalysis, shares: list[float]) -> Markup:
    rows = [
        [day(point.day), f"{share:.0%}", f"{point.share:.0%}"]
        for point, share in zip(milestone.finish_by_day, shares, strict=True)
    ]
    return macro("macros.html", "table", "Finish by day", HEAD, rows, (1, 2))
