"""What the team had decided about the tool itself by the moment of a past."""

from dataclasses import replace

from sqlalchemy import Connection

from sprintlib.experiments import read_experiments, running
from sprintlib.history.state import ProjectState


def with_decisions(past: ProjectState, connection: Connection) -> ProjectState:
    """A past with the experiments that were running at its moment."""
    known = read_experiments(connection, past.project, past.as_of)
    return replace(past, experiments=running(known, past.as_of))
