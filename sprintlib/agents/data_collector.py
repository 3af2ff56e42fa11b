"""The data collector: which sprint it is, and what is known about it."""

from sprintlib.agents.context import AnalysisContext
from sprintlib.agents.state import WorkflowState


def collect(state: WorkflowState, analysis_context: AnalysisContext) -> WorkflowState:
    """Read the past as of the moment, and find the sprint: the one asked for, or the one due next."""
    sprint = analysis_context.sprint_context(state).sprint
    return {
        "facts": {
            "title": sprint.title,
            "repos": [part.repo for part in sprint.parts],
            "due_on": sprint.due_on.isoformat() if sprint.due_on else None,
            "days_left": sprint.days_left,
            "items": sprint.items.height,
            "open_items": sprint.open_items["ref"].sort().to_list(),
            "collected": {
                repo: at.isoformat() if at else None
                for repo, at in sprint.past.repositories.select("repo", "observed_at").iter_rows()
            },
        }
    }
