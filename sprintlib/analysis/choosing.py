"""Which milestone a page shows first."""

from sprintlib.analysis.model import Analysis, MilestoneAnalysis


def choose(analysis: Analysis, title: str | None) -> MilestoneAnalysis | None:
    """The milestone with that title, then or now; else the one whose deadline comes next, else the last one overdue.

    None where no milestone was open.
    """
    named = [found for found in analysis.milestones if title in (found.title, *found.titles_then)]
    if named or (title is not None and len(analysis.milestones) == 1):
        return (named or analysis.milestones)[0]
    if not analysis.milestones:
        return None
    return min(analysis.milestones, key=lambda milestone: _nearness(analysis, milestone))


def _nearness(analysis: Analysis, milestone: MilestoneAnalysis) -> tuple[int, int]:
    if milestone.due_on is None:
        return (2, 0)
    days = (milestone.due_on - analysis.as_of.date()).days
    return (0, days) if days >= 0 else (1, -days)
