"""The burn-up: scope, what is done, and the projected range up to the due date."""

from datetime import date
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sprintlib.analysis.model import Analysis, MilestoneAnalysis, ProjectionPoint
from sprintlib.imports import import_without_uri_grammar
from sprintlib.views.chart_theme import DONE, HIGH, INK, MUTED, themed
from sprintlib.views.templating import macro, render
from sprintlib.views.vega import chart_html
from sprintlib.views.words import count, day, today

if TYPE_CHECKING:
    import altair as alt

_LONG = 300  # days from which on a day needs its year


def burn_up_chart(analysis: Analysis, milestone: MilestoneAnalysis, height: int = 256) -> "alt.LayerChart":
    """Scope and done by day, the 80% range of the projection, and rules at today and at the due date.

    As wide as its container. Colours are CSS variables: draw it with the SVG renderer.
    """
    import_without_uri_grammar("altair")
    import altair as alt

    now, up = today(analysis, milestone), milestone.burn_up
    past = [{"day": _local(point.day), "scope": point.scope, "done": point.done} for point in up.days]
    last = past[-1:] or []
    ahead = [
        {"day": _local(point.day), "low": point.low, "middle": point.middle, "high": point.high}
        for point in _until(milestone, now)
    ]
    if last and ahead:
        done_now = last[0]["done"]
        ahead.insert(0, {"day": last[0]["day"], "low": done_now, "middle": done_now, "high": done_now})
    first, final = _span(past + ahead, now)
    names = "%b %Y" if (final - first).days > _LONG else "%-d %b"
    days = alt.Axis(format=names, labelOverlap="greedy", labelSeparation=14, tickCount=8, grid=False)
    x = alt.X("day:T", title=None, axis=days)
    layers = [
        *_projection(ahead, x),
        *_past(past, last, ahead, x),
        *_rules(milestone, now, (first, final), _top(milestone)),
    ]
    return themed(alt.layer(*layers), height)


def burn_up_figure(analysis: Analysis, milestone: MilestoneAnalysis, height: int = 256) -> Markup:
    """The chart with its caption, a description for who cannot see it, and the same data as a table."""
    if not milestone.burn_up.days:
        return render("burn_up.html", chart=None)
    ahead = any(point.day > today(analysis, milestone) for point in milestone.burn_up.projection)
    chart = chart_html(burn_up_chart(analysis, milestone, height), describe(analysis, milestone))
    return render("burn_up.html", chart=chart, ahead=ahead, table=burn_up_table(milestone))


def burn_up_table(milestone: MilestoneAnalysis) -> Markup:
    """The days of the burn-up, past and projected; of what lies long back those on which it changed."""
    rows = [[day(p.day), str(p.scope), str(p.done), ""] for p in milestone.burn_up.days]
    rows += [[day(p.day), "", f"{p.middle:.0f}", f"{p.low:.0f} to {p.high:.0f}"] for p in milestone.burn_up.projection]
    head = ("Day", "In scope", "Done or dropped", "80% range")
    return macro("macros.html", "table", "Burn-up", head, rows, (1, 2, 3))


def describe(analysis: Analysis, milestone: MilestoneAnalysis) -> str:
    """The burn-up in one or two sentences."""
    first, last = milestone.burn_up.days[0], milestone.burn_up.days[-1]
    said = (
        f"Burn-up from {day(first.day)} to {day(last.day)}: scope went from {first.scope} to "
        f"{count(last.scope, 'item')}, {last.done} of them are done or dropped."
    )
    at_due = [point for point in milestone.burn_up.projection if point.day == milestone.due_on]
    if at_due:
        said += (
            f" By the due date, {day(milestone.due_on)}, the projection expects {at_due[0].middle:.0f}, "
            f"with 80% probability between {at_due[0].low:.0f} and {at_due[0].high:.0f}."
        )
    return said


def _local(value: date) -> str:
    """Without a zone, so that the browser does not move the day."""
    return f"{value.isoformat()}T00:00:00"


def _until(milestone: MilestoneAnalysis, now: date) -> list[ProjectionPoint]:
    """The projection up to where it matters: past the 85% date, but with the due date never left of the middle."""
    points, dates = list(milestone.burn_up.projection), milestone.forecast_dates
    first = milestone.burn_up.days[0].day if milestone.burn_up.days else now
    if milestone.due_on is None or milestone.due_on <= now:
        return points[: max((now - first).days, 21)]
    full_title = 2 * (milestone.due_on - first).days
    needed = (max(milestone.due_on, dates.p85 or date.max) - first).days * 9 // 8
    return [point for point in points if (point.day - first).days <= max(min(needed, full_title), 10)]


def _top(milestone: MilestoneAnalysis) -> float:
    inside = [point.scope for point in milestone.burn_up.days]
    projected = [point.high for point in milestone.burn_up.projection]
    return max([1.0, *inside, *projected]) * 1.25


