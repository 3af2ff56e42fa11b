"""The orchestrator: what is asked, under which thresholds, with which prompts."""

from sprintlib.agents.context import AnalysisContext
from sprintlib.agents.prompts import prompt_texts
from sprintlib.agents.state import WorkflowState


def orchestrate(state: WorkflowState, analysis_context: AnalysisContext) -> WorkflowState:
    """Fill in what the request leaves open: the thresholds of sprint.toml and the shipped prompts."""
    request = state["request"]
    return {
        "request": {
            "as_of": request["as_of"],
            "milestone": request.get("milestone"),
            "words": request.get("words", True),
            "thresholds": analysis_context.settings.risks.model_dump() | request.get("thresholds", {}),
            "prompts": prompt_texts() | request.get("prompts", {}),
        }
    }
