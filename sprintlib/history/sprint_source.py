"""Where a project's sprints come from: GitHub's milestones as they were collected, or what sprint.toml says instead."""

from sprintlib.calendar import WorkingCalendar
from sprintlib.history.cadence import Cadence, with_cadence
from sprintlib.history.state import ProjectState
from sprintlib.settings import Settings


def with_sprints(past: ProjectState, settings: Settings) -> ProjectState:
    """A past as it was collected, with the sprints that `[sprints]` of sprint.toml names in place of milestones.

    Everything above sees them as it sees milestones: rows of `milestones`, `memberships` and the `milestone` of items.
    Raises SettingsError for a country without known holidays.
    """
    if settings.sprints.source == "cadence" and settings.sprints.start is not None:
        calendar = WorkingCalendar.from_settings(settings)
        return with_cadence(past, Cadence(settings.sprints.start, settings.sprint_days, calendar))
    return past
