"""Stored results: analyses with their revisions, and report runs."""

from sprintlib.results.analyses import (
    latest_analyses,
    left_out,
    previous_analysis,
    shown,
    store_analysis,
    store_changed,
    thin_analyses,
    with_words,
)
from sprintlib.results.run_table import Run, mark_dead_runs, runs

__all__ = [
    "Run",
    "latest_analyses",
    "left_out",
    "mark_dead_runs",
    "previous_analysis",
    "runs",
    "shown",
    "store_analysis",
    "store_changed",
    "thin_analyses",
    "with_words",
]
