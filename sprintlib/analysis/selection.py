"""Which milestone of an analysis a page, a report or the demo shows first."""

from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.history import due_next


def select_milestone(analysis: Analysis, wanted: str | None) -> MilestoneAnalysis | None:
    """The milestone with that key or title, then or now; else the one that `history.due_next` takes.

    None where no milestone was open.
    """
    named = [found for found in analysis.milestones if wanted in (found.key, found.title, *found.titles_then)]
    if named or (wanted is not None and len(analysis.milestones) == 1):
        return (named or analysis.milestones)[0]
    return due_next(analysis.milestones, lambda milestone: milestone.deadline, analysis.as_of)
