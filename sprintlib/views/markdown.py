"""The report as Markdown: for a terminal or an issue. Remote text is escaped, links lead to known places."""

import re
from collections.abc import Iterable, Sequence

from sprintlib.analysis.memory import ForecastRecord, Memory
from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.evidence import Evidence
from sprintlib.risks.model import Risk
from sprintlib.views import earlier, items, measurements, record
from sprintlib.views.answer import facts
from sprintlib.views.markup import known_repositories, safe_url, seen
from sprintlib.views.narrative import sentences, worded_by
from sprintlib.views.tables import ACCOUNT_TITLE, SCOPE_COLUMNS, no_drivers, remarks, scope_counts, several_parts
from sprintlib.views.words import SEVERITIES, age, day, gain, headline, in_points, moment, particulars, percent

_SPECIAL = re.compile(r"([\\`*\[\]<>|~&$])")
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")


def plain(value: object) -> str:
    """Text that Markdown shows as it is: no markup, no mentions, no bare links, one line."""
    line = " ".join(seen(value).split())
    line = _EDGE_UNDERSCORE.sub(r"\\_", _SPECIAL.sub(r"\\\1", line))
    return line.replace("://", ":\u200b//").replace("www.", "www\u200b.").replace("@", "@\u200b")


_NO_MEMORY = Memory()


def markdown_report(analysis: Analysis, milestone: MilestoneAnalysis | None, memory: Memory = _NO_MEMORY) -> str:
    """Everything the HTML report says, apart from the drawing. Without a milestone: what is known of the project.

    memory: what changed since an earlier moment, and past forecasts beside what came.
    """
    blocks = _about(analysis, milestone, memory) if milestone else _about_project(analysis)
    blocks += _record(memory.record)
    blocks += ["## Data freshness", _freshness(analysis)]
    return "\n\n".join(blocks) + "\n"


def _about(analysis: Analysis, milestone: MilestoneAnalysis, memory: Memory) -> list[str]:
    known = known_repositories(analysis)
    figure, words = headline(analysis, milestone)
    when = moment(analysis.as_of, analysis.zone)
    return [
        f"# {plain(milestone.title)}",
        f"{plain(analysis.project)} · {plain(', '.join(milestone.repos))} · as of {when}",
        f"**{plain(figure)}** {plain(words)}",
        plain(milestone.summary),
        *([plain(memory.since)] if memory.since else []),
        "\n".join(f"- {plain(name)}: {plain(value)}" for name, value in facts(analysis, milestone)),
        *_in_words(milestone, known),
        "## What threatens it",
        _risks(milestone.risks, known),
        *_hostile_text(milestone, known),
        "## What to do today",
        _actions(milestone, known),
        *_items(milestone),
        f"## {ACCOUNT_TITLE}",
        _drivers(milestone, known),
        "## Scope, in items",
        _scope(milestone),
        *_earlier(analysis),
        *_measurements(milestone),
        "## Missing, unresolved, or known only later",
        _list(remarks(analysis, milestone)) or "No known gaps.",
    ]


def _about_project(analysis: Analysis) -> list[str]:
    return [
        f"# {plain(analysis.project)}",
        f"as of {moment(analysis.as_of, analysis.zone)}",
        "**No open milestone**",
        _list(analysis.notes),
        *_earlier(analysis),
    ]


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {plain(line)}" for line in lines)


def _freshness(analysis: Analysis) -> str:
    return "\n".join(
        f"- {plain(repo)}: {age(at, analysis.as_of)}{f' ({moment(at, analysis.zone)})' if at else ''}"
        for repo, at in analysis.facts_of.items()
    )


def _in_words(milestone: MilestoneAnalysis, known: frozenset[str]) -> list[str]:
    mark = {True: "\\* ", False: ""}
    told = [f"- {mark[one.by_model]}{plain(one.text)}{cites(one.evidence, known)}" for one in sentences(milestone)]
    return ["## In thirty seconds", "\n".join(told), plain(worded_by(milestone))] if told else []


def _link(evidence: Evidence, known: frozenset[str]) -> str:
    url = safe_url(evidence, known)
    return f"[{plain(evidence.ref)}](<{url.replace('<', '%3C').replace('>', '%3E')}>)" if url else plain(evidence.ref)


