"""Facts as of a moment: the state of a project, its sprints, and how they came about (docs/as-of.md)."""

from sprintlib.history.advancing import LoadedHistory, advance, load_history
from sprintlib.history.closing_pull_requests import closed_refs
from sprintlib.history.loading import load_state
from sprintlib.history.selection import due_next
from sprintlib.history.sprint import Sprint, SprintPart, find_sprints, select_sprint
from sprintlib.history.sprint_key import SprintKey
from sprintlib.history.state import ProjectState

__all__ = [
    "LoadedHistory",
    "ProjectState",
    "Sprint",
    "SprintKey",
    "SprintPart",
    "advance",
    "closed_refs",
    "due_next",
    "find_sprints",
    "load_history",
    "load_state",
    "select_sprint",
]
