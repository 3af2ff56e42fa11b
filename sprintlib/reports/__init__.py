"""Dated reports: a parameterised notebook run by papermill, frozen as HTML and Markdown, every run in the books.

Names are imported when they are first used: starting a report must not wait a second for what only the end needs.
"""

from typing import TYPE_CHECKING

from sprintlib.imports import lazy_exports

if TYPE_CHECKING:
    from sprintlib.reports.dated_report import ReportFiles, folder_name, write_report
    from sprintlib.reports.due import DatedSprint, Result, is_due, open_dated_sprints, overdue, run_due
    from sprintlib.reports.kinds import KINDS, Kind, subject_of
    from sprintlib.reports.looking_back import LookingBack, Week, open_retrospective, open_week
    from sprintlib.reports.page import ReportPage, open_page
    from sprintlib.reports.retention import prune
    from sprintlib.reports.slots import Slot, slot_at

__all__ = [
    "KINDS",
    "DatedSprint",
    "Kind",
    "LookingBack",
    "ReportFiles",
    "ReportPage",
    "Result",
    "Slot",
    "Week",
    "folder_name",
    "is_due",
    "open_dated_sprints",
    "open_page",
    "open_retrospective",
    "open_week",
    "overdue",
    "prune",
    "run_due",
    "slot_at",
    "subject_of",
    "write_report",
]

__getattr__ = lazy_exports(
    __name__,
    {
        "due": ("DatedSprint", "Result", "is_due", "open_dated_sprints", "overdue", "run_due"),
        "kinds": ("KINDS", "Kind", "subject_of"),
        "looking_back": ("LookingBack", "Week", "open_retrospective", "open_week"),
        "page": ("ReportPage", "open_page"),
        "retention": ("prune",),
        "slots": ("Slot", "slot_at"),
        "dated_report": ("ReportFiles", "folder_name", "write_report"),
    },
)
