"""The risk assessor: what threatens the sprint."""

from sprintlib.agents.desk import Desk, dumped
from sprintlib.agents.state import State
from sprintlib.risks import find_risks


def assess(state: State, desk: Desk) -> State:
    """Run every detector under the thresholds of the run."""
    check = desk.check(state)
    risks = check.checked(find_risks(desk.situation(state)))
    return {"risks": dumped(risks), "dropped": check.dropped}
