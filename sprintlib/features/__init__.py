"""Six families of features: temporal, code, text, graph, sentiment, delivery. Small pure functions over the past."""

from sprintlib.features.measuring import FEATURES, IN_FORECAST, measure
from sprintlib.features.metric import Metric
from sprintlib.features.view import MilestoneView

__all__ = ["FEATURES", "IN_FORECAST", "Metric", "MilestoneView", "measure"]
