"""Who waits for whom: dependencies between items of a project, with evidence (docs/dependencies.md)."""

from sprintlib.dependencies.cycles import find_cycles
from sprintlib.dependencies.edges import EDGES, find_dependencies

__all__ = ["EDGES", "find_cycles", "find_dependencies"]
