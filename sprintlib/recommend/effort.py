"""What an action costs, in working days of somebody: by judgement, and only its order decides anything."""

from sprintlib.recommend.candidates import Candidate

REVIEW_COST, UNBLOCK_COST, DROP_COST = 0.25, 0.5, 1.0
COSTS = {"PB-001": REVIEW_COST, "PB-003": REVIEW_COST, "PB-006": UNBLOCK_COST, "PB-007": UNBLOCK_COST}
_PER_ITEM = ("PB-009", "PB-010")  # each item that leaves has to be agreed with whoever waits for it
_OTHER = 0.5


def effort(candidate: Candidate) -> float:
    """Working days."""
    if candidate.play in _PER_ITEM:
        return DROP_COST * max(len(candidate.items), 1)
    return COSTS.get(candidate.play, _OTHER)
