"""The LLM reasoner: what the texts around the sprint say, where a model is there to read them."""

from sprintlib.agents.desk import Desk
from sprintlib.agents.state import State


def reason(state: State, desk: Desk) -> State:
    """Nothing is read yet."""
    return {"reasoning": {}}
