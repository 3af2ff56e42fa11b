"""`sprint report`, with the writing itself replaced."""

import json

import pytest
from click.testing import CliRunner

from sprintlib import reports
from sprintlib.cli import report as command_module
from sprintlib.cli.main import sprint
from sprintlib.errors import ReportError
from sprintlib.reports import DatedSprint, ReportFiles
from tests import samples

NOTHING = samples.analysis(notes=("No milestone is open: 3 to 9 items close.",)).model_copy(update={"milestones": ()})


@pytest.fixture
def asked(settings, monkeypatch):
    """What write_report was asked for; 'broken' fails."""
    calls = []

    def write(settings, milestone=None, as_of=None, trigger="hand", notebook=None, **_more):
        calls.append((milestone, as_of.isoformat(), trigger, notebook))
        if milestone == "broken":
            raise ReportError("Cell 3 of the notebook failed.")
        folder = settings.reports_dir / "2026-11-18" / "demo-sprint-9"
        return ReportFiles(
            folder=folder,
            notebook=folder / "report.ipynb",
            html=folder / "report.html",
            markdown=folder / "report.md",
            numbers=folder / "analysis.json",
            run_id=7,
            analysis=NOTHING
            if milestone == "none"
            else samples.analysis(samples.milestone(title=milestone or "Sprint 9")),
        )

    monkeypatch.setattr(reports, "write_report", write)
    return calls


def call(settings, *words):
    return CliRunner().invoke(sprint, ["--home", str(settings.home), "report", *words])


def test_the_answer_and_the_page_are_printed(settings, asked):
    ended = call(settings, "--as-of", "2026-11-18T16:00:00Z")
    assert ended.exit_code == 0
    assert ended.output.splitlines()[0] == "Sprint 9: 38% - Unlikely to land by Fri 27 Nov"
    assert ended.output.splitlines()[-1].strip() == str(
        settings.reports_dir / "2026-11-18" / "demo-sprint-9" / "report.html"
    )
    assert asked == [(None, "2026-11-18T16:00:00+00:00", "hand", None)]


def test_a_milestone_and_a_date(settings, asked):
    call(settings, "--milestone", "Sprint 9", "--as-of", "2026-11-18")
    assert asked == [("Sprint 9", "2026-11-18T23:59:59+00:00", "hand", None)]


def test_json_says_where_everything_is(settings, asked):
    (said,) = json.loads(call(settings, "--json").output)
    assert said["milestone"] == "Sprint 9"
    assert said["probability"] == 0.38
    assert said["run"] == 7
    assert said["html"].endswith("2026-11-18/demo-sprint-9/report.html")


def test_all_goes_on_after_a_failure_and_exits_1(settings, asked, monkeypatch):
    monkeypatch.setattr(
        reports, "open_dated_sprints", lambda *_: [DatedSprint("1-8", "broken"), DatedSprint("1-9", "Sprint 9")]
    )
    ended = call(settings, "--all")
    assert ended.exit_code == 1
    assert [title for title, *_ in asked] == ["broken", "Sprint 9"]
    assert "sprint: Cell 3 of the notebook failed." in ended.stderr
    assert "Sprint 9: 38%" in ended.stdout


def test_all_without_a_due_date_says_what_to_do(settings, asked, monkeypatch):
    monkeypatch.setattr(reports, "open_dated_sprints", lambda *_: [])
    ended = call(settings, "--all")
    assert isinstance(ended.exception, ReportError)
    assert "set one on GitHub" in str(ended.exception)
    assert asked == []


def test_a_milestone_and_all_exclude_each_other(settings, asked):
    assert call(settings, "--all", "--milestone", "x").exit_code == 2
    assert asked == []


def test_the_page_is_opened_on_request(settings, asked, monkeypatch):
    opened = []
    monkeypatch.setattr(command_module.click, "launch", opened.append)
    call(settings, "--open")
    assert opened == [(settings.reports_dir / "2026-11-18" / "demo-sprint-9" / "report.html").as_uri()]


def test_titles_cannot_command_the_terminal(settings, asked):
    output = call(settings, "--milestone", "\x1b[2Jgone\x07").output
    assert "\x1b" not in output
    assert "\x07" not in output
    assert "gone: 38%" in output


def test_a_project_without_an_open_milestone_says_what_closes(settings, asked):
    assert call(settings, "--milestone", "none").output.startswith("No milestone is open: 3 to 9 items close.\n")
    (said,) = json.loads(call(settings, "--milestone", "none", "--json").output)
    assert (said["milestone"], said["reason"]) == (None, "no milestone was open")
