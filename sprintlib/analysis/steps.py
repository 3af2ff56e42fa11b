"""The steps of an analysis of one sprint, written once: `pipeline` runs them in a row, the agents stage by stage."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Literal

from sprintlib.analysis.citations import CitationCheck
from sprintlib.explain import explain
from sprintlib.explain.model import Driver
from sprintlib.features import Metric, measure
from sprintlib.forecast import ForecastInputs, forecast
from sprintlib.forecast.model import Forecast
from sprintlib.recommend import Feedback, Plan, Recommendation, recommend
from sprintlib.risks import Risk, SprintContext, find_hostile_text, find_risks

Stage = Literal["features", "forecast", "risks", "advice"]

_NO_FORECAST = Forecast(
    probability=None,
    probability_delivered=None,
    reason="No forecast was made.",
    basis="insufficient-data",
    n_history=0,
)


@dataclass(frozen=True)
class StepInputs:
    """What every step reads of one sprint. inputs: those of the forecast, as observed or as somebody changed them."""

    context: SprintContext
    inputs: ForecastInputs
    check: CitationCheck
    feedback: Sequence[Feedback] = ()


@dataclass(frozen=True)
class SprintFindings:
    """What the steps have found so far; what no step has found yet is empty."""

    features: tuple[Metric, ...] = ()
    forecast: Forecast = _NO_FORECAST
    drivers: tuple[Driver, ...] = ()
    risks: tuple[Risk, ...] = ()
    hostile_text: tuple[Risk, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    plan: Plan | None = None


@dataclass(frozen=True)
class AnalysisStep:
    """One step. name: its key in `timings`. finds: the fields of SprintFindings that `find` fills.

    stage: what one agent runs at a time. A step may read what earlier stages found, and earlier steps of its own;
    the stages `forecast` and `risks` run side by side and cannot read each other.
    """

    name: str
    stage: Stage
    finds: tuple[str, ...]
    find: Callable[[StepInputs, SprintFindings], SprintFindings]


def _measure(sprint: StepInputs, found: SprintFindings) -> SprintFindings:
    return replace(found, features=measure(sprint.context.view))


def _forecast(sprint: StepInputs, found: SprintFindings) -> SprintFindings:
    return replace(found, forecast=forecast(sprint.inputs))


def _drivers(sprint: StepInputs, found: SprintFindings) -> SprintFindings:
    return replace(found, drivers=sprint.check.checked(explain(sprint.context, sprint.inputs, found.forecast)))


def _risks(sprint: StepInputs, found: SprintFindings) -> SprintFindings:
    return replace(found, risks=sprint.check.checked(find_risks(sprint.context)))


def _hostile_text(sprint: StepInputs, found: SprintFindings) -> SprintFindings:
    return replace(found, hostile_text=sprint.check.checked(find_hostile_text(sprint.context)))


def _advice(sprint: StepInputs, found: SprintFindings) -> SprintFindings:
    advice = recommend(sprint.context, sprint.inputs, found.forecast, found.risks, sprint.feedback)
    return replace(found, recommendations=sprint.check.checked(advice.recommendations), plan=advice.plan)


STEPS = (
    AnalysisStep("features", "features", ("features",), _measure),
    AnalysisStep("forecast", "forecast", ("forecast",), _forecast),
    AnalysisStep("explain", "forecast", ("drivers",), _drivers),
    AnalysisStep("risks", "risks", ("risks",), _risks),
    AnalysisStep("texts", "risks", ("hostile_text",), _hostile_text),
    AnalysisStep("recommend", "advice", ("recommendations", "plan"), _advice),
)


def stage_steps(stage: Stage) -> tuple[AnalysisStep, ...]:
    """The steps of one stage, in order."""
    return tuple(step for step in STEPS if step.stage == stage)


def run_steps(
    steps: Iterable[AnalysisStep],
    sprint: StepInputs,
    found: SprintFindings = SprintFindings(),
    clock: Callable[[str], AbstractContextManager[object]] = nullcontext,
) -> SprintFindings:
    """`found` and what these steps find, each reading what those before it found. clock: entered once a step."""
    for step in steps:
        with clock(step.name):
            found = step.find(sprint, found)
    return found
