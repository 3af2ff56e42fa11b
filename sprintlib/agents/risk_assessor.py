"""The risk assessor: what threatens the sprint."""

from sprintlib.agents.context import AnalysisContext, dumped
from sprintlib.agents.state import State
from sprintlib.risks import find_hostile_text, find_risks


def assess(state: State, analysis_context: AnalysisContext) -> State:
    """Run every detector under the thresholds of the run, and look for texts that are meant for a model."""
    check, sprint_context = analysis_context.check(state), analysis_context.sprint_context(state)
    risks = check.checked(find_risks(sprint_context))
    hostile = check.checked(find_hostile_text(sprint_context))
    return {"risks": dumped(risks), "hostile_text": dumped(hostile), "dropped": check.dropped}
