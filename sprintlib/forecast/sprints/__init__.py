"""The statistical layer: will a sprint deliver the work now in it, from ratios that mean the same in every team.

Simulated sprints give the prior, public sprints correct it, and the organisation's own outcomes correct both.
"""

from sprintlib.forecast.sprints.features import FEATURES, features, outcomes, past_sprints
from sprintlib.forecast.sprints.local import LocalLayer, LocalPrior
from sprintlib.forecast.sprints.model import SprintModel, TimeModel, moderated, shipped_model

__all__ = [
    "FEATURES",
    "LocalLayer",
    "LocalPrior",
    "SprintModel",
    "TimeModel",
    "features",
    "moderated",
    "outcomes",
    "past_sprints",
    "shipped_model",
]
