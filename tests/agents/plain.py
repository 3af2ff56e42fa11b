"""Analyses without what may differ between two computations of the same: the seconds they took."""

from typing import Any

from sprintlib.analysis import Analysis


def plain(analysis: Analysis) -> dict[str, Any]:
    """Everything but timings and words."""
    said = analysis.model_dump(mode="json", exclude={"timings"})
    for milestone in said["milestones"]:
        for name in ("timings", "llm", "narrative"):
            milestone.pop(name, None)
    return said
