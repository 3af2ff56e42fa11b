"""The dashboards as somebody sees them in a browser, with every request to another machine blocked."""

import json
import re
from contextlib import suppress
from itertools import pairwise

import nbformat
import psutil
import pytest
from playwright.sync_api import Page, expect

from sprintlib.reports import ReportFiles
from tests.dashboards.conftest import Open
from tests.dashboards.project import AS_OF, Served

pytestmark = pytest.mark.browser

PORTFOLIO = f"voila/render/overview.ipynb?as_of={AS_OF}"
MILESTONE = f"voila/render/milestone.ipynb?as_of={AS_OF}"
expect.set_options(timeout=60_000)


def until_live(page: Page) -> None:
    """Wait until the kernel beats and all of the page's widgets have taken the place of its early copy."""
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    expect(page.get_by_role("slider", name="As of")).to_be_visible()
    expect(page.locator(".early")).to_have_count(0)


def answer(page: Page) -> str:
    expect(page.locator(".answer .figure strong").first).to_be_visible()
    return page.locator(".answer .figure strong").first.inner_text()


def test_the_page_of_a_milestone_says_what_it_should_and_asks_nobody_else(visit: Open):
    opened = visit(MILESTONE)
    page = opened.page
    until_live(page)
    expect(page.get_by_role("heading", level=1, name="Sprint 2")).to_be_visible()
    assert re.fullmatch(r"[<>]?\d+%", answer(page))
    expect(page.get_by_role("img", name=re.compile("Burn-up from .*Mon 16 Mar"))).to_be_visible()
    expect(page.locator(".chart svg").first).to_be_visible()
    risk = page.locator("ol.risks > li").first
    expect(risk.get_by_role("link", name="api#90").first).to_have_attribute(
        "href", "https://github.com/acme/api/pull/90"
    )
    expect(page.locator("ol.actions > li").first).to_be_visible()
    expect(page.get_by_role("table", name="Open items", exact=True)).to_contain_text("review today")
    assert re.fullmatch(r"[<>]?\d+\u202f% · Sprint 2", page.title())
    expect(page.get_by_role("table", name="Data freshness")).to_contain_text("acme/web")
    expect(page.get_by_role("table", name="Dated reports")).to_contain_text("20 Mar 2026")
    assert opened.asked_elsewhere == []
    assert opened.errors == []


def test_hostile_titles_are_text(visit: Open):
    opened = visit(MILESTONE)
    page = opened.page
    until_live(page)
    expect(page.locator("ol.risks").first).to_contain_text("<script>window.pwned=1</script>")
    assert page.evaluate("window.pwned") is None
    assert page.locator("main img").count() == 0


def test_the_root_leads_to_the_overview(visit: Open):
    page = visit("").page
    expect(page).to_have_url(re.compile(r"/voila/render/overview\.ipynb$"))
    expect(page).to_have_title("Portfolio")


@pytest.mark.slow
def test_it_can_be_read_before_any_script_has_run(visit: Open):
    page = visit(MILESTONE, java_script_enabled=False).page
    expect(page.get_by_role("heading", level=1, name="Sprint 2")).to_be_visible()
    assert re.fullmatch(r"[<>]?\d+%", answer(page))
    expect(page.locator("#working")).to_be_hidden()


@pytest.mark.slow
def test_going_back_in_time_without_a_mouse(visit: Open):
    page = visit(MILESTONE).page
    until_live(page)
    expect(page.get_by_text("What was known at the end of Fri 20 Mar 2026")).to_be_visible()
    slider = page.get_by_role("slider", name="As of")
    expect(slider).to_have_attribute("aria-valuetext", "Fri 20 Mar 2026")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("What was known at the end of Sat 21 Mar 2026")).to_be_visible()
    expect(page.locator(".title p").first).to_contain_text("21 Mar 2026")
    expect(page.locator(".chart svg").first).to_be_visible()
    back = page.get_by_role("button", name="Back to now")
    back.focus()
    page.keyboard.press("Enter")
    expect(back).to_be_hidden()
    expect(page.locator(".title p").first).not_to_contain_text("21 Mar 2026")


