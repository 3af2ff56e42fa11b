"""Eight agents over the steps of an analysis: the same numbers, with words from a local model where one is there."""

from sprintlib.agents.context import AnalysisContext
from sprintlib.agents.state import State
from sprintlib.agents.workflow import AGENTS, Run, Workflow, open_workflow

__all__ = ["AGENTS", "AnalysisContext", "Run", "State", "Workflow", "open_workflow"]
