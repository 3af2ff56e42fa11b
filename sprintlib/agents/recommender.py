"""The recommender: what to do today."""

from sprintlib.agents.desk import Desk, dumped
from sprintlib.agents.state import State
from sprintlib.forecast.model import Forecast
from sprintlib.recommend import read_feedback, recommend
from sprintlib.risks import Risk


def advise(state: State, desk: Desk) -> State:
    """Actions against the risks of the state, by what the forecast expects of them."""
    check = desk.check(state)
    future = Forecast.model_validate(state["forecast"])
    risks = [Risk.model_validate(risk) for risk in state["risks"]]
    past = desk.past(state)
    said = read_feedback(desk.engine, past.project, past.as_of)
    advice = check.checked(recommend(desk.situation(state), desk.outlook(state), future, risks, said))
    return {"recommendations": dumped(advice), "dropped": check.dropped}
