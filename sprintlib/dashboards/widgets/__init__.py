"""What the dashboards show: thin pages for notebooks, with widgets where interaction is real."""

from sprintlib.dashboards.widgets.overview import Overview
from sprintlib.dashboards.widgets.page import page
from sprintlib.dashboards.widgets.pages import overview_page, reports_page
from sprintlib.dashboards.widgets.request import Request, wait_for_request
from sprintlib.dashboards.widgets.source import Source

__all__ = ["Overview", "Request", "Source", "overview_page", "page", "reports_page", "wait_for_request"]