def _projection(ahead: list[dict[str, Any]], x: Any) -> list[Any]:
    """The band of the projection, and its middle."""
    import altair as alt

    if not ahead:
        return []
    base = alt.Chart({"values": ahead}).encode(x=x)
    tooltip = [
        alt.Tooltip("day:T", title="Day", format="%a %-d %b %Y"),
        alt.Tooltip("middle:Q", title="Projected", format=".0f"),
        alt.Tooltip("low:Q", title="80% range from", format=".0f"),
        alt.Tooltip("high:Q", title="to", format=".0f"),
    ]
    return [
        base.mark_area(color=DONE, opacity=0.16).encode(y=_y("low"), y2="high:Q"),
        base.mark_line(color=DONE, strokeDash=[5, 4], strokeWidth=1.5).encode(y=_y("middle"), tooltip=tooltip),
    ]


def _past(past: list[dict[str, Any]], last: list[dict[str, Any]], ahead: list[dict[str, Any]], x: Any) -> list[Any]:
    """Scope and what is closed, each named at its end; the scope of today goes on as a thin line."""
    import altair as alt

    if not past:
        return []
    base, end = alt.Chart({"values": past}).encode(x=x), alt.Chart({"values": last}).encode(x=x)
    onwards = [{**last[0], "day": point["day"]} for point in ahead[:1] + ahead[-1:]] or last
    tooltip = [
        alt.Tooltip("day:T", title="Day", format="%a %-d %b %Y"),
        alt.Tooltip("scope:Q", title="In scope"),
        alt.Tooltip("done:Q", title="Done or dropped"),
    ]
    # a short past leaves no room for words on its side
    side: dict[str, Any] = {"align": "right", "dx": -7} if len(past) * 4 > len(ahead) else {"align": "left", "dx": 8}
    label: dict[str, Any] = {**side, "dy": -9, "fontSize": 12, "fontWeight": 600}
    # where both lines end close together, the lower one is named below it
    near = (last[0]["scope"] - last[0]["done"]) * 8 < max(point["scope"] for point in past)
    below = {**label, "dy": 14} if near else label
    return [
        base.mark_area(color=DONE, opacity=0.10).encode(y=_y("done")),
        alt.Chart({"values": onwards})
        .mark_line(color=INK, strokeWidth=1, strokeDash=[1, 3])
        .encode(x=x, y=_y("scope")),
        base.mark_line(color=INK, strokeWidth=1.75, interpolate="step-after").encode(y=_y("scope"), tooltip=tooltip),
        base.mark_line(color=DONE, strokeWidth=2.75).encode(y=_y("done"), tooltip=tooltip),
        end.mark_text(color=INK, **label).encode(y=_y("scope"), text=alt.value(f"Scope {last[0]['scope']}")),
        end.mark_text(color=DONE, **below).encode(y=_y("done"), text=alt.value(f"Closed {last[0]['done']}")),
        end.mark_point(color=DONE, filled=True, size=55, opacity=1).encode(y=_y("done")),
    ]


def _rules(milestone: MilestoneAnalysis, now: date, span: tuple[date, date], top: float) -> list[Any]:
    """Upright lines at the day of the analysis and at the due date, named at their top. span: first and last day."""
    import altair as alt

    due = milestone.due_on
    edge = max(span[1], due) if due else span[1]
    width = (edge - span[0]).days
    marks: list[tuple[date, str, str, list[int], bool]] = []
    # names stand to the right of their line, unless the edge or the other name is near
    ahead = (due - now).days / width if due and width else 1.0  # of the width; negative once the due date is past
    if due:
        marks.append((due, f"Due {due.day} {due:%b}", HIGH, [], (edge - due).days * 6 < width or -0.2 < ahead < 0))
    lower = -0.08 < ahead < 0.2
    as_of = f"As of {now.day} {now:%b}"  # the page may be read, or be made, on any later day
    marks.append((now, as_of, MUTED, [2, 3], 0 <= ahead < 0.125 or (edge - now).days * 10 < width))
    layers: list[Any] = []
    for when, name, color, dash, on_the_left in marks:
        below = lower and name == as_of
        base = alt.Chart({"values": [{"day": _local(when), "top": top}]}).encode(x="day:T")
        side: dict[str, Any] = {"align": "right", "dx": -5} if on_the_left else {"align": "left", "dx": 5}
        layers += [
            base.mark_rule(color=color, strokeDash=dash, strokeWidth=1.25),
            base.mark_text(
                color=color, dy=18 if below else 2, baseline="top", fontSize=12, fontWeight=600, **side
            ).encode(y=_y("top"), text=alt.value(name)),
        ]
    return layers


def _span(rows: list[dict[str, Any]], now: date) -> tuple[date, date]:
    days = [now, *(date.fromisoformat(row["day"][:10]) for row in rows)]
    return min(days), max(days)


def _y(name: str) -> Any:
    """The common y axis, for one column."""
    import altair as alt

    return alt.Y(f"{name}:Q", title=None, axis=alt.Axis(tickMinStep=1, format="d"))
