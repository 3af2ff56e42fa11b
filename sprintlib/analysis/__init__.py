"""analyze(): from stored facts to forecasts, risks, recommendations and their reasons, as of any moment."""

from sprintlib.analysis.analyzing import analyze, analyze_past
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
