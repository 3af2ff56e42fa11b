"""How likely a milestone lands, and when: the mechanistic layer (docs/forecast.md)."""

from sprintlib.forecast.chance import DRAWS
from sprintlib.forecast.earlier import EarlierSprint, PlanAccuracy, earlier_sprints, plan_accuracy
from sprintlib.forecast.forecasting import forecast, governing_part, part_forecast
from sprintlib.forecast.item_forecasts import in_time, item_forecasts, slowest_first
from sprintlib.forecast.links import closed_refs
from sprintlib.forecast.outlook import MINIMUM_CLOSING_DAYS, Outlook, chance, clamp, prepare
from sprintlib.forecast.project import closed_in_cadence
from sprintlib.forecast.record import Record, record_of
from sprintlib.forecast.simulation import Workload
from sprintlib.forecast.sprint import Sprint, SprintPart, find_sprints
from sprintlib.forecast.whatif import REVIEW_DAYS, Change, WhatIf, supposed, what_if
from sprintlib.forecast.words import a_percent, count, day_name, percent, points, working_days

__all__ = [
    "DRAWS",
    "MINIMUM_CLOSING_DAYS",
    "REVIEW_DAYS",
    "Change",
    "EarlierSprint",
    "Outlook",
    "PlanAccuracy",
    "Record",
    "Sprint",
    "SprintPart",
    "WhatIf",
    "Workload",
    "a_percent",
    "chance",
    "clamp",
    "closed_in_cadence",
    "closed_refs",
    "count",
    "day_name",
    "earlier_sprints",
    "find_sprints",
    "forecast",
    "governing_part",
    "in_time",
    "item_forecasts",
    "part_forecast",
    "percent",
    "plan_accuracy",
    "points",
    "prepare",
    "record_of",
    "slowest_first",
    "supposed",
    "what_if",
    "working_days",
]
