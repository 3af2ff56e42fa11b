"""Printing a report: with the Chromium that is here, and a sentence where there is none."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from sprintlib.cli.main import sprint
from sprintlib.errors import ReportError
from sprintlib.reports import pdf


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed here")
def test_a_page_is_printed_beside_itself(tmp_path: Path):
    page = tmp_path / "report.html"
    page.write_text("<!DOCTYPE html><title>x</title><h1>2.4 Checkout</h1>")
    made = pdf.write_pdf(page)
    assert made == tmp_path / "report.pdf"
    assert made.read_bytes().startswith(b"%PDF-")


def test_without_chromium_it_is_said_before_anything_runs(settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    done = CliRunner().invoke(sprint, ["--home", str(settings.home), "report", "--pdf"])
    assert isinstance(done.exception, ReportError)
    assert str(done.exception).startswith("There is no Chromium here to print with: install it")


def test_a_browser_that_prints_nothing_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/true")
    page = tmp_path / "report.html"
    page.write_text("x")
    with pytest.raises(ReportError, match=r"^/bin/true did not print the report: print .*report\.html in a browser\.$"):
        pdf.write_pdf(page)
