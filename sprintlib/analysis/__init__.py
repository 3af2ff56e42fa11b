"""analyze(): from stored facts to forecasts, risks, recommendations and their reasons, as of any moment.

Names are imported when they are first used: a page or a command waits only for what it shows.
"""

from typing import TYPE_CHECKING

from sprintlib.imports import on_demand

if TYPE_CHECKING:
    from sprintlib.analysis.analyzing import analyze, analyze_past, check_milestone
    from sprintlib.analysis.answering import Answer, answer, ask
    from sprintlib.analysis.model import Analysis, MilestoneAnalysis, Sentence
    from sprintlib.analysis.moment import parse_as_of
    from sprintlib.analysis.storing import latest_analyses, previous_analysis, store_analysis, with_words
    from sprintlib.analysis.supposing import Supposition, what_if
    from sprintlib.analysis.terminal import render, render_answer, render_supposition

__all__ = [
    "Analysis",
    "Answer",
    "MilestoneAnalysis",
    "Sentence",
    "Supposition",
    "analyze",
    "analyze_past",
    "answer",
    "ask",
    "check_milestone",
    "latest_analyses",
    "parse_as_of",
    "previous_analysis",
    "render",
    "render_answer",
    "render_supposition",
    "store_analysis",
    "what_if",
    "with_words",
]

__getattr__ = on_demand(
    __name__,
    {
        "analyzing": ("analyze", "analyze_past", "check_milestone"),
        "answering": ("Answer", "answer", "ask"),
        "model": ("Analysis", "MilestoneAnalysis", "Sentence"),
        "moment": ("parse_as_of",),
        "storing": ("latest_analyses", "previous_analysis", "store_analysis", "with_words"),
        "supposing": ("Supposition", "what_if"),
        "terminal": ("render", "render_answer", "render_supposition"),
    },
)
