"""What command line, API, pages and notebooks call, each with the project's handle. Access will be checked here."""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.services.analysis import analyze, explain
    from sprintlib.services.collection import read_archive, replay, sync
    from sprintlib.services.feedback import FeedbackResult, OpenRecommendation, open_recommendations, record_feedback
    from sprintlib.services.question_answering import Answer, answer, ask
    from sprintlib.services.whatif import WhatIfResult, last_recommended, what_if

__all__ = [
    "Answer",
    "FeedbackResult",
    "OpenRecommendation",
    "WhatIfResult",
    "analyze",
    "answer",
    "ask",
    "explain",
    "last_recommended",
    "open_recommendations",
    "read_archive",
    "record_feedback",
    "replay",
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
        "whatif": ("WhatIfResult", "last_recommended", "what_if"),
    },
)
