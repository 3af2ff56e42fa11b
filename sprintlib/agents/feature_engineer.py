"""The feature engineer: what can be measured, and what of it the forecast rests on."""

from pydantic import TypeAdapter

from sprintlib.agents.context import AnalysisContext, write_work
from sprintlib.agents.state import State
from sprintlib.features import Metric, measure

METRICS = TypeAdapter(tuple[Metric, ...])


def engineer(state: State, analysis_context: AnalysisContext) -> State:
    """Measure the six families of features, and write down the open work; both can be edited before going on."""
    metrics = measure(analysis_context.sprint_context(state).view)
    return {"features": METRICS.dump_python(metrics, mode="json"), "work": write_work(analysis_context.inputs(state))}
