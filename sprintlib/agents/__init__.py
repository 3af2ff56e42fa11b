"""Eight agents over the steps of an analysis: the same numbers, with words from a local model where one is there."""

from sprintlib.agents.workflow import AGENTS, Workflow, Run, open_workflow
from sprintlib.agents.context import AnalysisContext
from sprintlib.agents.state import State

__all__ = ["AGENTS", "Workflow", "AnalysisContext", "Run", "State", "open_workflow"]
