"""A small chart of one metric over time with the team's own range, as SVG without a script."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from sprintlib.views.templating import render

WIDTH, HEIGHT = 300, 84
_EDGE, _BOTTOM = 6.0, 16.0


def small_chart(points: Sequence[tuple[date, float]], usual: tuple[float, float] | None, told: str) -> Markup:
    """Line of the values by day, the usual range as a band behind it. told: the same in words. "" for fewer than two.

    points: the oldest first. The axis begins at 0 unless a value lies below it.
    """
    if len(points) < 2:
        return Markup()
    values = [value for _, value in points] + list(usual or ())
    low, high = min(0.0, *values), max(values)
    span, days = (high - low) or 1.0, max((points[-1][0] - points[0][0]).days, 1)

    def x(day: date) -> float:
        return _EDGE + (WIDTH - 2 * _EDGE) * (day - points[0][0]).days / days

    def y(value: float) -> float:
        return _EDGE + (HEIGHT - _EDGE - _BOTTOM) * (1 - (value - low) / span)

    band = (y(usual[1]), max(y(usual[0]) - y(usual[1]), 1.0)) if usual else None
    return render(
        "small_chart.html",
        line=" ".join(f"{x(day):.1f},{y(value):.1f}" for day, value in points),
        end=(f"{x(points[-1][0]):.1f}", f"{y(points[-1][1]):.1f}"),
        band=band,
        base=f"{y(low):.1f}",
        ends=[f"{day.day} {day:%b}" for day in (points[0][0], points[-1][0])],
        told=told,
        size=(WIDTH, HEIGHT),
    )
