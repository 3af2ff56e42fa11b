"""The pages by the names of their notebooks: each is the module of its name, with a `build`.

A page that is not about one milestone says `HAS_MILESTONE = False`, one that cannot go back to a day `HAS_DAY = False`.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple, cast

from markupsafe import Markup

from sprintlib.dashboards.widgets.view import View

FIRST = "overview"


class DashboardPage(NamedTuple):
    """One page. has_milestone: it is about one of them. has_day: it can go back to a day.

    build: its parts, from top to bottom, up to three; one that does not change is not drawn again.
    """

    name: str
    build: Callable[[View], tuple[Markup, ...]]
    has_milestone: bool
    has_day: bool


@cache
def pages() -> dict[str, DashboardPage]:
    """Every page by its name."""
    modules = {found.name: import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)}
    return {
        name: DashboardPage(
            name,
            cast(Callable[[View], tuple[Markup, ...]], module.build),
            getattr(module, "HAS_MILESTONE", True),
            getattr(module, "HAS_DAY", True),
        )
        for name, module in modules.items()
        if hasattr(module, "build")
    }


def find_page(name: str) -> DashboardPage:
    """The page of that name; the first one where there is none."""
    return pages().get(name, pages()[FIRST])
