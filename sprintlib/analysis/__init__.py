"""analyze(): from stored facts to forecasts, risks, recommendations and their reasons, as of any moment.

Names are imported when they are first used: a page or a command waits only for what it shows.
"""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.analysis.model import Analysis, MilestoneAnalysis, Sentence
    from sprintlib.analysis.pipeline import analyze, analyze_past, check_milestone

__all__ = [
    "Analysis",
    "MilestoneAnalysis",
    "Sentence",
    "analyze",
    "analyze_past",
    "check_milestone",
]

__getattr__ = lazy_exports(
    __name__,
    {
        "pipeline": ("analyze", "analyze_past", "check_milestone"),
        "model": ("Analysis", "MilestoneAnalysis", "Sentence"),
    },
)
