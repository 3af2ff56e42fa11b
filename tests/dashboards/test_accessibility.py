"""Every page for those who see little, see colours differently, or listen; judged by axe-core in both themes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.dashboards.accessibility import PHONE, barriers, troubles
from tests.dashboards.conftest import Open
from tests.dashboards.project import AS_OF

pytestmark = pytest.mark.browser

PAGES = ("overview", "milestone", "dependencies", "actions", "trends", "health", "reports")
LIVE = 180_000  # milliseconds; how quick it is, is for benchmarks to say


def through_all_pages(page: Page) -> Iterator[str]:
    """The names of all pages, each once it is shown whole by the kernel of the first."""
    expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=LIVE)
    for name in PAGES:
        page.locator(f".site-header a[data-page={name}]").click()
        expect(page.locator(f".site-header a[data-page={name}]")).to_have_attribute(
            "aria-current", "page", timeout=LIVE
        )
        if name == "health":
            expect(page.locator("ol.checks li").first).to_be_visible(timeout=LIVE)
        for chart in page.locator("[data-chart]").all():
            expect(chart.locator("svg").first).to_be_attached(timeout=LIVE)
        yield name


@pytest.mark.slow
def test_no_page_has_a_barrier_is_wider_than_its_screen_or_cuts_a_verdict(visit: Open):
    page = visit(f"voila/render/overview.ipynb?as_of={AS_OF}", viewport=PHONE).page
    assert {name: troubles(page) for name in through_all_pages(page)} == {name: [] for name in PAGES}


def test_axe_sees_a_barrier_where_there_is_one(visit: Open):
    page = visit("voila/render/reports.ipynb", java_script_enabled=True).page
    expect(page.locator("main h1").first).to_be_visible()
    assert barriers(page) == []
    page.evaluate(
        "document.querySelector('main').append(document.createElement('img'), document.createElement('button'))"
    )
    assert {one.partition(":")[0] for one in barriers(page)} == {"image-alt", "button-name"}
