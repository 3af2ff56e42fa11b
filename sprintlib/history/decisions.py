"""What the team had decided about the tool itself by the moment of a past."""

from dataclasses import replace

from sqlalchemy import Connection

from sprintlib.experiments import read_experiments, running
from sprintlib.history.state import ProjectState
from sprintlib.learning import in_force, read_versions, stored_priors


def with_decisions(past: ProjectState, connection: Connection) -> ProjectState:
    """A past with the experiments that were running at its moment, and with what was adopted and imported by then."""
    priors = stored_priors(connection, past.project, past.as_of)
    return replace(
        past,
        experiments=running(read_experiments(connection, past.project, past.as_of), past.as_of),
        recalibration=in_force(read_versions(connection, past.project, past.as_of)),
        priors=priors[1] if priors else None,
    )
