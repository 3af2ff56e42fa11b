"""The frozen page in Chromium: it draws, it asks nobody for anything, and hostile text stays text."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from sprintlib import views
from sprintlib.reports import write_report
from tests import samples
from tests.reports.conftest import ZOO
from tests.reports.frozen import assert_names_no_host

pytestmark = pytest.mark.browser


class Visit:
    """One page, with every request and complaint written down; nothing but files is let through."""

    def __init__(self, browser, path: Path, **options):
        self.asked, self.complaints = [], []
        self.page = browser.new_page(**({"viewport": {"width": 1280, "height": 800}} | options))
        self.page.route("**/*", self._route)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.goto(path.as_uri())
        # Vega hangs up an empty frame first, and draws everything into it at once a moment later
        expect(self.page.locator(".chart svg .mark-text text").first).to_be_visible(timeout=60_000)

    def _route(self, route):
        if not route.request.url.startswith(("file://", "data:")):
            self.asked.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    def box(self, selector):
        return self.page.locator(selector).first.bounding_box()


@pytest.fixture
def page_of(tmp_path, vega_cache):
    bundle = views.vega_preamble(vega_cache)

    def write(milestone):
        analysis = samples.analysis(milestone)
        body = views.style() + bundle + views.wrapped(views.first_screen(analysis, milestone))
        rest = views.drivers_table(analysis, milestone) + views.all_findings(analysis, milestone)
        path = tmp_path / "page.html"
        path.write_text(views.document(milestone.title, body + views.wrapped(rest)), encoding="utf-8")
        return path

    return write


def test_a_report_opens_from_disk_and_asks_for_nothing(settings, browser):
    page = write_report(settings, "hostile", samples.AS_OF, notebook=ZOO / "good.ipynb").html
    assert_names_no_host(page.read_text())
    visit = Visit(browser, page)
    assert visit.page.locator(".chart svg path").count() > 5
    assert visit.page.get_by_text("Due 27 Nov").count() == 1
    assert visit.page.get_by_text("Scope 22").count() == 1
    assert visit.page.evaluate("window.pwned") is None
    assert visit.page.locator("img").count() == 0
    assert visit.asked == []
    assert visit.complaints == []


def test_the_first_screen_holds_answer_burn_up_risks_and_actions(browser, page_of):
    visit = Visit(browser, page_of(samples.milestone()))
    for selector in (
        ".answer",
        ".burn-up",
        "section[aria-labelledby=top-risks]",
        "section[aria-labelledby=top-actions]",
    ):
        box = visit.box(selector)
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1280
        assert box["y"] + box["height"] <= 800
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 1280


def test_a_narrow_screen_shows_one_column_without_scrolling_sideways(browser, page_of):
    visit = Visit(browser, page_of(samples.milestone()), viewport={"width": 390, "height": 800})
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert visit.box(".burn-up")["y"] > visit.box(".answer")["y"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_background(browser, page_of, scheme):
    visit = Visit(browser, page_of(samples.milestone()), color_scheme=scheme)
    weak = visit.page.evaluate(CONTRAST)
    assert weak == []


def test_it_can_be_read_without_a_mouse(browser, page_of):
    visit = Visit(browser, page_of(samples.milestone()))
    visit.page.locator("summary").focus()
    visit.page.keyboard.press("Enter")
    assert visit.page.get_by_role("cell", name="17 to 22").count() == 2  # on Friday and on Saturday
    chart = visit.page.locator(".chart[role=img]")
    assert "scope went from 18 to 22 items" in chart.get_attribute("aria-label")


# every visible piece of text below WCAG AA: 4.5, or 3 for large text
CONTRAST = """() => {
  const parse = (color) => { const m = color.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const linear = (v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const color = parse(getComputedStyle(node).backgroundColor);
      if (color[3] > .99) return color;
    }
    return [255, 255, 255, 1];
  };
  const weak = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement, said = node.textContent.trim();
    if (!said || ['SCRIPT', 'STYLE'].includes(parent.tagName) || !parent.getClientRects().length) continue;
    const style = getComputedStyle(parent), size = parseFloat(style.fontSize);
    const front = parse(parent.closest('svg') ? style.fill : style.color);
    const [a, b] = [light(front), light(behind(parent))].sort((x, y) => y - x);
    const needed = size >= 24 || (size >= 18.7 && style.fontWeight >= 700) ? 3 : 4.5;
    if ((a + .05) / (b + .05) < needed) weak.push([said, style.color, (a + .05) / (b + .05)]);
  }
  return weak;
}"""
