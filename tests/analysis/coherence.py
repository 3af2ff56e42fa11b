"""Whether an analysis is of one mind: what its parts say of the same thing is looked up on every face and compared.

Gains are computed again by the what-if, figures are read from the JSON, the terminal, the page and the Markdown.
"""

import json
import re
from collections.abc import Iterator
from functools import reduce

from rich.console import Console

from sprintlib import views
from sprintlib.analysis import Analysis, MilestoneAnalysis
from sprintlib.forecast import Change, ForecastInputs, percent, points, what_if, whole_points
from sprintlib.recommend import Recommendation
from sprintlib.risks import SprintContext
from sprintlib.risks.presence import present
from sprintlib.views.markdown import plain as in_markdown
from sprintlib.views.terminal import render

FIRST = 3
_CHANCE = re.compile(r"(\S+#\d+) (?:has|is|waits)[^;]*: ([<>]?\d+%)")
_GAIN = re.compile(r"(?:[+-]\d+|\b0) points?\b|gain unknown")


def contradictions(analysis: Analysis, milestone: MilestoneAnalysis, context: SprintContext) -> Iterator[str]:
    """A sentence for everything that one part says and another denies."""
    inputs = context.inputs
    read = MilestoneAnalysis.model_validate(json.loads(milestone.model_dump_json()))  # as a reader of the JSON has it
    yield from _gains(read, inputs)
    yield from _drivers(read, inputs)
    yield from _plan(read, inputs)
    yield from _first(read)
    yield from _chances(read)
    for one in read.recommendations:
        if one.actor is not None and one.actor not in present(context.sprint.past):
            yield f"{one.id} names {one.actor}, who is away"
    yield from _faces(analysis.model_copy(update={"milestones": (milestone,)}), milestone)


def _gains(milestone: MilestoneAnalysis, inputs: ForecastInputs) -> Iterator[str]:
    for one in milestone.recommendations:
        if one.expected_gain is None:
            continue
        if one.change is None:
            yield f"{one.id} has a gain and no change"
            continue
        found = what_if(inputs, one.change)
        if (found.gain, found.before.probability) != (one.expected_gain, milestone.probability):
            yield f"{one.id} gains {one.expected_gain}, and {found.gain} by the what-if"
        if whole_points(one.expected_gain) <= 0:
            yield f"{one.id} brings {one.expected_gain}"


def _drivers(milestone: MilestoneAnalysis, inputs: ForecastInputs) -> Iterator[str]:
    gains = {one.change: one.expected_gain for one in milestone.recommendations if one.change}
    for driver in milestone.drivers:
        if driver.change is None:
            if _GAIN.search(driver.remedy):
                yield f"'{driver.name}' tells a gain without a change: {driver.remedy}"
            continue
        found = what_if(inputs, driver.change).gain
        action = gains.get(driver.change, found)
        if not driver.expected_gain == found == action:
            yield f"'{driver.name}' says {driver.expected_gain}, the what-if {found}, an action {action}"
        told = points(found) if found is not None and whole_points(found) else "would change nothing"
        if told not in driver.remedy:
            yield f"'{driver.name}' says '{driver.remedy}', and it is {told}"


def _plan(milestone: MilestoneAnalysis, inputs: ForecastInputs) -> Iterator[str]:
    plan = milestone.plan
    if plan is None:
        return
    first = milestone.recommendations[: len(plan.actions)]
    if [one.id for one in first] != [step.id for step in plan.actions]:
        yield "the plan is not what the list begins with"
    for one, step in zip(first, plan.actions, strict=False):
        if (one.expected_gain, one.change, one.effort) != (step.expected_gain, step.change, step.cost):
            yield f"{one.id} is told differently in the plan"
    together: Change = reduce(Change.and_also, (step.change for step in plan.actions), Change())
    after = what_if(inputs, together).after.probability
    if plan.actions and after != plan.probability:
        yield f"the plan comes to {plan.probability}, and to {after} by the what-if"
    if plan.reached != (plan.probability >= plan.target):
        yield f"{plan.probability} of {plan.target} is called reached: {plan.reached}"
    for other in plan.alternatives:
        if what_if(inputs, other.change).after.probability != other.probability or other.probability < plan.target:
            yield f"{other.words} does not come to {other.probability}"
    if plan.actions and percent(plan.probability) not in plan.statement:
        yield f"the plan comes to {plan.probability}, and says {plan.statement}"


def _first(milestone: MilestoneAnalysis) -> Iterator[str]:
    touched = [ref for one in milestone.recommendations[:FIRST] for ref in _items(one)]
    for ref in {ref for ref in touched if touched.count(ref) > 1}:
        yield f"{ref} is in two of the first three"


def _items(one: Recommendation) -> set[str]:
    cited = {evidence.ref for evidence in one.evidence if evidence.kind in ("issue", "pull")}
    return cited | set(one.change.refs if one.change else ())


def _chances(milestone: MilestoneAnalysis) -> Iterator[str]:
    """The chances of items in the sentence and in the reasons, against the table of the items."""
    known = {item.ref.rpartition("/")[2]: percent(item.closes_by_due) for item in milestone.items}
    for said in (milestone.summary, *(one.why or "" for one in milestone.recommendations)):
        for name, chance in _CHANCE.findall(said):
            if known.get(name) != chance:
                yield f"{name} has {known.get(name)} in the table and {chance} in '{said}'"
    has_number = milestone.probability is not None and milestone.reason is None and milestone.due_on is not None
    if has_number and percent(milestone.probability) not in milestone.summary:
        yield f"{milestone.probability} is not what '{milestone.summary}' says"


def _faces(analysis: Analysis, milestone: MilestoneAnalysis) -> Iterator[str]:
    """The gains beside the actions, on every face."""
    told = [points(one.expected_gain) for one in milestone.recommendations]
    page = re.findall(r'class="tag (?:gain|unknown)">([^<]*)</span>', views.action_list(analysis, milestone))
    markdown = views.markdown_report(analysis, milestone).partition("## What to do today")[2].partition("\n## ")[0]
    listed = re.findall(r"^\d+\. \*\*([^*]*)\*\*", markdown, re.MULTILINE)
    console = Console(width=10_000, file=None, record=False, force_terminal=False)
    with console.capture() as capture:
        console.print(render(analysis))
    whole = capture.get()
    printed = whole.partition("What to do today")[2].partition("Possible prompt injection")[0]
    shown = re.findall(r"^ +((?:[+-]\d+|0) points?|gain unknown)  ", printed, re.MULTILINE)
    for face, seen, due in (("page", page, told), ("Markdown", listed, told), ("terminal", shown, told[:FIRST])):
        if seen != due:
            yield f"the {face} shows {seen}, the JSON {due}"
    if milestone.plan:
        statement = milestone.plan.statement
        if statement not in " ".join(whole.split()) or in_markdown(statement) not in markdown:
            yield f"the terminal or the Markdown does not say: {statement}"
