"""Dated reports: a parameterised notebook run by papermill, frozen as HTML and Markdown, every run in the books."""

from sprintlib.reports.page import Page, open_page
from sprintlib.reports.run_table import Run, recognise_killed, runs
from sprintlib.reports.writing import ReportFiles, write_report

__all__ = ["Page", "ReportFiles", "Run", "open_page", "recognise_killed", "runs", "write_report"]
