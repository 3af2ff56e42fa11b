"""Where a project's sprints come from: GitHub's milestones as they were collected, or what sprint.toml says instead."""

from sqlalchemy import Connection

from sprintlib.calendar import WorkingCalendar
from sprintlib.history.boards import with_board
from sprintlib.history.cadence import Cadence, with_cadence
from sprintlib.history.state import ProjectState
from sprintlib.settings import Settings


def with_sprints(past: ProjectState, settings: Settings, connection: Connection) -> ProjectState:
    """A past as it was collected, with the sprints that `[sprints]` of sprint.toml names in place of milestones.

    Everything above sees them as it sees milestones: rows of `milestones`, `memberships` and the `milestone` of items.
    Raises SettingsError for a country without known holidays.
    """
    asked = settings.sprints
    if asked.source == "milestones":
        return past
    calendar = WorkingCalendar.from_settings(settings)
    if asked.source == "projects" and asked.project is not None:
        return with_board(past, connection, asked.project, calendar)
    if asked.start is not None:
        return with_cadence(past, Cadence(asked.start, settings.sprint_days, calendar))
    return past
