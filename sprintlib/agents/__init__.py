"""Eight agents over the steps of an analysis: the same numbers, with words from a local model where one is there."""

from sprintlib.agents.chain import AGENTS, Chain, Run, open_chain
from sprintlib.agents.desk import Desk
from sprintlib.agents.state import State

__all__ = ["AGENTS", "Chain", "Desk", "Run", "State", "open_chain"]
