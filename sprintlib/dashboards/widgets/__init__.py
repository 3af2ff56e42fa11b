"""What the dashboards show: thin pages for notebooks, with widgets where interaction is real."""

from sprintlib.dashboards.widgets.dashboard import Dashboard
from sprintlib.dashboards.widgets.opening import open_dashboard
from sprintlib.dashboards.widgets.page import page
from sprintlib.dashboards.widgets.request import Request, wait_for_request
from sprintlib.dashboards.widgets.source import DashboardSource

__all__ = ["Dashboard", "DashboardSource", "Request", "open_dashboard", "page", "wait_for_request"]
