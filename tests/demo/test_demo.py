"""`sprint demo`, from an empty folder to a report that opens."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sprintlib.cli import demo as cli
from sprintlib.demo import Demo, findings, run_demo
from sprintlib.errors import SettingsError
from sprintlib.github import SyncSummary
from sprintlib.reports import ReportFiles
from sprintsim.simulation import simulate
from tests import samples

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def sprint(*arguments, cwd, **environment):
    return subprocess.run(
        (sys.executable, "-m", "sprintlib", *arguments),
        cwd=cwd,
        capture_output=True,
        check=False,
        text=True,
        env=os.environ | environment,
        timeout=240,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """One demo in an empty folder, and what it printed. The environment names a database of the user's."""
    home = tmp_path_factory.mktemp("home")
    return home, sprint("demo", "--json", cwd=home, SPRINT_DATABASE_URL=f"sqlite:///{home / 'mine.db'}")


def test_it_ends_with_the_report_the_findings_and_the_command_that_opens_the_dashboards(demo):
    home, done = demo
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["milestone"] == "2.4 Checkout"
    assert len(result["findings"]) == 3
    assert "2.4 Checkout" in result["findings"][0]
    assert all(re.search(r"sprint-demo/(api|web)", finding) for finding in result["findings"][1:])
    assert result["dashboards"].endswith("-m sprintlib --home data/demo dashboards")
    assert result["dashboards"].startswith("SPRINT_DATABASE_URL= ")  # as the environment names one
    assert list(result["seconds"]) == [
        "Simulating a startup",
        "Collecting it over HTTP",
        "Analysing it",
        "Writing the report",
        "In all",
    ]
    assert result["report"].startswith(str(home / "papermill_runs"))
    assert len(done.stderr.splitlines()) == 4


def test_the_report_is_complete_and_the_hostile_title_in_it_is_text(demo):
    home, done = demo
    page = next(home.glob("papermill_runs/*/*/report.html")).read_text(encoding="utf-8")
    assert "2.4 Checkout" in page
    assert "<script>alert(" not in page
    assert "https://github.com/sprint-demo/web/" in page
    assert str(next(home.glob("papermill_runs/*/*/report.html"))) == json.loads(done.stdout)["report"]


def test_everything_was_collected(demo):
    home, done = demo
    result = json.loads(done.stdout)
    folder = home / "data" / "demo"
    files = [*folder.glob("github/*/issues/*.json"), *folder.glob("github/*/pulls/*.json")]
    assert result["items"] == len(files)
    shown = sprint("analyze", "--json", "--as-of", result["as_of"], cwd=folder)
    assert shown.returncode == 0, shown.stderr
    (milestone,) = json.loads(shown.stdout)["milestones"]
    assert milestone["probability"] == result["probability"]
    assert {"cross_repository_block", "stale_pull_request", "failing_ci", "scope_creep", "unstarted_near_due"} <= {
        risk["kind"] for risk in milestone["risks"]
    }


def test_its_folder_says_that_it_is_simulated_and_how_to_serve_it_again(demo):
    home, _ = demo
    folder = home / "data" / "demo"
    assert "simulated" in (folder / "SIMULATED.txt").read_text()
    port = re.search(r"github-server --dataset github --port (\d+)", (folder / "sprint.toml").read_text())
    assert f"http://127.0.0.1:{port[1]}" in (folder / "sprint.toml").read_text()


def test_a_database_that_the_user_named_is_not_touched(demo):
    home, _ = demo
    assert not (home / "mine.db").exists()
    assert (home / "data" / "demo" / "data" / "sprint.db").is_file()


def never(name):
    raise AssertionError(f"{name!r} must not begin")


def test_a_folder_that_no_demo_made_is_not_touched(tmp_path):
    folder = tmp_path / "data" / "demo"
    folder.mkdir(parents=True)
    (folder / "thesis.txt").write_text("precious")
    with pytest.raises(SettingsError, match="holds something else than a demo"):
        run_demo(tmp_path, 1, date(2026, 11, 23), never)
    assert (folder / "thesis.txt").read_text() == "precious"


