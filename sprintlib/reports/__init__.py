"""Dated reports: a parameterised notebook run by papermill, frozen as HTML and Markdown, every run in the books."""

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
