"""Which milestone of an analysis a page, a report or the demo shows first."""

from datetime import UTC, datetime, time, timedelta

from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.history import due_next


def select_milestone(analysis: Analysis, wanted: str | None) -> MilestoneAnalysis | None:
    """The milestone with that key or title, then or now; else the one that `history.due_next` takes.

    None where no milestone was open.
    """
    named = [found for found in analysis.milestones if wanted in (found.key, found.title, *found.titles_then)]
    if named or (wanted is not None and len(analysis.milestones) == 1):
        return (named or analysis.milestones)[0]
    return due_next(analysis.milestones, _deadline, analysis.as_of)


def _deadline(milestone: MilestoneAnalysis) -> datetime | None:
    """The end of the due date; analyses of version 0.1.0 do not say in which zone, and UTC is near enough."""
    if milestone.deadline is not None or milestone.due_on is None:
        return milestone.deadline
    return datetime.combine(milestone.due_on + timedelta(days=1), time(), UTC)
