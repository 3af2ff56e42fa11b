"""One meaning for each number: every face shows what the analysis says, rounded alike."""

import io

import pytest
from rich.console import Console

from sprintlib import views
from sprintlib.dashboards.widgets import Dashboard, Request
from sprintlib.views.terminal_table import milestone_table
from tests import samples
from tests.dashboards.widgets.test_dashboard import DashboardData


@pytest.mark.parametrize(
    ("probability", "figure"), [(0.03, "<5%"), (0.064, "6%"), (0.385, "38%"), (0.5, "50%"), (0.97, ">95%")]
)
def test_the_chance_is_the_same_on_every_face(probability: float, figure: str):
    milestone = samples.milestone(key="1-9", probability=probability)
    analysis = samples.analysis(milestone)
    assert views.headline(analysis, milestone)[0] == figure
    escaped = figure.replace("<", "&lt;").replace(">", "&gt;")
    pages = {name: Dashboard(DashboardData(analysis), Request(page=name)) for name in ("overview", "milestone")}
    assert f"<strong>{escaped}</strong>" in pages["overview"].body
    assert f"<strong>{escaped}</strong>" in pages["milestone"].body
    assert f'data-title="{escaped[:-1]}\u202f% · Sprint 9"' in pages["milestone"].place.value
    written = io.StringIO()
    Console(file=written, width=140, highlight=False).print(milestone_table(analysis, 140))
    assert f"{figure} {views.words.chance(probability)}" in written.getvalue()


def test_dates_items_and_gains_are_the_same_on_every_face():
    facts = DashboardData(samples.analysis(samples.milestone(key="1-9")))
    pages = {name: Dashboard(facts, Request(page=name)).body for name in ("overview", "milestone", "actions")}
    written = io.StringIO()
    Console(file=written, width=140, highlight=False).print(milestone_table(facts.analysis(None), 140))
    for shown in (pages["overview"], pages["milestone"], written.getvalue()):
        assert "Mon 30 Nov" in shown  # 50 %
        assert "web#31" in shown
        assert "35%" in shown  # of the item that holds it back
    for advice in samples.recommendations():
        if advice.expected_gain is not None:
            gain = views.words.gain(advice.expected_gain)
            assert gain in pages["actions"]
            assert gain in pages["milestone"]
