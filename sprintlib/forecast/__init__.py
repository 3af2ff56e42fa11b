"""How likely a milestone lands, and when: the mechanistic layer (docs/forecast.md)."""

from sprintlib.forecast.forecasting import forecast, governing_part, part_probability
from sprintlib.forecast.outlook import Outlook, chance, clamp, prepare
from sprintlib.forecast.simulation import Workload
from sprintlib.forecast.sprint import Sprint, SprintPart, sprints
from sprintlib.forecast.words import count, day_name, percent, points

__all__ = [
    "Outlook",
    "Sprint",
    "SprintPart",
    "Workload",
    "chance",
    "clamp",
    "count",
    "day_name",
    "forecast",
    "governing_part",
    "part_probability",
    "percent",
    "points",
    "prepare",
    "sprints",
]
