"""The list of dated reports."""

from datetime import UTC, datetime

from sprintlib.dashboards.widgets import fragments
from sprintlib.services import ReportVerdict
from tests import samples
from tests.dashboards.widgets.test_dashboard import ARun


def test_no_report_yet_says_what_to_do():
    assert "No report yet: run 'sprint report'." in fragments.reports([], UTC, {})


def test_a_report_has_a_live_and_a_frozen_link_with_names_of_their_own():
    html = fragments.reports([ARun()], UTC, {})
    assert (
        '<a href="/voila/render/reports/2026-11-18/demo-sprint-9/report.ipynb" '
        'aria-label="Sprint 9, 18 Nov 2026, 16:00 UTC, live">live</a>'
    ) in html
    assert 'aria-label="Sprint 9, 18 Nov 2026, 16:00 UTC, as written"' in html


def test_a_failed_run_is_visible_and_has_nothing_to_open():
    html = fragments.reports([ARun(state="timeout", folder=None, message="Not ready after 300 seconds.")], UTC, {})
    assert "timeout" in html
    assert "Not ready after 300 seconds." in html
    assert "<a " not in html


def test_a_run_hides_the_ones_it_replaced():
    html = fragments.reports([ARun(), ARun(), ARun(folder="2026-11-17/demo-sprint-9")], UTC, {})
    assert html.count("<tr>") == 3  # the head and two reports


def test_reports_are_in_the_order_of_their_moments_not_of_their_runs():
    moments = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 11, 27, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC))
    runs = [ARun(as_of=moment, folder=f"{moment:%Y-%m-%d}/demo-sprint-9") for moment in moments]
    html = fragments.reports(runs, UTC, {})
    assert html.index("27 Nov 2026") < html.index("20 Nov 2026") < html.index("1 Jan 2020")


def test_failed_runs_do_not_hide_each_other():
    runs = [ARun(state="failed", folder=None, message="a"), ARun(state="killed", folder=None)]
    html = fragments.reports(runs, UTC, {})
    assert html.count("<tr>") == 3


def test_the_latest_are_listed_with_a_link_to_all():
    html = fragments.latest_reports([ARun(folder=f"2026-11-{day}/demo-sprint-9") for day in range(10, 18)], UTC)
    assert html.count(">live</a>") == fragments.LATEST
    assert 'href="reports.ipynb"' in html


def test_hostile_names_and_folders():
    html = fragments.reports(
        [ARun(milestone=samples.HOSTILE, folder='x" onclick="1', message=samples.HOSTILE)], UTC, {}
    )
    assert "<script>" not in html
    assert 'onclick="' not in html
    assert "<img" not in html


def test_a_report_says_its_chance_beside_todays():
    told = {"2026-11-18/demo-sprint-9": ReportVerdict(0.71, None)}
    html = fragments.reports([ARun()], UTC, told)
    assert "<td>71%</td><td>–</td>" in html
