"""Every metric over time, with the team's own range; teams, never people."""

from collections.abc import Mapping, Sequence
from datetime import date

from markupsafe import Markup

from sprintlib import views
from sprintlib.analysis import MilestoneAnalysis
from sprintlib.dashboards.widgets import fragments
from sprintlib.dashboards.widgets.view import View
from sprintlib.features import Metric
from sprintlib.views.measurements import amount, cells, families, gist, meaning
from sprintlib.views.small_chart import small_chart
from sprintlib.views.words import count, short_day

_macro = fragments.TEMPLATES.macro


def build(view: View) -> tuple[Markup, ...]:
    """The whole page."""
    milestone = view.milestone
    if milestone is None:
        return (fragments.none_open(view),)
    said = view.facts.trends(view.facts.end_of(view.day) if view.day else view.analysis.as_of)
    found = [
        (name, [_card(metric, said.get(metric.name, ()), view) for metric in metrics])
        for name, metrics in families(milestone)
    ]
    page = _macro("trends.html", "page", milestone.title, _gist(milestone, said), found, *_by_day(milestone, said))
    return (views.wrapped(page),)


def _gist(milestone: MilestoneAnalysis, said: Mapping[str, Sequence[tuple[date, float]]]) -> str:
    days = max((len(points) for points in said.values()), default=0)
    return f"{gist(milestone)} Lines over {count(days, 'day')} of which an analysis is stored."


def _by_day(
    milestone: MilestoneAnalysis, said: Mapping[str, Sequence[tuple[date, float]]]
) -> tuple[list[str], list[list[str]]]:
    """The lines as a table: its head, and a row a day, the newest first; plain numbers, in the unit of the head."""
    metrics = [metric for _, family in families(milestone) for metric in family if metric.name in said]
    values = {metric.name: dict(said[metric.name]) for metric in metrics}
    days = sorted({day for known in values.values() for day in known}, reverse=True)
    head = ["Day", *(f"{cells(metric)[0]}, {metric.unit}" for metric in metrics)]
    rows = [[day.isoformat(), *(_plain(values[metric.name].get(day)) for metric in metrics)] for day in days]
    return head, rows


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _card(metric: Metric, points: Sequence[tuple[date, float]], view: View) -> dict[str, object]:
    """What one metric shows: today's value, its usual range, the line, and what it means."""
    line = list(points)
    if metric.value is not None:
        line = [*(point for point in line if point[0] < view.today), (view.today, metric.value)]
    name, value, usual, n, said, weight = cells(metric)
    told = f"{name}: {value} now"
    if len(line) > 1:
        told += f", {amount(metric, line[0][1])} on {short_day(line[0][0], view.today)}, {len(line)} days"
    questions = [(asked, answer) for asked, answer in meaning(metric.name).items() if asked[:4] != "What"]
    return {
        "metric": metric.name,
        "name": name,
        "value": value,
        "usual": "" if metric.usual is None else usual,
        "between": _between(metric, line, view.today),
        "n": n,
        "window": metric.window,
        "said": said,
        "weight": weight,
        "chart": small_chart(line, metric.usual, told),
        "questions": questions,
        "outside": _outside(metric),
    }


def _between(metric: Metric, line: Sequence[tuple[date, float]], today: date) -> str:
    """`0.30 working days on 18 Sep; since then at least 0.30, at most 1.2 working days`; "" for fewer than two days."""
    values = [value for _, value in line]
    if len(values) < 2 or min(values) == max(values):
        return ""
    first, since = line[0]
    least, most = amount(metric, min(values)), amount(metric, max(values))
    return f"{amount(metric, since)} on {short_day(first, today)}; lowest {least}, highest {most}"


def _outside(metric: Metric) -> str:
    """`above the usual` and the like; "" within it, or where it is not known."""
    if metric.usual is None or metric.value is None:
        return ""
    low, high = metric.usual
    return "above the usual" if metric.value > high else "below the usual" if metric.value < low else ""
