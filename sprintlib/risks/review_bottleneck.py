"""Reviews that pile up: too many wait, or nearly all of them go through one pair of hands."""

from sprintlib.features import Metric, graph
from sprintlib.forecast import count
from sprintlib.risks.context import SprintContext, listed
from sprintlib.risks.model import Play, Risk, Severity

KIND = "review_bottleneck"
PLACE = 80
PLAY = Play("PB-016", "Add a second default reviewer for {items}, and rotate weekly.")


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
            statement=f"{' and '.join(told)}. Waiting for a review in this sprint: {listed(waiting)}.",
            rule=(
                f"More than {limits.review_queue:g} open pull requests per active reviewer are waiting, or one person "
                f"gives more than {limits.review_share:.0%} of the reviews, and a pull request of the sprint is "
                "waiting; medium when both hold or the deadline is near, high when all do."
            ),
            items=tuple(waiting),
            evidence=context.cite(waiting),
        )
    ]


def _queue(load: Metric) -> str:
    return f"{count(load.n, 'open pull request')} without a review, {load.value:.1f} per active reviewer"


def _share(concentration: Metric) -> str:
    return f"{concentration.value:.0%} of the {concentration.n} reviews in {concentration.window} came from one person"


def _severity(context: SprintContext, long: bool, narrow: bool) -> Severity:
    levels: tuple[Severity, ...] = ("low", "medium", "high")
    return levels[(long and narrow) + context.near_due]
