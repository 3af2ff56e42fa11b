"""What the notebook of a page calls, in its only cell."""

from contextlib import suppress

from sprintlib import results
from sprintlib.analysis.selection import select_milestone
from sprintlib.dashboards.widgets import fragments
from sprintlib.dashboards.widgets.dashboard import Dashboard
from sprintlib.dashboards.widgets.page import page
from sprintlib.dashboards.widgets.pages import find_page
from sprintlib.dashboards.widgets.request import Request, is_ahead, wait_for_request
from sprintlib.dashboards.widgets.source import DashboardSource
from sprintlib.dashboards.widgets.view import View
from sprintlib.errors import SprintError
from sprintlib.imports import import_without_uri_grammar
from sprintlib.services.shared_states import States
from sprintlib.views.templating import TEMPLATES

_PREPARED = ("overview", "milestone")


def open_dashboard() -> None:
    """Show the page that the address names, and every other page that is asked for from there.

    The notebooks of all pages call this and nothing else, so that a kernel started ahead can show any of them.
    """
    # slow, and needed for the first page: in a kernel started ahead, before a visitor waits for it
    import_without_uri_grammar("altair")
    for templates in (TEMPLATES, fragments.TEMPLATES):
        templates.compile_all()
    states = States()
    if is_ahead():
        prepare(states)
    request = wait_for_request()

    def build() -> Dashboard:
        dashboard = Dashboard(DashboardSource(results.runs, states=states), request)
        dashboard.watch()
        return dashboard

    page(build)


def prepare(states: States) -> None:
    """Make the first pages once for nobody: what they need is imported then, and facts have only to be brought forward.

    What a visitor is shown is read and made after they have come. Where there is nothing to read yet, nothing happens.
    """
    with suppress(SprintError):
        source = DashboardSource(results.runs, states=states)
        analysis = source.analysis(None)
        chosen = select_milestone(analysis, None)
        for name in _PREPARED:
            find_page(name).build(View(source, analysis, chosen, Request(page=name)))
        source.project.engine.dispose()
