"""How work flows: cycle times of merged pull requests with their percentiles, and open work by how long it stands."""

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sprintlib.imports import import_without_uri_grammar
from sprintlib.services.stage_times import FEWEST, WINDOW_DAYS, Flow, StageTimes
from sprintlib.views.chart_theme import DONE, HIGH, INK, MUTED, themed
from sprintlib.views.markup import short
from sprintlib.views.templating import macro
from sprintlib.views.vega import chart_html
from sprintlib.views.words import count

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    import altair as alt

STAGE_NAMES = {
    "cycle": "All of it",
    "coding": "Coding",
    "pickup": "Waiting for review",
    "review": "In review",
    "merge": "Waiting for merge",
}
_STAGES = tuple(STAGE_NAMES)[1:]
_HEIGHT = 240
_NAMED = 16  # items, beyond which their names would cover one another
_TEMPLATE = "flow_charts.html"


def cycle_time_figure(flow: Flow, known: frozenset[str], local: "Callable[[datetime], date]") -> Markup:
    """Cycle times as dots by the day of the merge, the percentiles by stage, and the data as a table.

    known: repositories whose owner goes without saying. local: the project's day of a moment.
    """
    if not flow.merged:
        reason = f"No pull request of a person was merged in the last {WINDOW_DAYS} days."
        return macro(_TEMPLATE, "cycle_times", None, reason, "", "", "")
    chart = chart_html(cycle_time_chart(flow, known, local), describe_cycle_times(flow))
    times = [
        [STAGE_NAMES[one.stage], _days(one.p50), _days(one.p85), str(one.n)]
        for one in (flow.of("cycle"), *(flow.of(stage) for stage in _STAGES))
    ]
    head = ("Working days", "50%", "85%", "n")
    percentiles = macro("macros.html", "table", "Where the time goes", head, times, (1, 2, 3))
    rows = [
        [
            macro("macros.html", "link", None, short(pull.ref, known), pull.ref),
            pull.title,
            local(pull.merged_at).isoformat(),
            *(_days(span) for span in (pull.cycle, *pull.spans)),
        ]
        for pull in reversed(flow.merged)
    ]
    columns = ("Pull request", "Title", "Merged", *STAGE_NAMES.values())
    said = describe_cycle_times(flow)
    return macro(_TEMPLATE, "cycle_times", chart, _few(flow), said, percentiles, _table("Cycle times", columns, rows))


def cycle_time_chart(flow: Flow, known: frozenset[str], local: "Callable[[datetime], date]") -> "alt.LayerChart":
    """A dot a merged pull request: the day of the merge, and working days from the first commit to it."""
    import_without_uri_grammar("altair")
    import altair as alt

    dots = [
        {"day": f"{local(pull.merged_at)}T00:00:00", "days": round(pull.cycle, 2), "item": short(pull.ref, known)}
        | {"title": pull.title}
        | {stage: _days(span) for stage, span in zip(_STAGES, pull.spans, strict=True)}
        for pull in flow.merged
    ]
    tooltip = [
        alt.Tooltip("item:N", title="Item"),
        alt.Tooltip("title:N", title="Title"),
        alt.Tooltip("days:Q", title="Working days", format=".1f"),
        *(alt.Tooltip(f"{stage}:N", title=STAGE_NAMES[stage]) for stage in _STAGES),
    ]
    base = alt.Chart({"values": dots}).encode(
        x=alt.X(
            "day:T",
            title=None,
            axis=alt.Axis(format="%-d %b", labelOverlap="greedy", labelSeparation=14, tickCount=8, grid=False),
        ),
        y=_working_days(alt),
    )
    points = base.mark_point(color=DONE, filled=True, size=46, opacity=0.65).encode(tooltip=tooltip)
    return themed(alt.layer(points, *_levels(alt, flow.of("cycle"))), _HEIGHT)


