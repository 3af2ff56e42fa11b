"""Dated reports: a parameterised notebook run by papermill, frozen as HTML and Markdown, every run in the books.

Names are imported when they are first used: starting a report must not wait a second for what only the end needs.
"""

from typing import TYPE_CHECKING

from sprintlib.imports import on_demand

if TYPE_CHECKING:
    from sprintlib.reports.due import Result, is_due, last_slot, open_dated_milestones, overdue, run_due
    from sprintlib.reports.page import Page, open_page
    from sprintlib.reports.retention import prune
    from sprintlib.reports.run_table import Run, recognise_killed, runs
    from sprintlib.reports.writing import ReportFiles, folder_name, write_report

__all__ = [
    "Page",
    "ReportFiles",
    "Result",
    "Run",
    "folder_name",
    "is_due",
    "last_slot",
    "open_dated_milestones",
    "open_page",
    "overdue",
    "prune",
    "recognise_killed",
    "run_due",
    "runs",
    "write_report",
]

__getattr__ = on_demand(
    __name__,
    {
        "due": ("Result", "is_due", "last_slot", "open_dated_milestones", "overdue", "run_due"),
        "page": ("Page", "open_page"),
        "retention": ("prune",),
        "run_table": ("Run", "recognise_killed", "runs"),
        "writing": ("ReportFiles", "folder_name", "write_report"),
    },
)
