"""Everything that was measured: what moves the forecast and what is context, with n, window and meaning."""

import dataclasses
import re
from functools import cache
from itertools import groupby

from markupsafe import Markup

from sprintlib import resources
from sprintlib.analysis.model import MilestoneAnalysis
from sprintlib.features import Metric
from sprintlib.views.templating import macro

FAMILIES = {
    "temporal": "Time",
    "code": "Code",
    "text": "Descriptions",
    "graph": "Who waits for whom, and reviews",
    "sentiment": "Tone of the team's comments",
    "delivery": "CI and delivery",
}
HEAD = ("Measurement", "Value", "Usual", "n", "What it is", "Weight")
_TEMPLATE = "measurements.html"
_PARAGRAPH = re.compile(r"\*\*(?P<question>[^*]+\?)\*\*\s+(?P<answer>.+?)(?=\n\n|\Z)", re.DOTALL)
_WHOLE = ("items", "lines", "paths", "words")
_WHAT = "What is it?"


def measurements(milestone: MilestoneAnalysis) -> Markup:
    """Every measurement, folded away, a table a family; "" where none were taken."""
    if not milestone.measurements:
        return Markup()
    tables = [(name, [_row(metric) for metric in found]) for name, found in families(milestone)]
    return macro(_TEMPLATE, "section", gist(milestone), tables, HEAD)


def families(milestone: MilestoneAnalysis) -> list[tuple[str, list[Metric]]]:
    """The measurements by family, in the order in which they were taken."""
    grouped = groupby(milestone.measurements, key=lambda metric: metric.family)
    return [(FAMILIES.get(family, family), list(found)) for family, found in grouped]


def gist(milestone: MilestoneAnalysis) -> str:
    """How many there are, and how many of them move the forecast."""
    found = milestone.measurements
    known, moving = sum(one.value is not None for one in found), sum(one.in_forecast for one in found)
    move = "moves" if moving == 1 else "move"
    return (
        f"{known} of {len(found)} known; {moving} {move} the forecast, the others are context only. "
        "Figures for the team, never for a person."
    )


def cells(metric: Metric) -> tuple[str, str, str, str, str, str]:
    """One measurement in the columns of HEAD; plain text."""
    remark = _sentence(metric.reason) if metric.reason else ""
    said = f"{meaning(metric.name).get(_WHAT, '')} {remark}".strip()
    return (title(metric.name), value(metric), usual(metric), str(metric.n), said, weight(metric))


def title(name: str) -> str:
    """`cycle_time` as `Cycle time`."""
    return name.replace("_", " ").capitalize().replace("Ci ", "CI ")


def weight(metric: Metric) -> str:
    """Whether the fact measured moves the probability."""
    return "in the forecast" if metric.in_forecast else "context only"


def value(metric: Metric) -> str:
    """`7.1 working days (85%: 14)`, `37%`, `about 0.75 per week`, `unknown`."""
    if metric.value is None:
        return "unknown"
    return f"{'about ' if metric.approximate else ''}{_exact(metric, metric.value)}"


def _exact(metric: Metric, amount: float) -> str:
    high = "" if metric.p85 is None else f" (85%: {_number(metric.p85, metric.unit)})"
    if metric.name == "pace_gap":
        return f"{100 * amount:+.0f} points"
    if metric.unit == "share":
        return f"{amount:.0%}{high}"
    return f"{_number(amount, metric.unit)} {_unit(metric)}{high}"


def amount(metric: Metric, value: float) -> str:
    """Another value of the same metric, with its unit: `7.1 working days`, `37%`."""
    return _exact(dataclasses.replace(metric, value=value, p85=None), value)


def usual(metric: Metric) -> str:
    """The team's own range, where it is known."""
    if metric.usual is None:
        return "–"
    low, high = (f"{end:.0%}" if metric.unit == "share" else _number(end, metric.unit) for end in metric.usual)
    return f"up to {high}" if metric.usual[0] == 0 else f"{low} to {high}"


@cache
def meaning(name: str) -> dict[str, str]:
    """Question -> answer, from the page of a metric in docs/metrics; empty for a metric without one."""
    path = resources.folder("metrics") / f"{name}.md"
    if not path.is_file():
        return {}
    page = path.read_text(encoding="utf-8")
    return {match["question"]: " ".join(match["answer"].split()) for match in _PARAGRAPH.finditer(page)}


def _row(metric: Metric) -> list[str]:
    name, amount, usually, n, said, weighs = cells(metric)
    questions = [(question, answer) for question, answer in meaning(metric.name).items() if question != _WHAT]
    about = macro(_TEMPLATE, "about", name, said, metric, questions)
    return [name, amount, usually, n, about, weighs]


def _number(amount: float, unit: str) -> str:
    """Whole for what is counted; else as many digits as say something."""
    if unit in _WHOLE or abs(amount) >= 10:
        return f"{amount:,.0f}"
    return f"{amount:.1f}" if abs(amount) >= 0.995 else f"{amount:.2f}"


def _unit(metric: Metric) -> str:
    one = metric.value == 1 and metric.unit in (*_WHOLE, "hours", "working days")
    return metric.unit.removesuffix("s") if one else metric.unit


def _sentence(words: str) -> str:
    """With a capital at the start and a full stop at the end."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."
