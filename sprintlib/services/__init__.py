"""What command line, API, pages and notebooks call, each with the project's handle. Access will be checked here."""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.services.analysis import analyze, explain
    from sprintlib.services.collection import read_archive, sync
    from sprintlib.services.feedback import (
        FeedbackResult,
        GivenAnswer,
        OpenRecommendation,
        given_answers,
        open_recommendations,
        record_feedback,
    )
    from sprintlib.services.graphs import DependencyGraph, dependency_graph
    from sprintlib.services.question_answering import Answer, answer, ask
    from sprintlib.services.standings import chances, fill_days, standing, stood_before, trends
    from sprintlib.services.whatif import WhatIfResult, can_change, gains_if_out, last_recommended, what_if

__all__ = [
    "Answer",
    "DependencyGraph",
    "FeedbackResult",
    "GivenAnswer",
    "OpenRecommendation",
    "WhatIfResult",
    "analyze",
    "answer",
    "ask",
    "can_change",
    "chances",
    "dependency_graph",
    "explain",
    "fill_days",
    "gains_if_out",
    "given_answers",
    "last_recommended",
    "open_recommendations",
    "read_archive",
    "record_feedback",
    "standing",
    "stood_before",
    "sync",
    "trends",
    "what_if",
]

__getattr__ = lazy_exports(
    __name__,
    {
        "analysis": ("analyze", "explain"),
        "collection": ("read_archive", "sync"),
        "graphs": ("DependencyGraph", "dependency_graph"),
        "feedback": (
            "FeedbackResult",
            "GivenAnswer",
            "OpenRecommendation",
            "given_answers",
            "open_recommendations",
            "record_feedback",
        ),
        "question_answering": ("Answer", "answer", "ask"),
        "standings": ("chances", "fill_days", "standing", "stood_before", "trends"),
        "whatif": ("WhatIfResult", "can_change", "gains_if_out", "last_recommended", "what_if"),
    },
)
