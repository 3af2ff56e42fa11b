"""What command line, API, pages and notebooks call, each with the project's handle. Access will be checked here."""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.services.analysis import analyze, explain
    from sprintlib.services.collection import read_archive, replay, sync
    from sprintlib.services.feedback import FeedbackResult, OpenRecommendation, open_recommendations, record_feedback
    from sprintlib.services.question_answering import Answer, answer, ask
    from sprintlib.services.standings import chances, fill_days, standing, stood_before
    from sprintlib.services.whatif import WhatIfResult, can_change, gains_if_out, last_recommended, what_if

__all__ = [
    "Answer",
    "FeedbackResult",
    "OpenRecommendation",
    "WhatIfResult",
    "analyze",
    "answer",
    "ask",
    "can_change",
    "chances",
    "explain",
    "fill_days",
    "gains_if_out",
    "last_recommended",
    "open_recommendations",
    "read_archive",
    "record_feedback",
    "replay",
    "standing",
    "stood_before",
    "sync",
    "what_if",
]

__getattr__ = lazy_exports(
    __name__,
    {
        "analysis": ("analyze", "explain"),
        "collection": ("read_archive", "replay", "sync"),
        "feedback": ("FeedbackResult", "OpenRecommendation", "open_recommendations", "record_feedback"),
        "question_answering": ("Answer", "answer", "ask"),
        "standings": ("chances", "fill_days", "standing", "stood_before"),
        "whatif": ("WhatIfResult", "can_change", "gains_if_out", "last_recommended", "what_if"),
    },
)
