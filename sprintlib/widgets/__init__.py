"""What the dashboards show: thin pages for notebooks, with widgets where interaction is real."""

from sprintlib.widgets.overview import Overview
from sprintlib.widgets.page import page
from sprintlib.widgets.pages import overview_page, reports_page
from sprintlib.widgets.request import Request, wait_for_request
from sprintlib.widgets.source import Source

__all__ = ["Overview", "Request", "Source", "overview_page", "page", "reports_page", "wait_for_request"]
