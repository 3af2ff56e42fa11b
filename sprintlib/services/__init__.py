"""What command line, API, pages and notebooks call, each with the project's handle, which says who asks."""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.services.analysis import analyze, explain
    from sprintlib.services.catalog import milestones, organizations, repositories
    from sprintlib.services.collection import read_archive, replay, sync
    from sprintlib.services.delivery_records import deliveries, delivery, retry_deliveries
    from sprintlib.services.dependency_edges import dependencies
    from sprintlib.services.evidence_texts import evidence
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
    from sprintlib.services.reliability import Calibration, calibration
    from sprintlib.services.report_runs import ReportVerdict, report_file, report_verdicts, runs
    from sprintlib.services.scope_changes import ScopeEntry, scope_log
    from sprintlib.services.stage_times import AgeingItem, Flow, MergedPull, StageTimes, flow
    from sprintlib.services.standings import chances, fill_days, standing, stood_before, trends
    from sprintlib.services.stored import forecasts, risks, stored_milestones
    from sprintlib.services.token_administration import create_token, revoke_token, tokens
    from sprintlib.services.whatif import WhatIfResult, can_change, gains_if_out, last_recommended, what_if

_MODULES = {
    "analysis": ("analyze", "explain"),
    "reliability": ("Calibration", "calibration"),
    "catalog": ("milestones", "organizations", "repositories"),
    "collection": ("read_archive", "replay", "sync"),
    "delivery_records": ("deliveries", "delivery", "retry_deliveries"),
    "dependency_edges": ("dependencies",),
    "evidence_texts": ("evidence",),
    "feedback": (
        "FeedbackResult",
        "GivenAnswer",
        "OpenRecommendation",
        "given_answers",
        "open_recommendations",
        "record_feedback",
    ),
    "stage_times": ("AgeingItem", "Flow", "MergedPull", "StageTimes", "flow"),
    "graphs": ("DependencyGraph", "dependency_graph"),
    "question_answering": ("Answer", "answer", "ask"),
    "report_runs": ("ReportVerdict", "report_file", "report_verdicts", "runs"),
    "stored": ("forecasts", "risks", "stored_milestones"),
    "token_administration": ("create_token", "revoke_token", "tokens"),
    "scope_changes": ("ScopeEntry", "scope_log"),
    "standings": ("chances", "fill_days", "standing", "stood_before", "trends"),
    "whatif": ("WhatIfResult", "can_change", "gains_if_out", "last_recommended", "what_if"),
}
__all__ = [
    "AgeingItem",
    "Answer",
    "Calibration",
    "DependencyGraph",
    "FeedbackResult",
    "Flow",
    "GivenAnswer",
    "MergedPull",
    "OpenRecommendation",
    "ReportVerdict",
    "ScopeEntry",
    "StageTimes",
    "WhatIfResult",
    "analyze",
    "answer",
    "ask",
    "calibration",
    "can_change",
    "chances",
    "create_token",
    "deliveries",
    "delivery",
    "dependencies",
    "dependency_graph",
    "evidence",
    "explain",
    "fill_days",
    "flow",
    "forecasts",
    "gains_if_out",
    "given_answers",
    "last_recommended",
    "milestones",
    "open_recommendations",
    "organizations",
    "read_archive",
    "record_feedback",
    "replay",
    "report_file",
    "report_verdicts",
    "repositories",
    "retry_deliveries",
    "revoke_token",
    "risks",
    "runs",
    "scope_log",
    "standing",
    "stood_before",
    "stored_milestones",
    "sync",
    "tokens",
    "trends",
    "what_if",
]

__getattr__ = lazy_exports(__name__, _MODULES)
