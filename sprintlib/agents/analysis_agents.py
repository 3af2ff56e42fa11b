"""The four agents that compute: each runs one stage of the steps that `analysis.pipeline` runs in a row."""

from collections.abc import Callable
from typing import cast

from pydantic import TypeAdapter

from sprintlib.agents.context import AnalysisContext, write_work
from sprintlib.agents.state import WorkflowState
from sprintlib.analysis.steps import SprintFindings, Stage, StepInputs, run_steps, stage_steps
from sprintlib.recommend import read_feedback

_FINDINGS = TypeAdapter(SprintFindings)
_FIELDS = frozenset(SprintFindings.__dataclass_fields__)


def stage_agent(stage: Stage) -> Callable[[WorkflowState, AnalysisContext], WorkflowState]:
    """An agent that adds what the steps of a stage find to the state, under the thresholds of the run."""

    def run(state: WorkflowState, analysis_context: AnalysisContext) -> WorkflowState:
        past, check = analysis_context.past(state), analysis_context.check(state)
        context, inputs = analysis_context.sprint_context(state), analysis_context.inputs(state)
        feedback = read_feedback(analysis_context.engine, past.project, past.as_of)
        steps = stage_steps(stage)
        found = run_steps(steps, StepInputs(context, inputs, check, feedback), read_findings(state))
        return _written(found, {name for step in steps for name in step.finds}) | WorkflowState(dropped=check.dropped)

    return run


def engineer(state: WorkflowState, analysis_context: AnalysisContext) -> WorkflowState:
    """Measure the features, and write down the open work; both can be edited before going on."""
    return WorkflowState(
        **stage_agent("features")(state, analysis_context), work=write_work(analysis_context.inputs(state))
    )


def without_forecast(_state: WorkflowState, _analysis_context: AnalysisContext, reason: str) -> WorkflowState:
    """No number, and why."""
    future = {"probability": None, "probability_delivered": None, "reason": reason}
    return {"forecast": future | {"basis": "insufficient-data", "n_history": 0}, "drivers": []}


def read_findings(state: WorkflowState) -> SprintFindings:
    """What the steps have found, as the state holds it, edited or not."""
    return _FINDINGS.validate_python({name: value for name, value in state.items() if name in _FIELDS})


def _written(found: SprintFindings, names: set[str]) -> WorkflowState:
    """These fields as JSON values."""
    return cast(WorkflowState, _FINDINGS.dump_python(found, mode="json", include=names))