def ageing_figure(flow: Flow, known: frozenset[str]) -> Markup:
    """Open work by stage and how long it has stood there, beside the team's own percentiles; the same as a table."""
    if not flow.ageing:
        return macro(_TEMPLATE, "ageing", None, "Nothing is in progress: no open item has been started.", "", "")
    chart = chart_html(ageing_chart(flow, known), describe_ageing(flow, known))
    rows = [
        [
            short(one.ref, known),
            one.title,
            STAGE_NAMES[one.stage],
            _days(one.days),
            _days(flow.of(one.stage).p85),
            _beside(one.days, flow.of(one.stage)),
        ]
        for one in flow.ageing
    ]
    head = ("Item", "Title", "Stage", "Working days in it", "85% within", "Beside the team's own")
    table = macro("macros.html", "table", "Work in progress", head, rows)
    return macro(_TEMPLATE, "ageing", chart, _few(flow), describe_ageing(flow, known), table)


def ageing_chart(flow: Flow, known: frozenset[str]) -> "alt.LayerChart":
    """A mark an item in the column of its stage; lines where half and 85 % of merged pull requests had left it."""
    import_without_uri_grammar("altair")
    import altair as alt

    x = alt.X(
        "place:Q", title=None, scale=alt.Scale(domain=[-0.5, len(_STAGES) - 0.5], nice=False), axis=_stage_axis(alt)
    )
    base = alt.Chart({"values": _ageing_rows(flow, known)}).encode(x=x, y=_working_days(alt))
    old = alt.datum.beside == LONGER
    color = alt.condition(old, alt.value(HIGH), alt.value(DONE))
    tooltip = [
        alt.Tooltip("item:N", title="Item"),
        alt.Tooltip("title:N", title="Title"),
        alt.Tooltip("days:Q", title="Working days in this stage", format=".1f"),
        alt.Tooltip("beside:N", title="Beside the team's own"),
    ]
    marks = base.mark_point(filled=True, size=80, opacity=0.85).encode(
        color=color, shape=alt.condition(old, alt.value("triangle-up"), alt.value("circle")), tooltip=tooltip
    )
    names = base.mark_text(align="left", dx=8, fontSize=11).encode(text="item:N", color=color)
    few = len(flow.ageing) <= _NAMED
    return themed(alt.layer(*_stage_levels(alt, flow, x), marks, *([names] if few else [])), _HEIGHT)


def _ageing_rows(flow: Flow, known: frozenset[str]) -> list[dict[str, object]]:
    """The marks: `place` is the column of the stage, beside one another within it."""
    rows: list[dict[str, object]] = []
    for column, stage in enumerate(_STAGES):
        inside = [one for one in flow.ageing if one.stage == stage]
        for place, one in enumerate(inside):
            rows.append(
                {
                    "place": round(column - 0.36 + 0.72 * (place + 0.5) / len(inside), 3),
                    "days": round(one.days, 2),
                    "item": short(one.ref, known),
                    "title": one.title,
                    "beside": _beside(one.days, flow.of(stage)) or "not known",
                }
            )
    return rows


def _stage_axis(alt: Any) -> Any:
    """The names of the stages under their columns, on two lines so that they fit a phone."""
    lines = [STAGE_NAMES[stage].rsplit(" ", 1) for stage in _STAGES]
    return alt.Axis(
        values=list(range(len(_STAGES))), labelExpr=f"{json.dumps(lines)}[datum.value]", grid=False, ticks=False
    )


