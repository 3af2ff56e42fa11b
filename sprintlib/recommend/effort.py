"""What an action costs, in working days of somebody: by judgement, and only its order decides anything."""

from sprintlib.recommend.candidates import CUTS, Candidate

_REVIEW, _UNBLOCK, _DROP, _OTHER = 0.25, 0.5, 1.0, 0.5
_COSTS = {"PB-001": _REVIEW, "PB-003": _REVIEW, "PB-006": _UNBLOCK, "PB-007": _UNBLOCK}


def effort(candidate: Candidate) -> float:
    """Working days. Each item that leaves has to be agreed with whoever waits for it."""
    each = _DROP if candidate.play in CUTS else _COSTS.get(candidate.usual_play, _OTHER)
    return each * candidate.size
