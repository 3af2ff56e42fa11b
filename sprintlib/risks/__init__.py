"""What threatens a sprint: one detector a module, each with its rule in words and evidence (docs/risks.md)."""

from sprintlib.risks import (
    ageing_work,
    blocked_item,
    concurrent_edits,
    failing_ci,
    flaky_ci,
    late_start,
    overcommitted,
    oversized_pull_request,
    quiet_milestone,
    review_bottleneck,
    scope_creep,
    single_ownership,
    stale_pull_request,
    unstarted_near_due,
    untracked_board,
    work_in_progress,
)
from sprintlib.risks.blocked_items import BlockedItem
from sprintlib.risks.prompt_injection import find_hostile_text
from sprintlib.risks.model import Risk
from sprintlib.risks.context import SprintContext, listed, shorten

DETECTORS = (
    blocked_item,
    stale_pull_request,
    failing_ci,
    scope_creep,
    unstarted_near_due,
    quiet_milestone,
    late_start,
    review_bottleneck,
    ageing_work,
    work_in_progress,
    oversized_pull_request,
    concurrent_edits,
    flaky_ci,
    overcommitted,
    untracked_board,
    single_ownership,
)
_ORDER = ("high", "medium", "low", "unknown")

__all__ = ["BlockedItem", "Risk", "SprintContext", "find_hostile_text", "find_risks", "listed", "shorten"]


def find_risks(context: SprintContext) -> tuple[Risk, ...]:
    """Every risk of the sprint, worst first; none once nothing is open."""
    if context.sprint.open_items.is_empty():
        return ()
    found = [risk for detector in DETECTORS for risk in detector.detect(context)]
    return tuple(sorted(found, key=lambda risk: _ORDER.index(risk.severity)))
