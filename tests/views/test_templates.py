"""Every template escapes: with hostile text in each field of what it shows, and nothing that switches escaping off."""

from datetime import UTC
from pathlib import Path

import pytest
from jinja2 import Environment, nodes
from markupsafe import Markup

import sprintlib
from sprintlib import views
from sprintlib.analysis.memory import ForecastRecord, ScoredForecast
from sprintlib.analysis.model import FinishPoint
from sprintlib.dashboards.serving.handlers import error_page
from sprintlib.dashboards.widgets import Dashboard, Request, fragments
from sprintlib.digest.mail import mail
from sprintlib.digest.message import Digest
from sprintlib.views.dependency_graph import graph_figure
from sprintlib.views.finish_chart import finish_chart
from sprintlib.views.sections import Line, Section, sections_html
from sprintlib.views.small_chart import small_chart
from sprintlib.views.sparkline import sparkline
from sprintlib.views.templating import Templates, render
from tests import samples
from tests.dashboards.widgets.test_dashboard import ARun, DashboardData
from tests.dashboards.widgets.test_dependencies import graph
from tests.digest.messages import hostile as hostile_digest
from tests.samples import HOSTILE
from tests.views.test_fragments import Reader

FOLDERS = ("views", "dashboards/widgets", "dashboards/serving")
FILES = [path for folder in FOLDERS for path in (Path(sprintlib.__file__).parent / folder / "templates").iterdir()]
HURT = samples.hostile()
ABOUT = samples.analysis(HURT)
RUNS = [ARun(milestone=HOSTILE, folder='x" onclick="1', message=HOSTILE), ARun(state=HOSTILE, folder=None)]


def reasoning(macro: str, *values: object) -> Markup:
    return Templates("sprintlib.dashboards.widgets").macro("reasoning.html", macro, *values)


def page(name: str, **options: tuple[str, ...]) -> Markup:
    """A page of the dashboards about the hostile milestone."""
    asked = Request(page=name, options=options)
    return Markup(Dashboard(DashboardData(ABOUT), asked).body)


def mailed(digest: Digest) -> str:
    """The HTML of a mail."""
    body = mail(digest, "a@acme.example", ["b@acme.example"]).get_body(("html",))
    assert body is not None
    return str(body.get_content())


SHOWN = {
    "actions.html": page("actions"),
    "health.html": page("health"),
    "trends.html": page("trends"),
    "small_chart.html": small_chart([(ABOUT.as_of.date(), 1.0), (ABOUT.as_of.date(), 2.0)], None, HOSTILE),
    "dependencies.html": page("dependencies"),
    "dependency_graph.html": graph_figure(graph(4, HOSTILE), {}, frozenset()),
    "answer.html": views.answer_card(ABOUT, HURT),
    "burn_up.html": views.burn_up_figure(ABOUT, HURT),
    "chart.html": views.chart_html(views.burn_up_chart(ABOUT, HURT), HOSTILE),
    "document.html": views.document(HOSTILE, ""),
    "earlier.html": views.earlier_sprints(ABOUT),
    "findings.html": views.all_findings(ABOUT, HURT),
    "items.html": views.item_table(ABOUT, HURT),
    "macros.html": views.freshness(ABOUT.model_copy(update={"freshness": {HOSTILE: None}})),
    "measurements.html": views.measurements(HURT),
    "narrative.html": views.narrative(
        ABOUT, samples.milestone(narrative=({"text": HOSTILE, "kind": "fact"},), llm={"missing": HOSTILE})
    ),
    "controls.html": page("overview", q=(HOSTILE,), other=(HOSTILE,)),
    "finish_chart.html": finish_chart(
        HURT.model_copy(update={"finish_by_day": (FinishPoint(day=ABOUT.as_of.date(), share=1.0),)}), ABOUT.as_of.date()
    ),
    "milestone.html": page("milestone"),
    "flow_charts.html": page("milestone"),
    "overview.html": fragments.problem(HOSTILE)
    + fragments.status(HOSTILE)
    + fragments.place(Request(milestone=HOSTILE, options={HOSTILE: (HOSTILE,)}), HOSTILE),
    "portfolio.html": page("overview", q=(HOSTILE[:9],)),
    "digest.html": mailed(hostile_digest(HOSTILE)),
    "record.html": views.forecast_record(
        ForecastRecord(
            forecasts=(
                ScoredForecast(
                    sprint="1-1",
                    title=HOSTILE,
                    share=50,
                    said_at=ABOUT.as_of,
                    due_on=ABOUT.as_of.date(),
                    probability=0.4,
                    open_items=2,
                    ended=2,
                ),
            ),
            brier=0.36,
        )
    ),
    "sections.html": sections_html(
        HOSTILE, HOSTILE, [Section(HOSTILE, (Line(HOSTILE),), (HOSTILE,), ((HOSTILE,),))], frozenset()
    ),
    "sparkline.html": sparkline([(ABOUT.as_of.date(), 0.1), (ABOUT.as_of.date(), 0.2)], 14, ABOUT.as_of.date()),
    "what_if_panel.html": page("milestone", drop=(HOSTILE,), due=(HOSTILE,)),
    "page.html": views.first_screen(ABOUT, HURT, since=HOSTILE)
    + views.project_screen(ABOUT.model_copy(update={"project": HOSTILE}))
    + views.what_it_rests_on(ABOUT, HURT),
    "reasoning.html": reasoning("verbatim", HOSTILE) + reasoning("heading", HOSTILE) + reasoning("paragraph", HOSTILE),
    "reports.html": fragments.reports(RUNS, UTC, {}),
    "tables.html": views.drivers_table(ABOUT, HURT),
    "what_if.html": render("what_if.html", verdict=HOSTILE, assumptions=[HOSTILE]),
    "error.html": error_page("/", 404, HOSTILE),
}


def test_every_template_is_tried() -> None:
    assert sorted(SHOWN) == sorted(path.name for path in FILES)


@pytest.mark.parametrize("name", SHOWN)
def test_hostile_text_stays_text(name: str) -> None:
    html = str(SHOWN[name])
    read = Reader(html)  # type: ignore[no-untyped-call]
    assert "img" not in read.tags
    assert read.handlers == []
    assert "<script>window.pwned" not in html
    assert not [address for address in read.addresses if address.startswith("javascript:")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_template_switches_escaping_off(path: Path) -> None:
    tree = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    assert not [found for found in tree.find_all(nodes.Filter) if found.name in ("safe", "forceescape", "escape", "e")]
    assert not list(tree.find_all((nodes.ScopedEvalContextModifier, nodes.EvalContextModifier)))