def _stage_levels(alt: Any, flow: Flow, x: Any) -> list[Any]:
    """Short lines across each column at the percentiles of its stage, the upper one named."""
    rows = [
        {"place": column - 0.42, "end": column + 0.42, "days": value, "name": name}
        for column, stage in enumerate(_STAGES)
        for value, name in ((flow.of(stage).p50, "50%"), (flow.of(stage).p85, "85%"))
        if value is not None
    ]
    if not rows:
        return []
    base = alt.Chart({"values": rows}).encode(y=_working_days(alt))
    dash = alt.condition(alt.datum.name == "85%", alt.value([1, 0]), alt.value([3, 3]))
    upper = base.transform_filter(alt.datum.name == "85%")
    return [
        base.mark_rule(color=INK, strokeWidth=1.25).encode(x=x, x2="end:Q", strokeDash=dash),
        upper.mark_text(color=MUTED, align="right", baseline="bottom", dy=-2, fontSize=11).encode(
            x="end:Q", text="name:N"
        ),
    ]


LONGER = "longer than 85%"


def _beside(days: float, times: StageTimes) -> str:
    """Where a time stands among those of the team; "" where these are not known."""
    if times.p50 is None or times.p85 is None:
        return ""
    return LONGER if days > times.p85 else "longer than half" if days > times.p50 else "within half"


def describe_cycle_times(flow: Flow) -> str:
    """The cycle times in a sentence."""
    times = flow.of("cycle")
    said = f"Cycle times of {count(times.n, 'pull request')} merged in the last {WINDOW_DAYS} days"
    if times.p50 is None:
        return f"{said}."
    said += f": half within {_days(times.p50)} working days, 85% within {_days(times.p85)}"
    stages = [one for one in flow.times if one.stage != "cycle" and one.p85 is not None]
    if not stages:
        return f"{said}."
    longest = max(stages, key=lambda one: one.p85 or 0.0)
    return f"{said}; what takes longest is {STAGE_NAMES[longest.stage].lower()}, 85% within {_days(longest.p85)}."


def describe_ageing(flow: Flow, known: frozenset[str]) -> str:
    """What stands longest, in a sentence."""
    old = [one for one in flow.ageing if _beside(one.days, flow.of(one.stage)) == LONGER]
    said = f"{count(len(flow.ageing), 'item')} in progress"
    if not old:
        return f"{said}, none of them longer in its stage than 85% of merged pull requests."
    names = ", ".join(
        f"{short(one.ref, known)} ({STAGE_NAMES[one.stage].lower()}, {_days(one.days)} working days; "
        f"85% within {_days(flow.of(one.stage).p85)})"
        for one in old[:3]
    )
    return f"{said}; longer in their stage than 85% of merged pull requests: {names}."


def _few(flow: Flow) -> str:
    """Why there are no percentiles, or which stage lacks them; "" where all are known."""
    lacking = [STAGE_NAMES[one.stage].lower() for one in flow.times if one.n < FEWEST and one.stage != "cycle"]
    if flow.of("cycle").n < FEWEST:
        n = flow.of("cycle").n
        return f"No percentiles: {count(n, 'pull request')} merged in the last {WINDOW_DAYS} days, fewer than {FEWEST}."
    return f"No percentiles of {' and '.join(lacking)}: fewer than {FEWEST} pull requests went through." * bool(lacking)


def _levels(alt: Any, times: StageTimes) -> list[Any]:
    """Lines across the chart at the percentiles, named at their right end."""
    if times.p50 is None:
        return []
    rows = [{"days": times.p50, "name": "50%"}, {"days": times.p85, "name": "85%"}]
    base = alt.Chart({"values": rows}).encode(y=_working_days(alt))
    return [
        base.mark_rule(color=INK, strokeDash=[4, 3]),
        base.mark_text(color=INK, align="right", baseline="bottom", dy=-2, fontSize=12, fontWeight=600).encode(
            x=alt.value("width"), text="name:N"
        ),
    ]


def _working_days(alt: Any) -> Any:
    """The common y axis."""
    return alt.Y("days:Q", title="working days", scale=alt.Scale(zero=True, nice=True))


def _days(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _table(caption: str, head: tuple[str, ...], rows: list[list[Any]]) -> Markup:
    return macro("macros.html", "table", caption, head, rows, tuple(range(3, len(head))))
