"""Every dated report, and runs that failed."""

from markupsafe import Markup

from sprintlib.dashboards.widgets import fragments
from sprintlib.dashboards.widgets.view import View

HAS_MILESTONE = False
HAS_DAY = False


def build(view: View) -> tuple[Markup, ...]:
    """The whole page."""
    runs = view.facts.reports()
    return (fragments.reports(runs, view.facts.settings.time_zone, view.facts.verdicts(runs)),)
