"""The frame of every dashboard page: a failure becomes one readable sentence, never a traceback or a blank."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
from IPython.display import HTML, display

from sprintlib.dashboards.widgets import fragments
from sprintlib.errors import SprintError


def page(build: Callable[[], widgets.Widget | str]) -> None:
    """Build a page and show it: a widget, or HTML that is escaped already. Call it once a notebook, in the last cell.

    One of our own errors becomes a card with its sentence. Any other goes to Voilà, which writes it to the server's
    log, and whose template shows a card without details.
    """
    try:
        show(build())
    except SprintError as error:
        display(HTML(fragments.problem(str(error))))


def show(content: widgets.Widget | str) -> None:
    """Display a widget or escaped HTML.

    A widget with an attribute `early` (HTML) is preceded by it until the browser has started the widgets, so that
    the page can be read at once.
    """
    if isinstance(content, str):
        display(HTML(content))
        return
    view = {"version_major": 2, "version_minor": 0, "model_id": content.model_id}
    bundle: dict[str, Any] = {"application/vnd.jupyter.widget-view+json": view, "text/plain": "(a dashboard)"}
    early = getattr(content, "early", None)
    display(bundle | ({"text/html": early} if early else {}), raw=True)
