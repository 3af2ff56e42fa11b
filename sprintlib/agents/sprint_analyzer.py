"""The sprint analyzer: whether the sprint lands, and what the score is made of."""

from sprintlib.agents.desk import Desk, dumped
from sprintlib.agents.state import State
from sprintlib.explain import explain
from sprintlib.forecast import forecast


def analyze_work(state: State, desk: Desk) -> State:
    """Forecast the open work of the state, and account for the score."""
    outlook, check = desk.outlook(state), desk.check(state)
    future = forecast(outlook)
    drivers = check.checked(explain(desk.situation(state), outlook, future))
    return {"forecast": future.model_dump(mode="json"), "drivers": dumped(drivers), "dropped": check.dropped}


def without_forecast(_state: State, _desk: Desk, reason: str) -> State:
    """No number, and why."""
    future = {"probability": None, "probability_delivered": None, "reason": reason}
    return {"forecast": future | {"basis": "insufficient-data", "n_history": 0}, "drivers": []}
