"""The sprint analyzer: whether the sprint lands, and how the score came about."""

from sprintlib.agents.context import AnalysisContext, dumped
from sprintlib.agents.state import State
from sprintlib.explain import explain
from sprintlib.forecast import forecast


def analyze_work(state: State, analysis_context: AnalysisContext) -> State:
    """Forecast the open work of the state, and account for the score."""
    inputs, check = analysis_context.inputs(state), analysis_context.check(state)
    future = forecast(inputs)
    drivers = check.checked(explain(analysis_context.sprint_context(state), inputs, future))
    return {"forecast": future.model_dump(mode="json"), "drivers": dumped(drivers), "dropped": check.dropped}


def without_forecast(_state: State, _desk: AnalysisContext, reason: str) -> State:
    """No number, and why."""
    future = {"probability": None, "probability_delivered": None, "reason": reason}
    return {"forecast": future | {"basis": "insufficient-data", "n_history": 0}, "drivers": []}
