"""What a tech lead reads in thirty seconds, from the analysis alone: no model is needed for it.

One sentence; the largest drivers; the cheapest actions; what would change the verdict; what changed since the last
analysis; how similar sprints ended; how far to trust it. Every sentence cites.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from sprintlib.analysis.changes import sentence, what_changed
from sprintlib.analysis.model import MilestoneAnalysis, Sentence
from sprintlib.clock import zone_name
from sprintlib.evidence import Evidence
from sprintlib.explain.drivers import BASE, REST
from sprintlib.forecast import count, day_name, percent, points
from sprintlib.knowledge import Similar
from sprintlib.recommend import Recommendation
from sprintlib.risks import listed

_START = BASE.partition(":")[0]
_DRIVERS = 3
_ACTIONS = 3
_CITED = 4
EVEN, LIKELY = 0.5, 0.8
_FEW = 30  # closings below which the pace is not yet well known

Previous = tuple[datetime, MilestoneAnalysis]


def explanation(
    milestone: MilestoneAnalysis,
    previous: Previous | None = None,
    similar: Similar | None = None,
    zone: tzinfo = UTC,
) -> tuple[Sentence, ...]:
    """The sentences in order; what there is nothing to say about is left out.

    previous: the last stored analysis. similar: past sprints like this one, and how they ended. zone: the project's.
    """
    where = tuple(
        Evidence(ref=f"{part.repo} milestone {part.number}", kind="milestone", url=part.html_url)
        for part in milestone.parts
    )
    return (
        Sentence(text=milestone.summary, kind="fact", evidence=where),
        *_drivers(milestone),
        *_actions(milestone.recommendations),
        *_counterfactual(milestone),
        *_changes(milestone, previous, where, zone),
        *_similar(similar),
        Sentence(text=_confidence(milestone), kind="inference", evidence=where),
    )


def _drivers(milestone: MilestoneAnalysis) -> Iterator[Sentence]:
    moved = [one for one in milestone.drivers if not one.name.startswith((_START, REST)) and abs(one.points) >= 1]
    largest = sorted(moved, key=lambda driver: -abs(driver.points))[:_DRIVERS]
    if not largest:
        return
    start = sum(driver.points for driver in milestone.drivers if driver.name.startswith(_START))
    named = [f"{driver.name.lower()} {driver.points:+.0f}{_about(driver.evidence)}" for driver in largest]
    text = f"How the score came about: {start:.0f} from the general pace, then mostly {', '.join(named)}."
    cited = tuple(dict.fromkeys(one for driver in largest for one in driver.evidence[:2]))
    yield Sentence(text=text, kind="fact", evidence=cited)


def _about(evidence: Sequence[Evidence]) -> str:
    refs = [one.ref for one in evidence]
    return f" ({listed(refs)})" if refs else ""


def _actions(advice: Sequence[Recommendation]) -> Iterator[Sentence]:
    for one in advice[:_ACTIONS]:
        gain = f" ({points(one.expected_gain)} expected)" if one.expected_gain else ""
        yield Sentence(text=f"{one.action}{gain}", kind="advice", evidence=one.evidence[:_CITED])


def _counterfactual(milestone: MilestoneAnalysis) -> Iterator[Sentence]:
    """What the model says of the verdict under the action with the largest gain, taken alone."""
    known = [one for one in milestone.recommendations if one.expected_gain and one.expected_gain > 0]
    if milestone.probability is None or milestone.reason is not None or not known:
        return
    best = max(known, key=lambda one: one.expected_gain or 0.0)
    now, then = milestone.probability, min(milestone.probability + (best.expected_gain or 0.0), 0.97)
    levels = ((LIKELY, "which would make it likely"), (EVEN, "which would make it better than even"))
    verdict = next((words for level, words in levels if now < level <= then), "not enough to change the verdict")
    refs = [one.ref for one in best.evidence if one.kind != "playbook"]
    text = (
        f"What would change it most: the action{f' on {listed(refs)}' if refs else ''} alone takes the model's chance "
        f"from {percent(now)} to {percent(then)}, {verdict}."
    )
    yield Sentence(text=text, kind="inference", evidence=best.evidence[:_CITED])


def _changes(
    milestone: MilestoneAnalysis, previous: Previous | None, where: tuple[Evidence, ...], zone: tzinfo
) -> Iterator[Sentence]:
    if previous is None:
        yield Sentence(text="There is no earlier analysis to compare with.", kind="fact", evidence=where)
        return
    at, before = previous
    local = at.astimezone(zone)
    since = f"the analysis of {day_name(local.date())}, {local:%H:%M} {zone_name(at, zone)}"
    text = sentence(since, what_changed(before, milestone))
    yield Sentence(text=text, kind="fact", evidence=where)


def _similar(similar: Similar | None) -> Iterator[Sentence]:
    """How past sprints ended that stood alike at this share of their time."""
    if similar is None or similar.statement is None:
        return
    cited = tuple(dict.fromkeys(one for sprint in similar.sprints for one in sprint.evidence[:1]))
    yield Sentence(text=similar.statement, kind="fact", evidence=cited)


def _confidence(milestone: MilestoneAnalysis) -> str:
    """How far to trust it, by the written rule of docs/agents.md."""
    seen = count(milestone.n_history, "completed item")
    if milestone.basis == "insufficient-data":
        return f"Confidence: none yet, with only {seen} in milestones so far."
    if milestone.basis == "prior":
        return f"Confidence: low: it is based on the pace of other teams more than on the {seen} here."
    level = "medium" if milestone.n_history < _FEW or milestone.known_later else "fair"
    late = " and on some facts that were only collected later" if milestone.known_later else ""
    dates = milestone.interval.finish_date
    span = f"; 8 in 10 simulated futures finish between {day_name(dates[0])} and {day_name(dates[1])}" if dates else ""
    return f"Confidence: {level}, based on {seen} of this team{late}{span}."