@pytest.mark.slow
def test_the_keyboard_reaches_everything_in_order(visit: Open):
    page = visit(MILESTONE).page
    until_live(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    outline = page.evaluate("getComputedStyle(document.activeElement).left")
    assert outline == "8px"  # the skip link shows itself
    names = []
    for _ in range(7):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent || document.activeElement.ariaLabel"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", names
    assert names[:4] == ["acme", "Portfolio", "Milestone", "Dependencies"]
    page.keyboard.press("Home")
    page.locator(".skip-link").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.slow
def test_one_kernel_shows_all_pages_and_the_address_follows(visit: Open):
    opened = visit(PORTFOLIO)
    page = opened.page
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    expect(page.locator("nav a[aria-current=page]")).to_have_text("Portfolio")
    kernel = kernel_of(page)
    row = page.get_by_role("table", name="Milestones").get_by_role("link", name="Sprint 2")
    expect(row).to_be_visible()
    assert row.get_attribute("href") == f"milestone.ipynb?milestone=1-2&as_of={AS_OF}"
    row.click()
    expect(page.get_by_role("heading", level=1, name="Sprint 2")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/milestone\.ipynb\?milestone=1-2&as_of={AS_OF}$"))
    expect(page.locator("nav a[aria-current=page]")).to_have_text("Milestone")
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Portfolio")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("faster")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Open items with"))).to_be_visible()
    expect(page).to_have_url(re.compile("q=faster"))
    assert kernel_of(page) == kernel
    assert opened.asked_elsewhere == []
    assert opened.errors == []


@pytest.mark.slow
def test_a_what_if_is_answered_shared_and_undone(visit: Open):
    page = visit(MILESTONE).page
    until_live(page)
    page.locator("#what-if").get_by_role("checkbox", name=re.compile("^out: ")).first.check()
    outcome = page.locator(".outcome")
    expect(outcome).to_contain_text("points")
    command = rf"sprint whatif --milestone 'Sprint 2' --as-of {AS_OF} --drop 'acme/\w+#\d+'"
    expect(page.locator("#what-if-command")).to_have_text(re.compile(command))
    shared = page.url
    assert "drop=acme%2F" in shared
    said = outcome.locator(".figures").inner_text()
    other = visit(shared.partition("/voila/")[1].lstrip("/") + shared.partition("/voila/")[2]).page
    expect(other.locator(".outcome .figures").first).to_have_text(re.compile(re.escape(said.split()[2])))
    page.get_by_role("link", name="Start again").click()
    expect(outcome).to_have_count(0)
    page.go_back()
    expect(outcome).to_contain_text("points")


def test_an_action_is_answered_where_it_stands_and_taken_back(visit: Open, report: ReportFiles, served: Served):
    """A report has stored what is recommended as of its moment; the page of now answers it."""
    opened = visit("voila/render/actions.ipynb")
    page = opened.page
    until_live(page)
    first = page.locator("ol.ranked > li").first
    expect(first).to_be_visible()
    name = first.get_attribute("id")
    first.locator("summary", has_text="Dismiss").click()
    first.get_by_label("Why not").fill("the <b>customer</b> waits for it")
    page.keyboard.press("Enter")
    answers = page.get_by_role("table", name="Answers")
    expect(answers).to_contain_text("the <b>customer</b> waits for it")
    expect(page.locator(f"#{name}")).to_have_count(0)
    expect(page.locator("#last-answer")).to_contain_text("Dismissed: ")
    answers.get_by_role("button", name=re.compile("^Undo")).click()
    expect(page.locator(f"#{name}")).to_be_visible()
    expect(answers).to_have_count(0)
    assert opened.asked_elsewhere == []
    assert opened.errors == []


