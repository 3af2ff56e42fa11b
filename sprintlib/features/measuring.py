"""Every feature of one milestone."""

from collections.abc import Callable
from dataclasses import replace

from sprintlib.features import code, delivery, graph, sentiment, temporal, text
from sprintlib.features.metric import Metric
from sprintlib.features.view import MilestoneView

Feature = Callable[[MilestoneView], Metric]

FEATURES: tuple[Feature, ...] = (
    *temporal.FEATURES,
    *code.FEATURES,
    *text.FEATURES,
    *graph.FEATURES,
    *sentiment.FEATURES,
    *delivery.FEATURES,
)
# the facts that the probability rests on: closings, what is open beside the time left, how each open item stands
# (begun or not, its age beside the usual lead time) and what is blocked
IN_FORECAST: frozenset[Feature] = frozenset(
    {
        temporal.pace,
        temporal.pace_gap,
        temporal.lead_time,
        temporal.item_age,
        temporal.work_in_progress,
        graph.open_blockers,
        graph.cross_repository_blocks,
    }
)
# the others look at the repositories, and milestones of the same ones share them
_OF_THE_MILESTONE: frozenset[Feature] = frozenset(
    {
        temporal.item_age,
        temporal.pace,
        temporal.pace_gap,
        temporal.carried_over,
        temporal.work_in_progress,
        *text.FEATURES,
        graph.open_blockers,
        graph.cross_repository_blocks,
        graph.critical_path,
    }
)


def measure(view: MilestoneView) -> tuple[Metric, ...]:
    """Every feature of a milestone as of `view.as_of`, family by family."""
    return tuple(_measured(feature, view) for feature in FEATURES)


def _measured(feature: Feature, view: MilestoneView) -> Metric:
    found = feature(view) if feature in _OF_THE_MILESTONE else view.shared(feature)
    return replace(found, in_forecast=feature in IN_FORECAST)
