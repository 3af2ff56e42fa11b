"""Collecting what is new."""

from sprintlib import github
from sprintlib.github import OnProgress, SyncSummary
from sprintlib.project import ProjectHandle


def sync(project: ProjectHandle, progress: OnProgress | None = None) -> SyncSummary:
    """Collect what is new from GitHub into the store, with the user's token if there is one.

    Raises the errors of the `github` room, each with one sentence; what had arrived until then is stored.
    """
    with project.acting("run", "collection"):
        try:
            return github.sync(project.engine, project.settings, github.find_token(project.settings), progress)
        finally:
            project.forget()
