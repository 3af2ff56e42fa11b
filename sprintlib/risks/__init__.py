"""What threatens a sprint: one detector a module, each with its rule in words and evidence (docs/risks.md)."""

from sprintlib.risks import blocked_item, failing_ci, scope_creep, stale_pull_request, unstarted_near_due
from sprintlib.risks.blockades import Blockade
from sprintlib.risks.model import Risk
from sprintlib.risks.situation import Situation, listed, shorten

DETECTORS = (blocked_item, stale_pull_request, failing_ci, scope_creep, unstarted_near_due)
_ORDER = ("high", "medium", "low", "unknown")

__all__ = ["Blockade", "Risk", "Situation", "find_risks", "listed", "shorten"]


def find_risks(situation: Situation) -> tuple[Risk, ...]:
    """Every risk of the sprint, worst first; none once nothing is open."""
    if situation.sprint.open_items.is_empty():
        return ()
    found = [risk for detector in DETECTORS for risk in detector.detect(situation)]
    return tuple(sorted(found, key=lambda risk: _ORDER.index(risk.severity)))
