"""What pages share, and the list of reports, as HTML in the style sheet's scope."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from urllib.parse import quote

from markupsafe import Markup

from sprintlib import views
from sprintlib.dashboards.widgets.request import Request
from sprintlib.dashboards.widgets.source import DatedRun
from sprintlib.dashboards.widgets.view import View
from sprintlib.services import ReportVerdict
from sprintlib.views.templating import Templates
from sprintlib.views.words import moment, percent

TITLES = {"overview": "Portfolio"}  # of pages that are not called as their notebooks are
LATEST = 5
TEMPLATES = Templates("sprintlib.dashboards.widgets")
_macro = TEMPLATES.macro
_UNKNOWN = ReportVerdict(None, None)


def reports(runs: Sequence[DatedRun], zone: tzinfo, verdicts: Mapping[str, ReportVerdict]) -> Markup:
    """The page of all dated reports, and of runs that failed. verdicts: by the folder of a report."""
    rows = [_row(run, zone, verdicts.get(run.folder or "", _UNKNOWN)) for run in by_moment(runs)]
    return views.wrapped(_macro("reports.html", "page", rows))


def reports_table(runs: Sequence[DatedRun], zone: tzinfo) -> Markup:
    """One row a report, the newest moment first; a later run of the same report hides the one it replaced.

    zone: in which moments are told.
    """
    return _macro("reports.html", "runs_table", [_row(run, zone) for run in by_moment(runs)])


def _row(run: DatedRun, zone: tzinfo, verdict: ReportVerdict | None = None) -> list[str]:
    """A row of the table; with the chances then and now where a verdict is given."""
    when = moment(run.as_of, zone)
    outcome, links = _macro("reports.html", "outcome", run), _macro("reports.html", "links", run, _folder(run), when)
    said = [] if verdict is None else [percent(one) for one in verdict]
    return [run.milestone, when, *said, outcome, links]


def by_moment(runs: Sequence[DatedRun]) -> list[DatedRun]:
    """The newest run of each report, that of the newest moment first. runs: the newest run first."""
    known: dict[object, DatedRun] = {}
    for place, run in enumerate(runs):
        known.setdefault(run.folder or place, run)
    return sorted(known.values(), key=lambda run: run.as_of, reverse=True)


def early(body: str, place: str) -> Markup:
    """A body and its place that can be read before widgets work. Both: HTML of this package's pages."""
    made = Markup(body), Markup(place)  # noqa: S704  # nosec B704 # made by these pages, and kept by widgets
    return _macro("overview.html", "early", *made)


def place(shown: View | Request, answered: str) -> Markup:
    """Address and title of what is shown, for the browser's bar and tab, and which of its questions this answers.

    shown: a Request where nothing could be shown.
    """
    request = shown if isinstance(shown, Request) else shown.request
    kept = request.on(request.page).address.partition("?")[2]  # what a link to another page takes along
    return _macro("overview.html", "place", request.address, request.page, _tab(shown), kept, answered)


def _tab(shown: View | Request) -> str:
    """`20 % · 2.4 Checkout`: the verdict first, since a tab shows few letters."""
    request = shown if isinstance(shown, Request) else shown.request
    name = TITLES.get(request.page, request.page.capitalize())
    if isinstance(shown, Request) or shown.milestone is None or request.page in ("overview", "health", "reports"):
        return name
    figure, _ = views.headline(shown.analysis, shown.milestone)
    verdict = figure.replace("%", "\u202f%")
    return " · ".join([verdict, shown.milestone.title, *([] if request.page == "milestone" else [name])])


def beat(number: int) -> Markup:
    """The sign of life that the page's script watches."""
    return _macro("overview.html", "beat", number)


def status(sentence: str) -> Markup:
    """What stands beside the controls; plain text."""
    return _macro("overview.html", "status", sentence)


def problem(sentence: str) -> Markup:
    """What a page says when it cannot say anything else; plain text."""
    return views.wrapped(_macro("overview.html", "problem", sentence))


def none_open(view: View) -> Markup:
    """What a page says where no milestone was open: what is known of earlier ones, and how fresh it is."""
    notes, freshness = views.notes(view.analysis, None), views.freshness(view.analysis)
    context, latest = (
        views.context(view.analysis, None),
        latest_reports(view.facts.reports(), view.facts.settings.time_zone),
    )
    return views.wrapped(_macro("overview.html", "none_open", notes, context, freshness, latest))


def latest_reports(runs: Sequence[DatedRun], zone: tzinfo) -> Markup:
    """The newest reports, and where all of them are. zone: in which moments are told."""
    return _macro("reports.html", "latest", reports_table(by_moment(runs)[:LATEST], zone), len(runs) > LATEST)


def _folder(run: DatedRun) -> str | None:
    """The folder of a report that can be opened, as part of an address."""
    return None if run.state != "ok" or run.folder is None else quote(run.folder)
