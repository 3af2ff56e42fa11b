"""One function a dashboard notebook, called in its last cell."""

from sprintlib.dashboards.widgets import fragments
from sprintlib.dashboards.widgets.overview import Overview
from sprintlib.dashboards.widgets.page import page
from sprintlib.dashboards.widgets.request import wait_for_request
from sprintlib.dashboards.widgets.source import Runs, Source
from sprintlib.imports import import_without_uri_grammar
from sprintlib.views.templating import TEMPLATES


def overview_page(runs: Runs) -> None:
    """Milestones, the chosen one's forecast, risks and actions, freshness, and the latest reports.

    runs: the reader of the run table, `sprintlib.results.runs`.
    """
    # slow, and needed for the first page: in a kernel started ahead, before a visitor waits for it
    import_without_uri_grammar("altair")
    for templates in (TEMPLATES, fragments.TEMPLATES):
        templates.compile_all()
    request = wait_for_request()

    def build() -> Overview:
        overview = Overview(Source(runs), request)
        overview.watch()
        return overview

    page(build)


def reports_page(runs: Runs) -> None:
    """All dated reports. runs: the reader of the run table, `sprintlib.results.runs`."""
    wait_for_request()
    page(lambda: fragments.reports(Source(runs).reports()))
