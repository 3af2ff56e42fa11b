"""The one look of our Altair charts: colours that follow light, dark and paper, no frame, quiet axes."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import altair as alt

# CSS variables of style.css, so that one drawing follows light, dark and print; the fallbacks are the light theme
INK = "var(--sprint-ink, #1d2327)"
MUTED = "var(--sprint-muted, #59636e)"
LINE = "var(--sprint-line, #dcd9d1)"
DONE = "var(--sprint-done, #0b6b53)"
HIGH = "var(--sprint-high, #b3261e)"


def themed(chart: Any, height: int) -> "alt.LayerChart":
    """The chart in our look, as wide as its container. Draw it with the SVG renderer. height: in pixels."""
    import altair as alt

    found: alt.LayerChart = chart.properties(width="container", height=height, background="transparent").configure(
        font="inherit",
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelColor=MUTED,
            titleColor=MUTED,
            titleFontWeight="normal",
            gridColor=LINE,
            domainColor=LINE,
            tickColor=LINE,
            labelFontSize=12,
            titleFontSize=12,
        ),
    )
    return found
