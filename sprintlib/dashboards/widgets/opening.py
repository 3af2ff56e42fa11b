"""What the notebook of a page calls, in its only cell."""

from sprintlib import results
from sprintlib.dashboards.widgets import fragments
from sprintlib.dashboards.widgets.dashboard import Dashboard
from sprintlib.dashboards.widgets.page import page
from sprintlib.dashboards.widgets.request import wait_for_request
from sprintlib.dashboards.widgets.source import Source
from sprintlib.imports import import_without_uri_grammar
from sprintlib.views.templating import TEMPLATES


def open_dashboard() -> None:
    """Show the page that the address names, and every other page that is asked for from there.

    The notebooks of all pages call this and nothing else, so that a kernel started ahead can show any of them.
    """
    # slow, and needed for the first page: in a kernel started ahead, before a visitor waits for it
    import_without_uri_grammar("altair")
    for templates in (TEMPLATES, fragments.TEMPLATES):
        templates.compile_all()
    request = wait_for_request()

    def build() -> Dashboard:
        dashboard = Dashboard(Source(results.runs), request)
        dashboard.watch()
        return dashboard

    page(build)
