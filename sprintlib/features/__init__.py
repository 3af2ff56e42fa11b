"""Six families of features: temporal, code, text, graph, sentiment, delivery. Small pure functions over the past."""

from sprintlib.features import code, delivery, graph, sentiment, temporal, text
from sprintlib.features.metric import Metric
from sprintlib.features.view import MilestoneView

FEATURES = (
    *temporal.FEATURES,
    *code.FEATURES,
    *text.FEATURES,
    *graph.FEATURES,
    *sentiment.FEATURES,
    *delivery.FEATURES,
)


def measure(view: MilestoneView) -> tuple[Metric, ...]:
    """Every feature of a milestone as of `view.as_of`, family by family."""
    return tuple(feature(view) for feature in FEATURES)


__all__ = ["FEATURES", "Metric", "MilestoneView", "measure"]
