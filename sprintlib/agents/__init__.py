"""Eight agents over the steps of an analysis: the same numbers, with words from a local model where one is there."""

from sprintlib.agents.context import AnalysisContext
from sprintlib.agents.state import WorkflowState
from sprintlib.agents.workflow import AGENTS, Workflow, WorkflowRun, open_workflow

__all__ = ["AGENTS", "AnalysisContext", "Workflow", "WorkflowRun", "WorkflowState", "open_workflow"]
