"""The overview and the list of reports as HTML, in the style sheet's scope."""

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from markupsafe import Markup

from sprintlib import views
from sprintlib.analysis import Analysis, MilestoneAnalysis
from sprintlib.dashboards.widgets.source import DatedRun
from sprintlib.views.templating import Templates
from sprintlib.views.words import moment

OVERVIEW = "overview.ipynb"
LATEST = 5
TEMPLATES = Templates("sprintlib.dashboards.widgets")
_macro = TEMPLATES.macro


def overview(analysis: Analysis, milestone: MilestoneAnalysis | None, runs: Sequence[DatedRun]) -> Markup:
    """The whole overview below its controls. milestone: the chosen one; None when none was open."""
    latest, context = _latest_reports(runs), views.context(analysis, milestone)
    if milestone is None:
        notes, freshness = views.notes(analysis, None), views.freshness(analysis)
        return views.wrapped(_macro("overview.html", "none_open", notes, context, freshness, latest))
    sections = (
        views.drivers_table(analysis, milestone),
        views.all_findings(analysis, milestone),
        views.scope(analysis, milestone),
        context,
    )
    first, table = views.first_screen(analysis, milestone), views.milestone_table(analysis, _links(analysis))
    basis = views.what_it_rests_on(analysis, milestone)
    return views.wrapped(_macro("overview.html", "chosen", first, table, sections, latest, basis))


def reports(runs: Sequence[DatedRun]) -> Markup:
    """The page of all dated reports, and of runs that failed."""
    return views.wrapped(_macro("reports.html", "page", reports_table(runs)))


def reports_table(runs: Sequence[DatedRun]) -> Markup:
    """One row a report, the newest moment first; a later run of the same report hides the one it replaced."""
    return _macro("reports.html", "runs_table", [_row(run) for run in by_moment(runs)])


def _row(run: DatedRun) -> list[str]:
    outcome, links = _macro("reports.html", "outcome", run), _macro("reports.html", "links", run, _folder(run))
    return [run.milestone, moment(run.as_of), outcome, links]


def by_moment(runs: Sequence[DatedRun]) -> list[DatedRun]:
    """The newest run of each report, that of the newest moment first. runs: the newest run first."""
    known: dict[object, DatedRun] = {}
    for place, run in enumerate(runs):
        known.setdefault(run.folder or place, run)
    return sorted(known.values(), key=lambda run: run.as_of, reverse=True)


def early(body: str) -> Markup:
    """A body that can be read before widgets work. body: HTML of this module."""
    return _macro("overview.html", "early", Markup(body))  # noqa: S704 - made by this module, and kept by a widget


def beat(number: int) -> Markup:
    """The sign of life that the page's script watches."""
    return _macro("overview.html", "beat", number)


def status(sentence: str) -> Markup:
    """What stands beside the controls; plain text."""
    return _macro("overview.html", "status", sentence)


def problem(sentence: str) -> Markup:
    """What a page says when it cannot say anything else; plain text."""
    return views.wrapped(_macro("overview.html", "problem", sentence))


def _latest_reports(runs: Sequence[DatedRun]) -> Markup:
    return _macro("reports.html", "latest", reports_table(by_moment(runs)[:LATEST]), len(runs) > LATEST)


def _folder(run: DatedRun) -> str | None:
    """The folder of a report that can be opened, as part of an address."""
    return None if run.state != "ok" or run.folder is None else quote(run.folder)


def _links(analysis: Analysis) -> dict[str, str]:
    return {m.title: f"{OVERVIEW}?{urlencode({'milestone': m.title})}" for m in analysis.milestones}
