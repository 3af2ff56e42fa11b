"""The explainer: one sentence, and the analysis as a whole."""

from sprintlib.agents.desk import Desk
from sprintlib.agents.state import State
from sprintlib.analysis.analyzing import assemble, conclude
from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.explain import summary
from sprintlib.explain.model import Driver
from sprintlib.forecast.model import Forecast
from sprintlib.recommend import Recommendation
from sprintlib.risks import Risk


def explain_all(state: State, desk: Desk) -> State:
    """Put the analysis together."""
    outlook, future, risks = desk.outlook(state), _forecast(state), _risks(state)
    return {"analysis": put_together(state, desk, summary(outlook, future, risks)).model_dump(mode="json")}


def without_words(state: State, desk: Desk, reason: str) -> State:
    """The analysis without its sentence, and why."""
    said = state.copy()
    said["faults"] = [*state.get("faults", []), reason]
    return {"analysis": put_together(said, desk, f"{state['facts']['title']}: {reason}").model_dump(mode="json")}


def put_together(state: State, desk: Desk, sentence: str) -> Analysis:
    """The object of `sprint analyze`, from what the agents found."""
    situation, outlook = desk.situation(state), desk.outlook(state)
    milestone: MilestoneAnalysis = assemble(
        outlook,
        _forecast(state),
        _risks(state),
        tuple(Recommendation.model_validate(advice) for advice in state["recommendations"]),
        tuple(Driver.model_validate(driver) for driver in state["drivers"]),
        sentence,
    ).model_copy(update={"timings": {step["agent"]: step["seconds"] for step in state.get("trace", [])}})
    found = conclude(desk.past(state), desk.settings, [situation], (milestone,), state.get("dropped", 0), {})
    return found.model_copy(update={"notes": (*found.notes, *state.get("faults", []))})


def _forecast(state: State) -> Forecast:
    return Forecast.model_validate(state["forecast"])


def _risks(state: State) -> tuple[Risk, ...]:
    return tuple(Risk.model_validate(risk) for risk in state["risks"])