def test_what_an_earlier_demo_left_is_removed_even_if_it_was_cut_short(tmp_path):
    folder = tmp_path / "data" / "demo"
    (folder / "data").mkdir(parents=True)
    (folder / "SIMULATED.txt").write_text("")
    (folder / "data" / "sprint.db").write_text("half-written")
    with pytest.raises(AssertionError, match="must not begin"):
        run_demo(tmp_path, 1, date(2026, 11, 23), never)
    assert [path.name for path in folder.iterdir()] == ["SIMULATED.txt"]


def test_a_day_in_the_future_is_refused(tmp_path):
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    with pytest.raises(SettingsError, match=f"--today {tomorrow} is in the future"):
        run_demo(tmp_path, 1, tomorrow, never)


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01"])
def test_a_day_that_is_none_is_wrong_usage(tmp_path, value):
    done = sprint("demo", "--today", value, cwd=tmp_path)
    assert done.returncode == 2
    assert "Invalid value for '--today'" in done.stderr


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "data").write_text("a file where the folder belongs")
    done = sprint("demo", cwd=tmp_path)
    assert done.returncode == 2
    assert re.fullmatch(r"sprint: .*data/demo cannot be written \(.*\): use another --home\.\n", done.stderr)


def test_findings_are_the_answer_and_the_two_worst_risks():
    milestone = samples.milestone()
    assert findings(milestone) == (milestone.summary, *(risk.statement for risk in milestone.risks[:2]))


@pytest.fixture
def made(tmp_path):
    """A demo as a command would get it, put together by hand."""
    analysis = samples.analysis()
    folder = tmp_path / "papermill_runs" / "2026-11-23" / "mooring-2.4-checkout"
    files = {"notebook": "report.ipynb", "html": "report.html", "markdown": "report.md", "numbers": "analysis.json"}
    return Demo(
        home=tmp_path / "data" / "demo",
        event_log=simulate(4, date(2026, 11, 23)),
        collected=SyncSummary(NOW, NOW, 326, 0, ()),
        analysis=analysis,
        milestone=analysis.milestones[0],
        report=ReportFiles(
            folder=folder, **{name: folder / file for name, file in files.items()}, run_id=1, analysis=analysis
        ),
    )


def test_people_see_three_findings_the_first_thing_to_do_and_paths_as_they_would_type_them(
    made, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(tmp_path / ".venv" / "bin" / "sprint")])
    cli.show(made, {"Simulating a startup": 1.2, "In all": 8.2})
    lines = capsys.readouterr().out.splitlines()
    assert [line[:2] for line in lines if line[:1].isdigit() and line[1] == "."] == ["1.", "2.", "3."]
    assert "326 requests, 8 s in all." in lines[1]
    assert f"First thing to do: {made.milestone.recommendations[0].action}" in lines
    assert lines[-3:] == [
        "Report:     papermill_runs/2026-11-23/mooring-2.4-checkout/report.html",
        "Dashboards: .venv/bin/sprint --home data/demo dashboards",
        'Questions:  .venv/bin/sprint --home data/demo ask "why is it late?"',
    ]


def test_control_characters_from_github_do_not_reach_the_terminal(made, capsys):
    nasty = made.milestone.model_copy(update={"summary": "clear\x1b[2Jscreen"})
    cli.show(replace(made, milestone=nasty), {"In all": 1.0})
    assert "1. clear [2Jscreen" in capsys.readouterr().out


def test_steps_are_plain_lines_where_there_is_no_terminal(capsys):
    seconds = {}
    step = cli.steps(seconds, to_stderr=False)
    with step("Simulating a startup") as progress:
        assert progress is None
    assert re.fullmatch(r"1/4 Simulating a startup +\d+\.\d s\n", capsys.readouterr().out)
    assert list(seconds) == ["Simulating a startup"]
