"""What the cells of the notebook call: open the project as of a moment, and show it piece by piece."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from markupsafe import Markup

from sprintlib import settings as settings_module
from sprintlib import views
from sprintlib.analysis.memory import Memory
from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.analysis.selection import select_milestone

# the numbers travel inside the executed notebook, so that every frozen copy rests on exactly what the page showed
MIME_TYPE = "application/vnd.sprint.analysis+json"
MEMORY_TYPE = "application/vnd.sprint.memory+json"
# and what the Markdown copy says, where a notebook is not about one milestone
MARKDOWN_TYPE = "application/vnd.sprint.markdown+json"


_NO_MEMORY = Memory()


class Shown:
    """HTML as the last expression of a cell; already escaped."""

    def __init__(
        self,
        html: str,
        data: dict[str, Any] | None = None,
        memory: dict[str, Any] | None = None,
        markdown: str | None = None,
    ) -> None:
        self.html = str(html)
        self.data = data
        self.memory = memory
        self.markdown = markdown

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/html": self.html, "text/plain": "(shown as HTML)"}
        said = {"text": self.markdown} if self.markdown else None
        more = {MIME_TYPE: self.data, MEMORY_TYPE: self.memory, MARKDOWN_TYPE: said}
        return bundle | {name: told for name, told in more.items() if told}


class ReportPage:
    """One milestone of an analysis, in pieces for the cells of a notebook.

    milestone: None where none was open; then the page says what is known of the project.
    cache: folder for the charting script, see `views.vega_preamble`. memory: of earlier moments.
    """

    def __init__(
        self,
        analysis: Analysis,
        milestone: MilestoneAnalysis | None,
        cache: Path | None = None,
        memory: Memory = _NO_MEMORY,
    ) -> None:
        self.analysis = analysis
        self.milestone = milestone
        self.memory = memory
        self._cache = cache

    def first_screen(self) -> Shown:
        """The answer, the burn-up, three risks, three actions. The first piece: style and charting come with it."""
        chosen = () if self.milestone is None else (self.milestone,)
        data = self.analysis.model_copy(update={"milestones": chosen}).model_dump(mode="json")
        memory = None if self.memory == _NO_MEMORY else self.memory.model_dump(mode="json")
        if self.milestone is None:
            return Shown(views.style() + views.wrapped(views.project_screen(self.analysis)), data, memory)
        before = views.style() + views.vega_preamble(self._cache)
        screen = views.first_screen(self.analysis, self.milestone, self.memory.since)
        return Shown(before + views.wrapped(screen), data, memory)

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
        """Earlier sprints, what was forecast of them, and everything that was measured."""
        record = views.forecast_record(self.memory.record)
        return Shown(views.wrapped(record + views.context(self.analysis, self.milestone)))

    def basis(self) -> Shown:
        """Freshness, what is missing, and how to read the page."""
        return Shown(views.wrapped(views.what_it_rests_on(self.analysis, self.milestone)))

    def _piece(self, make: Callable[[Analysis, MilestoneAnalysis], Markup]) -> Shown:
        if self.milestone is None:
            return Shown("")
        return Shown(views.wrapped(make(self.analysis, self.milestone)))


def open_page(
    home: str | None = None,
    milestone: str | None = None,
    as_of: str | None = None,
    since: str | None = None,
    pseudonyms: bool = False,
) -> ReportPage:
    """Analyse a project for a notebook. Reads the store, writes nothing.

    home: folder with sprint.toml; None: SPRINT_HOME or the working folder. milestone: a title; None: the nearest
    deadline. as_of: RFC 3339, or a date for the end of that day; None: now. since: a day to compare with, such as
    `monday`; None: the last report of an earlier day. pseudonyms: people are called `dev-1a2b3c`.
    Raises SettingsError, StoreError or AnalysisError with one sentence.
    """
    from sprintlib.as_of import parse_as_of
    from sprintlib.project import ProjectHandle
    from sprintlib.results import with_words
    from sprintlib.services import analyze
    from sprintlib.services.memory import memory_of
    from sprintlib.services.pseudonyms import Pseudonyms

    settings = settings_module.load(home)
    moment = parse_as_of(as_of, settings)
    project = ProjectHandle.open(settings, read_only=True)
    result = with_words(project.engine, analyze(project, moment, milestone))
    chosen = select_milestone(result, milestone)
    memory = memory_of(project, chosen, moment, since)
    if pseudonyms:
        said = Pseudonyms.of(project)
        result, chosen, memory = said.applied(result), said.applied(chosen), said.applied(memory)
    return ReportPage(result, chosen, settings.data_dir / "cache", memory)
