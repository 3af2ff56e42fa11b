"""The situation of sprint 2, for detectors."""

from typing import Any

from sprintlib.calendar import WorkingCalendar
from sprintlib.dependencies import find_dependencies
from sprintlib.forecast import find_sprints
from sprintlib.risks import Situation
from sprintlib.settings import RiskSettings
from tests.sprints import AS_OF
from tests.world import World


def situation(world: World, as_of: str = AS_OF, title: str = "Sprint 2", **thresholds: Any) -> Situation:
    """Sprint 2 as of Friday noon, with default thresholds unless named."""
    past = world.past(as_of)
    (sprint,) = find_sprints(past, WorkingCalendar.from_settings(world.settings), {}, title)
    return Situation(sprint, RiskSettings(**thresholds), find_dependencies(past))
