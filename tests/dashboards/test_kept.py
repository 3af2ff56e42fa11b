"""What a reader has in hand when the page is drawn anew: nothing of it is lost. And the data of tables as CSV."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.dashboards.conftest import Open
from tests.dashboards.test_pages import MILESTONE, until_live

pytestmark = pytest.mark.browser


def redraw(page: Page) -> None:
    """What ipywidgets does when a part changes: all of its elements are replaced."""
    page.evaluate(
        """async () => {
          for (const part of document.querySelectorAll("main .widget-html-content")) part.innerHTML = part.innerHTML;
          await new Promise((done) => setTimeout(done, 50));
        }"""
    )


@pytest.mark.slow
def test_half_typed_text_its_caret_and_what_is_unfolded_stay(visit: Open):
    page = visit("voila/render/actions.ipynb").page
    until_live(page)
    first = page.locator("ol.ranked > li").first
    first.locator("summary", has_text="Dismiss").click()
    field = first.get_by_label("Why not")
    field.press_sequentially("the customer waits")
    field.evaluate("e => e.setSelectionRange(4, 12)")
    redraw(page)
    expect(field).to_have_value("the customer waits")
    expect(field).to_be_focused()
    assert field.evaluate("e => [e.selectionStart, e.selectionEnd]") == [4, 12]
    expect(first.get_by_role("button", name="Dismiss")).to_be_visible()


def test_selected_words_and_the_place_on_the_page_stay(visit: Open):
    page = visit(MILESTONE).page
    until_live(page)
    expect(page.locator("#scope")).to_be_attached()
    page.locator("#all-risks, #score").first.evaluate("e => e.scrollIntoView({block: 'start'})")
    page.locator(".summary").first.evaluate("e => getSelection().selectAllChildren(e)")
    page.wait_for_timeout(100)
    said, place = page.evaluate("[getSelection().toString(), scrollY]")
    assert said.strip()
    assert place > 0
    redraw(page)
    assert page.evaluate("getSelection().toString()") == said
    assert abs(page.evaluate("scrollY") - place) <= 2


@pytest.mark.slow
def test_every_table_is_one_click_away_as_csv_and_no_cell_is_a_formula(visit: Open, tmp_path: Path):
    opened = visit(MILESTONE)
    page = opened.page
    until_live(page)
    links, tables = page.locator("main a.csv"), page.locator("main table")
    expect(links).to_have_count(tables.count())
    page.evaluate(
        """() => { const cells = document.querySelectorAll('#basis tbody th');
        cells[0].textContent = '=HYPERLINK("https://example.org","x")';
        cells[1].textContent = '-12.5'; }"""
    )
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV: Data freshness").click()
    assert download.value.suggested_filename == "data-freshness.csv"
    download.value.save_as(tmp_path / "found.csv")
    with (tmp_path / "found.csv").open(encoding="utf-8-sig", newline="") as file:
        head, first, second, *_ = csv.reader(file)
    assert head == ["Repository", "Collected completely", "Last news", "Age at that time"]
    assert first[0] == """'=HYPERLINK("https://example.org","x")"""
    assert second[0] == "-12.5"
    assert opened.errors == []
    assert opened.asked_elsewhere == []
