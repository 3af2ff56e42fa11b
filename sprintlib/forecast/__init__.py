"""How likely a milestone lands, and when: the mechanistic layer (docs/forecast.md)."""

from sprintlib.forecast.absences import Absence, days_away, staffed, with_absences
from sprintlib.forecast.adopted import recalibrated
from sprintlib.forecast.finished_sprints import EarlierSprint, PlanAccuracy, earlier_sprints, plan_accuracy
from sprintlib.forecast.inputs import MINIMUM_CLOSING_DAYS, ForecastInputs, build_inputs, clamp
from sprintlib.forecast.item_forecasts import ended_within, in_time, item_forecasts, slowest_first
from sprintlib.forecast.item_words import item_words, most_in_doubt
from sprintlib.forecast.milestone_forecast import forecast, governing_part, headline, part_forecast
from sprintlib.forecast.project import closed_in_cadence
from sprintlib.forecast.random_streams import DRAWS
from sprintlib.forecast.simulation import probability_in_time
from sprintlib.forecast.sprint_history import SprintHistory, sprint_history
from sprintlib.forecast.whatif import (
    REVIEW_DAYS,
    Change,
    WhatIfForecasts,
    apply_change,
    gain,
    probability_under,
    rescheduled,
    what_if,
    work_under,
)
from sprintlib.forecast.words import a_percent, count, day_name, percent, points, whole_points, working_days
from sprintlib.forecast.workload import Workload

__all__ = [
    "DRAWS",
    "MINIMUM_CLOSING_DAYS",
    "REVIEW_DAYS",
    "Absence",
    "Change",
    "EarlierSprint",
    "ForecastInputs",
    "PlanAccuracy",
    "SprintHistory",
    "WhatIfForecasts",
    "Workload",
    "a_percent",
    "apply_change",
    "build_inputs",
    "clamp",
    "closed_in_cadence",
    "count",
    "day_name",
    "days_away",
    "earlier_sprints",
    "ended_within",
    "forecast",
    "gain",
    "governing_part",
    "headline",
    "in_time",
    "item_forecasts",
    "item_words",
    "most_in_doubt",
    "part_forecast",
    "percent",
    "plan_accuracy",
    "points",
    "probability_in_time",
    "probability_under",
    "recalibrated",
    "rescheduled",
    "slowest_first",
    "sprint_history",
    "staffed",
    "what_if",
    "whole_points",
    "with_absences",
    "work_under",
    "working_days",
]
