"""The recommender: what to do today."""

from sprintlib.agents.context import AnalysisContext, dumped
from sprintlib.agents.state import State
from sprintlib.forecast.model import Forecast
from sprintlib.recommend import read_feedback, recommend
from sprintlib.risks import Risk


def advise(state: State, analysis_context: AnalysisContext) -> State:
    """Actions against the risks of the state, by what the forecast expects of them."""
    check = analysis_context.check(state)
    future = Forecast.model_validate(state["forecast"])
    risks = [Risk.model_validate(risk) for risk in state["risks"]]
    past = analysis_context.past(state)
    said = read_feedback(analysis_context.engine, past.project, past.as_of)
    found = recommend(analysis_context.sprint_context(state), analysis_context.inputs(state), future, risks, said)
    advice = check.checked(found.recommendations)
    plan = found.plan.model_dump(mode="json") if found.plan else None
    return {"recommendations": dumped(advice), "plan": plan, "dropped": check.dropped}
