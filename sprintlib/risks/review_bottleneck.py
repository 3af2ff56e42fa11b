"""Reviews that pile up: too many wait, or nearly all of them go through one pair of hands."""

from sprintlib.features import Metric, graph
from sprintlib.forecast import count
from sprintlib.risks.model import Risk, Severity
from sprintlib.risks.context import SprintContext, listed

KIND = "review_bottleneck"


def detect(context: SprintContext) -> list[Risk]:
    """Pull requests of the sprint wait for a review while the queue or the concentration of reviews is high.

    Says that one person gives most reviews, never who.
    """
    view = context.view
    load, concentration = view.shared(graph.review_load), view.shared(graph.review_concentration)
    limits = context.thresholds
    long = load.value is not None and load.value > limits.review_queue
    narrow = concentration.value is not None and concentration.value > limits.review_share
    waiting = sorted(ref for ref, move in context.moves.items() if move.role == "reviewer")
    if not waiting or not (long or narrow):
        return []
    told = [_queue(load)] if long else []
    told += [_share(concentration)] if narrow else []
    return [
        Risk(
            kind=KIND,
            severity=_severity(context, long, narrow),
            statement=f"{' and '.join(told)}, while {listed(waiting)} of this sprint "
            f"{'waits' if len(waiting) == 1 else 'wait'}.",
            rule=(
                f"More than {limits.review_queue:g} open pull requests an active reviewer wait for a review, or one "
                f"person gives more than {limits.review_share:.0%} of the reviews, and a pull request of the sprint "
                "waits for one; medium when both hold or the deadline is near, high when all do."
            ),
            items=tuple(waiting),
            evidence=context.cite(waiting),
        )
    ]


def _queue(load: Metric) -> str:
    return f"{count(load.n, 'open pull request')} without a review, {load.value:.1f} for each active reviewer"


def _share(concentration: Metric) -> str:
    return f"{concentration.value:.0%} of the {concentration.n} reviews of {concentration.window} by one person"


def _severity(context: SprintContext, long: bool, narrow: bool) -> Severity:
    levels: tuple[Severity, ...] = ("low", "medium", "high")
    return levels[(long and narrow) + context.near_due]
