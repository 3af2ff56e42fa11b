"""Moments are told in the project's time zone, on pages and in reports, also where its clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sprintlib import views
from sprintlib.clock import local_time
from sprintlib.dashboards.widgets import Dashboard, Request
from sprintlib.views.words import moment
from tests import samples
from tests.dashboards.widgets.test_dashboard import DashboardData

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("utc", "said"),
    [
        ("2026-03-29T00:59", "29 Mar 2026, 01:59 CET"),
        ("2026-03-29T01:00", "29 Mar 2026, 03:00 CEST"),
        ("2026-10-25T00:30", "25 Oct 2026, 02:30 CEST"),  # this hour is told twice, and the zone says which
        ("2026-10-25T01:30", "25 Oct 2026, 02:30 CET"),
        ("2026-12-31T23:30", "1 Jan 2027, 00:30 CET"),
    ],
)
def test_a_moment_around_a_change_of_the_clock(utc: str, said: str):
    assert moment(datetime.fromisoformat(utc).replace(tzinfo=UTC), BERLIN) == said


def test_a_zone_without_letters_is_told_by_its_offset():
    at = datetime(2026, 11, 18, 16, tzinfo=UTC)
    assert moment(at, ZoneInfo("America/Sao_Paulo")) == "18 Nov 2026, 13:00 UTC-03"
    assert local_time(at, ZoneInfo("Asia/Kathmandu")) == "2026-11-18 21:45 UTC+0545"
    assert local_time(at, UTC) == "2026-11-18 16:00 UTC"


def test_pages_and_reports_tell_no_other_zone():
    analysis = samples.analysis().model_copy(update={"time_zone": "Europe/Berlin"})
    (milestone, *_) = analysis.milestones
    report = views.markdown_report(analysis, milestone)
    page = views.first_screen(analysis, milestone) + views.what_it_rests_on(analysis, milestone)
    for told in (report, str(page)):
        assert "CET" in told
        assert "UTC" not in told


@pytest.mark.parametrize("name", ["milestone", "health", "reports"])
def test_every_page_tells_moments_in_the_zone_of_the_settings(name: str):
    facts = DashboardData(samples.analysis().model_copy(update={"time_zone": "Europe/Berlin"}))
    facts.zone = "Europe/Berlin"
    body = Dashboard(facts, Request(page=name)).body
    assert "CET" in body
    assert "UTC" not in body
