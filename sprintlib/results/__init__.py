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
from sprintlib.results.past_analyses import ChanceAt, MeasuredAt, chances, measured, newest_before, stored_moments
from sprintlib.results.run_table import Run, mark_dead_runs, runs

__all__ = [
    "ChanceAt",
    "MeasuredAt",
    "Run",
    "chances",
    "latest_analyses",
    "left_out",
    "mark_dead_runs",
    "measured",
    "newest_before",
    "previous_analysis",
    "runs",
    "shown",
    "store_analysis",
    "store_changed",
    "stored_moments",
    "thin_analyses",
    "with_words",
]
