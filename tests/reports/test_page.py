from datetime import date

import pytest

from sprintlib import reports
from sprintlib.analysis.model import Analysis
from sprintlib.analysis.selection import select_milestone
from sprintlib.errors import SettingsError, StoreError
from sprintlib.reports import ReportPage, open_page
from sprintlib.reports.page import MIME_TYPE
from tests import samples


def titled(title, **changes):
    return samples.milestone(title=title, titles_then=(title,), **changes)


def test_the_nearest_deadline_is_chosen():
    analysis = samples.analysis(
        titled("undated", due_on=None),
        titled("long over", due_on=date(2025, 1, 1)),
        titled("just over", due_on=date(2026, 11, 16)),
        titled("next", due_on=date(2026, 11, 19)),
        titled("later", due_on=date(2026, 12, 24)),
    )
    assert select_milestone(analysis, None).title == "next"
    assert select_milestone(samples.analysis(*analysis.milestones[:3]), None).title == "just over"
    assert select_milestone(samples.analysis(*analysis.milestones[:1]), None).title == "undated"


def test_a_title_is_found_as_it_is_and_as_it_was():
    renamed = samples.milestone(title="0.4.0", titles_then=("0.3.1 (or 0.4.0)",))
    analysis = samples.analysis(titled("0.5.0"), renamed)
    assert select_milestone(analysis, "0.4.0") == renamed
    assert select_milestone(analysis, "0.3.1 (or 0.4.0)") == renamed


def test_a_project_without_an_open_milestone_has_a_page_of_its_notes(tmp_path):
    analysis = samples.analysis(notes=("No milestone is open: the project closes 3 to 9 items in the next 14 days.",))
    nothing = analysis.model_copy(update={"milestones": ()})
    assert select_milestone(nothing, None) is None
    page = ReportPage(nothing, None, tmp_path)
    bundle = page.first_screen()._repr_mimebundle_()
    assert "closes 3 to 9 items in the next 14 days" in bundle["text/html"]
    assert Analysis.model_validate(bundle[MIME_TYPE]) == nothing
    assert page.drivers().html == page.findings().html == page.scope().html == ""
    assert "Data freshness" in page.basis().html


def test_the_numbers_travel_with_the_first_screen(tmp_path):
    milestone = samples.milestone()
    page = ReportPage(samples.analysis(samples.without_number(), milestone), milestone, tmp_path)
    bundle = page.first_screen()._repr_mimebundle_()
    assert Analysis.model_validate(bundle[MIME_TYPE]).milestones == (milestone,)
    assert "38%" in bundle["text/html"]
    assert "<style>" in bundle["text/html"]
    assert "window.vegaEmbed=" in bundle["text/html"]


def test_the_other_pieces_are_fragments_in_the_scope_of_the_style(tmp_path):
    milestone = samples.milestone()
    page = ReportPage(samples.analysis(milestone), milestone, tmp_path)
    for piece, said in (
        (page.drivers(), "How the score came about"),
        (page.findings(), "All risks"),
        (page.scope(), "usually the last to finish"),
        (page.basis(), "Data freshness"),
    ):
        bundle = piece._repr_mimebundle_()
        assert set(bundle) == {"text/html", "text/plain"}
        assert bundle["text/html"].startswith('<div class="sprint">')
        assert said in bundle["text/html"]


def test_opening_a_folder_without_settings_or_store(tmp_path, settings):
    with pytest.raises(SettingsError, match=r"No sprint\.toml"):
        open_page(str(tmp_path / "nowhere"))
    with pytest.raises(StoreError, match="run 'sprint sync' first"):
        open_page(str(settings.home))
    with pytest.raises(SettingsError, match="is not a date or a time"):
        open_page(str(settings.home), as_of="someday")


def test_every_public_name_is_there():
    for name in reports.__all__:
        assert getattr(reports, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        reports.nothing  # noqa: B018  # asking for it is the test