def test_structure_for_those_who_listen(visit: Open):
    page = visit(MILESTONE).page
    until_live(page)
    assert page.get_by_role("banner").count() == 1
    assert page.get_by_role("main").count() == 1
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    expect(page.locator("nav a[aria-current=page]")).to_have_text("Milestone")
    assert page.get_by_role("heading", level=1).count() == 1
    levels = page.evaluate("[...document.querySelectorAll('main :is(h1,h2,h3,h4)')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.evaluate("document.documentElement.lang") == "en"
    nameless = page.evaluate(
        """[...document.querySelectorAll('a, button, select, [role=slider], [role=img]')]
        .filter(e => e.checkVisibility() && !(e.textContent.trim() || e.ariaLabel || e.labels?.length))
        .map(e => e.outerHTML.slice(0, 90))"""
    )
    assert nameless == []
    identifiers = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.slow
def test_a_dated_report_runs_again_and_shows_the_same_numbers(visit: Open, report: ReportFiles):
    opened = visit("voila/render/reports.ipynb")
    page = opened.page
    expect(page.get_by_role("table", name="Dated reports")).to_be_visible()
    page.get_by_role("link", name=re.compile("Sprint 2, 20 Mar 2026, 12:00 UTC, live")).click()
    # the page arrives cell by cell: it says this once the last one is there
    expect(page.locator("#live")).to_contain_text("Run again just now")
    expect(page.get_by_role("heading", level=1, name="Sprint 2")).to_be_visible()
    expect(page.locator(".chart svg").first).to_be_visible()
    live = numbers(page)
    expect(page.locator("nav a[aria-current]")).to_have_text("Reports")
    assert opened.asked_elsewhere == []
    assert opened.errors == []
    frozen = page.context.new_page()
    frozen.goto(report.html.as_uri())
    expect(frozen.locator(".chart svg").first).to_be_visible()
    assert numbers(frozen) == live
    assert len(live) > 20
    frozen.close()


def numbers(page: Page) -> list[str]:
    """Every line of the report that holds a digit, except the charts' and what names this version."""
    text = page.evaluate(
        """(() => { const copy = document.querySelector('main').cloneNode(true);
        copy.querySelectorAll('svg, script, style, #working').forEach(e => e.remove());
        const lines = copy.querySelectorAll('p, li, dd, dt, td, th, h1, h2, strong');
        return [...lines].map(e => e.textContent.trim().replace(/\\s+/g, ' ')) })()"""
    )
    return [line for line in text if re.search(r"\d", line)]


def test_the_numbers_of_the_page_are_those_of_the_stored_analysis(visit: Open, report: ReportFiles):
    stored = json.loads(report.numbers.read_text(encoding="utf-8"))["milestones"][0]
    page = visit(f"voila/render/reports/{report.folder.parent.name}/{report.folder.name}/report.ipynb").page
    assert answer(page) == f"{100 * stored['probability']:.0f}%"
    expect(page.get_by_role("table", name="Scope, in items")).to_contain_text(str(stored["scope"]["committed"]))


def test_the_frozen_copy_is_one_link_away(visit: Open, report: ReportFiles):
    path = f"{report.folder.parent.name}/{report.folder.name}"
    opened = visit(f"sprint/reports/{path}/report.html")
    expect(opened.page.locator(".chart svg").first).to_be_visible()
    assert opened.asked_elsewhere == []
    assert opened.page.evaluate("window.origin") == "null"


@pytest.mark.slow
def test_a_page_whose_kernel_is_gone_says_so(visit: Open, served: Served):
    page = visit(MILESTONE).page
    until_live(page)
    (process,) = kernels(served, kernel_of(page))
    process.kill()
    expect(page.locator("#live")).to_contain_text("No longer live: reload")


def test_leaving_a_page_stops_its_kernel(visit: Open, served: Served):
    page = visit("voila/render/reports.ipynb").page
    expect(page.get_by_role("table", name="Dated reports")).to_be_visible()
    kernel = kernel_of(page)
    page.goto("about:blank")
    # its farewell goes through the route of `visit`, which is answered only while Playwright is being waited for
    for _ in range(300):
        if not kernels(served, kernel):
            return
        page.wait_for_timeout(200)
    pytest.fail("The kernel still runs a minute after its page was left.")


def kernel_of(page: Page) -> str:
    found: str = page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    return found


def kernels(served: Served, kernel: str) -> list[psutil.Process]:
    """The processes of one kernel; those of pages left earlier may end while we look."""
    found = []
    for process in psutil.Process(served.process.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if any(kernel in part for part in process.cmdline()):
                found.append(process)
    return found


def test_the_report_that_was_served_is_unchanged(report: ReportFiles):
    notebook = nbformat.read(report.notebook, as_version=4)
    assert all(cell.get("execution_count") for cell in notebook.cells if cell.cell_type == "code")
