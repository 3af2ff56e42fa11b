"""The analysis for a terminal: the sentence, the dates, three risks, three actions. Text from GitHub stays text."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import tzinfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.clock import local_time
from sprintlib.evidence import Evidence
from sprintlib.explain.model import Driver
from sprintlib.forecast import count, day_name, percent, points, working_days
from sprintlib.forecast.model import Forecast
from sprintlib.recommend import Plan
from sprintlib.risks import Risk
from sprintlib.services.question_answering import Answer
from sprintlib.services.whatif import WhatIfResult
from sprintlib.views.words import in_points, particulars

SHOWN = 3
_BASIS = {
    "learned": "based on",
    "prior": "based on the pace of other teams and",
    "insufficient-data": "too little to go by:",
}
_ALSO = 4  # of what was found and is not cited already
_STYLE = {"high": "bold red", "medium": "yellow", "low": "cyan", "unknown": "dim"}


def render(analysis: Analysis) -> RenderableType:
    """Every milestone under its sentence, then the notes."""
    blocks = [block for milestone in analysis.milestones for block in _milestone(milestone)]
    told = [Text(f"Note: {plain(note)}", style="dim") for note in analysis.notes]
    return Group(*blocks, *told)


def render_answer(found: Answer) -> RenderableType:
    """The sentences with what each rests on, then what else was found."""
    blocks: list[RenderableType] = []
    for sentence in found.sentences:
        blocks += [Text(plain(sentence.text)), *_sources(sentence.text, sentence.evidence)]
    cited = {evidence.url for sentence in found.sentences for evidence in sentence.evidence}
    others = [hit for hit in found.hits if hit.url not in cited][:_ALSO]
    if others:
        blocks.append(Text("\nAlso found", style="underline"))
    for hit in others:
        blocks += [_indented(f"{plain(hit.header)}: {plain(hit.title)}", style="dim"), _link(hit.url)]
    dropped = found.report.dropped
    notes = [*found.notes, *([f"Dropped {count(dropped, 'sentence')} that did not check out."] if dropped else [])]
    return Group(*blocks, *(Text(f"Note: {plain(note)}", style="dim") for note in notes))


def _sources(said: str, evidence: Sequence[Evidence]) -> Iterator[RenderableType]:
    """One with its address, several by name; those that the sentence names already are not told again."""
    if len(evidence) == 1:
        yield _link(evidence[0].url)
    else:
        yield from _named(said, evidence)


def _named(said: str, evidence: Sequence[Evidence]) -> Iterator[RenderableType]:
    if refs := _refs(said, evidence):
        yield _indented(refs, 4, "dim")


def _indented(said: str, by: int = 2, style: str = "") -> RenderableType:
    """Every line of it, also those that a narrow terminal adds."""
    return Padding(Text(said, style=style), (0, 0, 0, by), expand=False)


def _link(url: str) -> RenderableType:
    """On one line, however long: a broken address cannot be opened."""
    return Text(f"    {plain(url)}", style="dim", no_wrap=True, overflow="ignore")


def render_explanation(milestone: MilestoneAnalysis) -> RenderableType:
    """The sentences of an explanation, each with what it rests on; those that a model worded are marked."""
    blocks: list[RenderableType] = []
    for sentence in milestone.narrative:
        blocks.append(Text(f"{'* ' if sentence.by_model else ''}{plain(sentence.text)}"))
        blocks += _named(sentence.text, sentence.evidence)
    llm = milestone.llm
    worded = f"* written by {llm.model}, and checked; {count(llm.dropped_claims, 'claim')} dropped." if llm.used else ""
    return Group(*blocks, Text(worded or f"No language model was used. {llm.missing or ''}".strip(), style="dim"))


def render_what_if(supposition: WhatIfResult, zone: tzinfo) -> RenderableType:
    """Before and after, what was supposed, and the plan where one was asked for. zone: in which the moment is said."""
    found, left = supposition.found, supposition.open_items
    blocks: list[RenderableType] = [
        Text(f"{plain(supposition.milestone)}: what if", style="bold"),
        Text(f"  as of  {local_time(supposition.as_of, zone)}", style="dim"),
        Text(f"  now    {_told(found.before, found.before_error, left[0])}"),
    ]
    if supposition.plan and len(found.assumptions) == 1:  # the one that is said of every comparison: nothing supposed
        return Group(*blocks, *_plan(supposition.plan))
    blocks.append(Text(f"  then   {_told(found.after, found.after_error, left[1])}"))
    if found.gain is not None:
        error = "" if found.gain_error is None else f" (Monte Carlo error {100 * found.gain_error:.1f})"
        blocks.append(Text(f"  gain   {points(found.gain)}{error}"))
    blocks += [Text(f"  - {plain(assumption)}", style="dim") for assumption in found.assumptions]
    return Group(*blocks, *_plan(supposition.plan))


def _told(forecast: Forecast, error: float | None, left: int) -> str:
    """`38%, done by Fri 27 Nov 2026 (50%) or Tue 1 Dec 2026 (85%), 5 items open`."""
    chance = percent(forecast.probability, left) + ("" if error is None else f" +- {100 * error:.1f}")
    dates = forecast.dates
    when = f", done by {day_name(dates.p50)} (50%) or {day_name(dates.p85)} (85%)" if dates.p50 else ""
    reason = f". {forecast.reason}" if forecast.reason else ""
    return f"{chance}{when}, {count(left, 'item')} open{reason}"


def _plan(plan: Plan | None) -> Iterator[RenderableType]:
    if plan is None:
        return
    aim = percent(plan.target)
    if plan.reached and not plan.actions:
        yield Text(f"  {aim} is reached as it is.")
        return
    if plan.actions:
        nearest = f"Nothing found reaches {aim}; the best of up to three actions"
        head = f"Cheapest way to {aim}" if plan.reached else nearest
        cost = working_days(plan.cost)
        yield Text(f"  {head}: {percent(plan.probability)}, about {cost} of effort", style="underline")
    for step in plan.actions:
        yield Text(f"    {points(step.expected_gain)}  {plain(step.action)}")
    if not plan.reached:
        yield Text(f"  {plain(plan.statement)}")


def plain(text: str) -> str:
    """Text on one line without control and formatting characters, which a terminal would obey."""
    kept = (char if not unicodedata.category(char).startswith("C") else " " for char in text)
    return " ".join("".join(kept).split())


def _milestone(milestone: MilestoneAnalysis) -> Iterator[RenderableType]:
    yield Text(plain(milestone.summary), style="bold")
    yield _indented(_basis(milestone), style="dim")
    if milestone.points:
        yield _indented(in_points(milestone), style="dim")
    if milestone.forecast_dates.p50:
        dates = milestone.forecast_dates
        named = ((level, getattr(dates, f"p{level}")) for level in (50, 70, 85, 95))
        yield _indented("Done by: " + ", ".join(f"{level}% {day_name(day)}" for level, day in named))
    if milestone.drivers:
        yield _indented(f"How the score of {milestone.health} came about: {_score(milestone.drivers)}", style="dim")
    if milestone.governed_by:
        yield _indented(f"Usually the last to finish: {milestone.governed_by}")
    risks = [(_severity(risk), risk.statement, risk.evidence) for risk in milestone.risks[:SHOWN]]
    advice = [
        (Text(points(one.expected_gain)), f"{one.action} ({'; '.join(particulars(one))})", one.evidence)
        for one in milestone.recommendations[:SHOWN]
    ]
    yield from _table("Risks", risks, len(milestone.risks))
    yield from _table(
        "What to do today (what each brings alone, by the what-if)", advice, len(milestone.recommendations)
    )
    if milestone.plan:
        yield _indented(plain(milestone.plan.statement))
    hostile = [(_severity(risk), risk.statement, risk.evidence) for risk in milestone.hostile_text[:SHOWN]]
    yield from _table("Possible prompt injection", hostile, len(milestone.hostile_text))
    yield Text("")


def _basis(milestone: MilestoneAnalysis) -> str:
    scope = milestone.scope
    return (
        f"{scope.committed} committed + {scope.added} added - {scope.removed} removed = {scope.done} done + "
        f"{scope.dropped} dropped + {scope.open} open; {_BASIS[milestone.basis]} "
        f"{'; '.join([count(milestone.n_history, 'completed item'), *milestone.adopted])}"
    )


def _score(drivers: Sequence[Driver]) -> str:
    """`starting point 45, own pace of closings +4, ...`: the bars of the account that count."""
    first, *others = drivers
    moved = [one for one in others if round(one.points)]
    named = [f"{one.name.lower()} {one.points:+.0f}" for one in moved]
    return ", ".join([f"{first.name.partition(':')[0].lower()} {first.points:.0f}", *named])


def _severity(risk: Risk) -> Text:
    return Text(risk.severity, style=_STYLE[risk.severity])


def _table(title: str, rows: Sequence[tuple[Text, str, Sequence[Evidence]]], total: int) -> Iterator[RenderableType]:
    """A titled list: label, sentence, and below it what it rests on."""
    if not rows:
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=12)
    table.add_column(overflow="fold")
    for label, sentence, evidence in rows:
        table.add_row(Text("  ") + label, Text(plain(sentence)))
        if refs := _refs(sentence, evidence):
            table.add_row("", Text(refs, style="dim"))
    yield Text(f"  {title}" + (f" (the first {len(rows)} of {total})" if total > len(rows) else ""), style="underline")
    yield table


def _refs(said: str, evidence: Sequence[Evidence]) -> str:
    """What is cited and not named in the sentence `said` already; "" if nothing is left."""
    refs = dict.fromkeys(plain(citation.ref) for citation in evidence)
    return ", ".join(ref for ref in refs if not re.search(rf"(?<!\w){re.escape(ref)}(?!\w)", said))
