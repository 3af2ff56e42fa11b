"""The risk assessor: what threatens the sprint."""

from sprintlib.agents.desk import Desk, dumped
from sprintlib.agents.state import State
from sprintlib.risks import find_hostile_text, find_risks


def assess(state: State, desk: Desk) -> State:
    """Run every detector under the thresholds of the run, and look for texts that are meant for a model."""
    check, situation = desk.check(state), desk.situation(state)
    risks = check.checked(find_risks(situation))
    hostile = check.checked(find_hostile_text(situation))
    return {"risks": dumped(risks), "hostile_text": dumped(hostile), "dropped": check.dropped}
