"""What the cells of the notebook call: open the project as of a moment, and show it piece by piece."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from markupsafe import Markup

from sprintlib import settings as settings_module
from sprintlib import views
from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.analysis.selection import select_milestone

# the numbers travel inside the executed notebook, so that every frozen copy rests on exactly what the page showed
MIME_TYPE = "application/vnd.sprint.analysis+json"


class Shown:
    """HTML as the last expression of a cell; already escaped."""

    def __init__(self, html: str, data: dict[str, Any] | None = None) -> None:
        self.html = str(html)
        self.data = data

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/html": self.html, "text/plain": "(shown as HTML)"}
        return bundle | ({MIME_TYPE: self.data} if self.data else {})


class Page:
    """One milestone of an analysis, in pieces for the cells of a notebook.

    milestone: None where none was open; then the page says what is known of the project.
    cache: folder for the charting script, see `views.vega_preamble`.
    """

    def __init__(self, analysis: Analysis, milestone: MilestoneAnalysis | None, cache: Path | None = None) -> None:
        self.analysis = analysis
        self.milestone = milestone
        self._cache = cache

    def first_screen(self) -> Shown:
        """The answer, the burn-up, three risks, three actions. The first piece: style and charting come with it."""
        chosen = () if self.milestone is None else (self.milestone,)
        data = self.analysis.model_copy(update={"milestones": chosen}).model_dump(mode="json")
        if self.milestone is None:
            return Shown(views.style() + views.wrapped(views.project_screen(self.analysis)), data)
        before = views.style() + views.vega_preamble(self._cache)
        return Shown(before + views.wrapped(views.first_screen(self.analysis, self.milestone)), data)

    def drivers(self) -> Shown:
        """How the score came about."""
        return self._piece(views.drivers_table)

    def findings(self) -> Shown:
        """Every risk with its rule, and every action."""
        return self._piece(views.all_findings)

    def scope(self) -> Shown:
        """The counts, and the parts in each repository."""
        return self._piece(views.scope)

    def context(self) -> Shown:
        """Earlier sprints, and everything that was measured."""
        return Shown(views.wrapped(views.context(self.analysis, self.milestone)))

    def basis(self) -> Shown:
        """Freshness, what is missing, and how to read the page."""
        return Shown(views.wrapped(views.what_it_rests_on(self.analysis, self.milestone)))

    def _piece(self, make: Callable[[Analysis, MilestoneAnalysis], Markup]) -> Shown:
        if self.milestone is None:
            return Shown("")
        return Shown(views.wrapped(make(self.analysis, self.milestone)))


def open_page(home: str | None = None, milestone: str | None = None, as_of: str | None = None) -> Page:
    """Analyse a project for a notebook. Reads the store, writes nothing.

    home: folder with sprint.toml; None: SPRINT_HOME or the working folder. milestone: a title; None: the nearest
    deadline. as_of: RFC 3339, or a date for the end of that day; None: now.
    Raises SettingsError, StoreError or AnalysisError with one sentence.
    """
    from sprintlib.as_of import parse_as_of
    from sprintlib.project import ProjectHandle
    from sprintlib.results import with_words
    from sprintlib.services import analyze

    settings = settings_module.load(home)
    moment = parse_as_of(as_of, settings)
    project = ProjectHandle.open(settings, read_only=True)
    result = with_words(project.engine, analyze(project, moment, milestone))
    return Page(result, select_milestone(result, milestone), project.settings.data_dir / "cache")
