"""The pages by the names of their notebooks; each is made by one function of what it is to show."""

from collections.abc import Callable
from typing import NamedTuple

from markupsafe import Markup

from sprintlib.dashboards.widgets.pages import actions, dependencies, health, milestone, portfolio, reports, trends
from sprintlib.dashboards.widgets.view import View


class Page(NamedTuple):
    """One page. has_milestone: it is about one of them. has_day: it can go back to a day.

    build: its parts, from top to bottom, up to three; one that does not change is not drawn again.
    """

    name: str
    build: Callable[[View], tuple[Markup, ...]]
    has_milestone: bool = True
    has_day: bool = True


PAGES = (
    Page("overview", portfolio.build, has_milestone=False),
    Page("milestone", milestone.build),
    Page("dependencies", dependencies.build),
    Page("actions", actions.build),
    Page("trends", trends.build),
    Page("health", health.build, has_milestone=False, has_day=False),
    Page("reports", reports.build, has_milestone=False, has_day=False),
)
_BY_NAME = {page.name: page for page in PAGES}


def find_page(name: str) -> Page:
    """The page of that name; the first one where there is none."""
    return _BY_NAME.get(name, PAGES[0])