def cites(evidence: Iterable[Evidence], known: frozenset[str]) -> str:
    """Citations as links in brackets, after a sentence; "" without any."""
    links = _links(evidence, known)
    return f" ({links})" if links else ""


def _links(evidence: Iterable[Evidence], known: frozenset[str]) -> str:
    return ", ".join(_link(item, known) for item in evidence)


def _risks(risks: Iterable[Risk], known: frozenset[str]) -> str:
    lines = []
    for number, risk in enumerate(risks, start=1):
        actor = f" Next move: {plain(risk.actor)}." if risk.actor else ""
        lines.append(
            f"{number}. **{SEVERITIES[risk.severity]}**: {plain(risk.statement)}{actor}{cites(risk.evidence, known)}\n"
            f"   Rule: {plain(risk.rule)}"
        )
    return "\n".join(lines) or "No risks found."


def _actions(milestone: MilestoneAnalysis, known: frozenset[str]) -> str:
    lines = []
    for number, action in enumerate(milestone.recommendations, start=1):
        beside = f" ({plain(' · '.join(particulars(action)))})" if particulars(action) else ""
        said = f"{plain(action.action)}{beside}"
        lines.append(f"{number}. **{gain(action.expected_gain)}**: {said}{cites(action.evidence, known)}")
    plan = [plain(milestone.plan.statement)] if milestone.plan else []
    listed = ["\n".join(lines)] if lines else []
    return "\n\n".join([*plan, *listed]) or "No recommended actions: nothing in the playbook applies today."


def _drivers(milestone: MilestoneAnalysis, known: frozenset[str]) -> str:
    if not milestone.drivers:
        return plain(no_drivers(milestone))
    rows = [
        f"| {plain(driver.name)} | {driver.points:+z.1f} | {driver.log_odds:+z.2f} | {plain(driver.remedy)} | "
        f"{_links(driver.evidence, known)} |"
        for driver in milestone.drivers
    ]
    head = [
        "| Fact | Points | Log-odds | What acting on it would bring now | About |",
        "| --- | ---: | ---: | --- | --- |",
    ]
    return "\n".join([*head, *rows])


def _hostile_text(milestone: MilestoneAnalysis, known: frozenset[str]) -> list[str]:
    if not milestone.hostile_text:
        return []
    return ["## Possible prompt injection", _risks(milestone.hostile_text, known)]


def _items(milestone: MilestoneAnalysis) -> list[str]:
    rows = [
        ("↳ " * under + item.ref, item.title, items.state(item), items.chance(item))
        for item, under in items.ordered(milestone)
    ]
    return [f"## {items.caption(milestone)}", grid(items.HEAD, rows)] if rows else []


def _earlier(analysis: Analysis) -> list[str]:
    if not analysis.earlier:
        return []
    rows = [earlier.cells(sprint) for sprint in reversed(analysis.earlier)]
    return ["## Earlier sprints", plain(earlier.accuracy(analysis)), grid(earlier.HEAD, rows)]


def _record(told: ForecastRecord) -> list[str]:
    if not told.forecasts:
        return []
    rows = [record.cells(one) for one in reversed(told.forecasts)]
    return ["## What was forecast, and what came", plain(record.score(told)), grid(record.HEAD, rows)]


def _measurements(milestone: MilestoneAnalysis) -> list[str]:
    if not milestone.measurements:
        return []
    rows = [measurements.cells(metric) for metric in milestone.measurements]
    return ["## Measurements", plain(measurements.gist(milestone)), grid(measurements.HEAD, rows)]


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of plain texts."""
    lines = [" | ".join(plain(cell) for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in (" | ".join(head), " | ".join("---" for _ in head), *lines))


def _scope(milestone: MilestoneAnalysis) -> str:
    rows = [("All", milestone.scope, percent(milestone.probability), milestone.due_on)]
    rows += [(part.repo, part.scope, percent(part.probability), part.due_on) for part in several_parts(milestone)]
    lines = [
        f"| {plain(name)} | {' | '.join(scope_counts(scope))} | {plain(chance)} | {day(due, 'none')} |"
        for name, scope, chance, due in rows
    ]
    head = " | ".join(SCOPE_COLUMNS)
    table = "\n".join([f"| | {head} | Chance | Due |", f"| --- |{' ---: |' * 7} --- |", *lines])
    return "\n\n".join(filter(None, [table, plain(in_points(milestone))]))
