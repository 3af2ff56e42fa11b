"""Where a project's sprints come from: GitHub's milestones as they were collected, or what sprint.toml says instead."""

from sqlalchemy import Connection

from sprintlib.calendar import WorkingCalendar
from sprintlib.history.boards import with_board
from sprintlib.history.cadence import Cadence, CadenceStays, cadence_stays, with_cadence
from sprintlib.history.state import ProjectState
from sprintlib.history.touched import Touched
from sprintlib.settings import Settings


def with_sprints(past: ProjectState, settings: Settings, connection: Connection) -> ProjectState:
    """A past as it was collected, with the sprints that `[sprints]` of sprint.toml names in place of milestones.

    Raises SettingsError for a country without known holidays.
    """
    return bring_sprints(past, settings, connection)[0]


def bring_sprints(
    past: ProjectState,
    settings: Settings,
    connection: Connection,
    before: CadenceStays | None = None,
    touched: Touched | None = None,
) -> tuple[ProjectState, CadenceStays | None]:
    """The same, and what a later past is made from; before, touched: as of an earlier one, and what differs since.

    Everything above sees them as it sees milestones: rows of `milestones`, `memberships` and the `milestone` of items.
    Raises SettingsError for a country without known holidays.
    """
    asked = settings.sprints
    if asked.source == "milestones":
        return past, None
    calendar = WorkingCalendar.from_settings(settings)
    if asked.source == "projects" and asked.project is not None:
        return with_board(past, connection, asked.project, calendar), None
    if asked.start is not None:
        cadence = Cadence(asked.start, settings.sprint_days, calendar)
        stays = cadence_stays(past, cadence, before, touched)
        return with_cadence(past, cadence, stays), stays
    return past, None
