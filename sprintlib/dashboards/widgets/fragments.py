"""The overview and the list of reports as escaped HTML, in the style sheet's scope."""

from collections.abc import Sequence
from html import escape
from urllib.parse import quote, urlencode

from sprintlib import views
from sprintlib.analysis import Analysis, MilestoneAnalysis
from sprintlib.dashboards.widgets.source import DatedRun
from sprintlib.views.markup import table
from sprintlib.views.words import moment

OVERVIEW = "overview.ipynb"
LATEST = 5


def overview(analysis: Analysis, milestone: MilestoneAnalysis | None, runs: Sequence[DatedRun]) -> str:
    """The whole overview below its controls. milestone: the chosen one; None when none was open."""
    if milestone is None:
        return views.wrapped(
            '<div class="dashboard"><section class="card"><h1>No milestone was open</h1>'
            "<p>Give a milestone a due date on GitHub, then run 'sprint sync'; or choose another day.</p>"
            f"{views.notes(analysis, None)}</section>{views.context(analysis, None)}"
            f"<section>{views.freshness(analysis)}</section>{_latest_reports(runs)}</div>"
        )
    return views.wrapped(
        f'<div class="dashboard"><div>{views.first_screen(analysis, milestone)}</div>'
        f"<section>{views.milestone_table(analysis, _links(analysis))}</section>"
        f"{views.drivers_table(analysis, milestone)}{views.all_findings(analysis, milestone)}"
        f"{views.scope(analysis, milestone)}{views.context(analysis, milestone)}{_latest_reports(runs)}"
        f"{views.what_it_rests_on(analysis, milestone)}</div>"
    )


def reports(runs: Sequence[DatedRun]) -> str:
    """The page of all dated reports, and of runs that failed."""
    return views.wrapped(
        '<header class="title"><h1>Reports</h1><p>Open one live: it runs again as of its own moment and shows '
        "the same numbers. As written is the frozen copy.</p></header>"
        f'<section class="card">{reports_table(runs)}</section>'
    )


def reports_table(runs: Sequence[DatedRun]) -> str:
    """One row a report, the newest moment first; a later run of the same report hides the one it replaced."""
    if not runs:
        return "<h2>Dated reports</h2><p class=\"muted\">No report yet: run 'sprint report'.</p>"
    rows = [[escape(run.milestone), escape(moment(run.as_of)), _outcome(run), _open(run)] for run in by_moment(runs)]
    return table("Dated reports", ("Milestone", "As of", "Run", "Open"), rows)


def by_moment(runs: Sequence[DatedRun]) -> list[DatedRun]:
    """The newest run of each report, that of the newest moment first. runs: the newest run first."""
    known: dict[object, DatedRun] = {}
    for place, run in enumerate(runs):
        known.setdefault(run.folder or place, run)
    return sorted(known.values(), key=lambda run: run.as_of, reverse=True)


def _latest_reports(runs: Sequence[DatedRun]) -> str:
    more = '<p class="more"><a href="reports.ipynb">All reports</a></p>' if len(runs) > LATEST else ""
    return f'<section id="reports">{reports_table(by_moment(runs)[:LATEST])}{more}</section>'


def _outcome(run: DatedRun) -> str:
    if run.state in ("ok", "running"):
        return escape(run.state)
    return f'<span class="tag high">{escape(run.state)}</span> {escape(run.message or "")}'


def _open(run: DatedRun) -> str:
    if run.state != "ok" or run.folder is None:
        return "–"
    folder, name = quote(run.folder), escape(f"{run.milestone}, {moment(run.as_of)}")
    return (
        f'<a href="/voila/render/reports/{folder}/report.ipynb" aria-label="{name}, live">live</a> · '
        f'<a href="/sprint/reports/{folder}/report.html" aria-label="{name}, as written">as written</a>'
    )


def _links(analysis: Analysis) -> dict[str, str]:
    return {m.title: f"{OVERVIEW}?{urlencode({'milestone': m.title})}" for m in analysis.milestones}
