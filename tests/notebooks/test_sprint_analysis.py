"""The notebook behind reports: right on a small seeded store, by papermill and a second time."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from sprintlib import settings as settings_module
from sprintlib.analysis import analyze
from sprintlib.reports import freeze, write_report
from sprintlib.resources import folder
from tests.sprints import team_in

NOTEBOOK = folder("notebooks") / "sprint_analysis.ipynb"
AS_OF = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """One sprint behind the team and one under way; settings in a sprint.toml, as a user has them."""
    home = tmp_path_factory.mktemp("home")
    world = team_in(home)
    (home / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n')
    world.engine.dispose()
    return world


@pytest.fixture(scope="module")
def settings(world):
    return settings_module.load(Path(world.engine.url.database).parent.parent)


@pytest.fixture(scope="module")
def report(world, settings):
    return write_report(settings, as_of=AS_OF)


def without_timings(analysis):
    said = analysis.model_dump()
    return said | {"timings": {}, "milestones": [one | {"timings": {}} for one in said["milestones"]]}


def test_it_shows_pieces_by_fixed_names():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert [cell.id for cell in notebook.cells] == [
        "about",
        "parameters",
        "open",
        "first-screen",
        "drivers",
        "findings",
        "scope",
        "context",
        "basis",
    ]


def test_what_it_says_about_itself_is_not_in_the_report(report):
    assert nbformat.read(report.notebook, as_version=4).cells[0].source.startswith("# Sprint analysis")
    assert "This cell is not part of the report" not in report.html.read_text()


def test_the_report_says_what_is_known_to_be_true(report):
    """Golden values: tests.sprints puts eight items into Sprint 2 and closes three of them by Friday noon."""
    (milestone,) = report.analysis.milestones
    scope = milestone.scope
    assert milestone.title == "Sprint 2"
    assert milestone.due_on == date(2026, 3, 27)
    assert (scope.committed, scope.added, scope.removed, scope.done, scope.dropped, scope.open) == (8, 0, 0, 3, 0, 5)
    assert milestone.n_history == 13
    last = milestone.burn_up.days[-1]
    assert (last.day, last.scope, last.done) == (date(2026, 3, 20), 8, 3)
    assert report.folder.name == "acme-sprint-2"
    assert report.folder.parent.name == "2026-03-20"


def test_the_report_shows_the_numbers_of_the_analysis(report, settings, world):
    from sprintlib.store import open_store

    direct = analyze(open_store(settings.database_url, read_only=True), settings, AS_OF)
    chosen = direct.model_copy(update={"milestones": tuple(m for m in direct.milestones if m.title == "Sprint 2")})
    assert without_timings(report.analysis) == without_timings(chosen)
    stored = json.loads(report.numbers.read_text())
    assert stored["milestones"][0]["probability"] == direct.milestones[0].probability


def test_the_dated_notebook_runs_again_with_its_own_parameters_and_shows_the_same(report, monkeypatch):
    """What Voilà and JupyterLab do with it."""
    monkeypatch.chdir(report.folder)
    notebook = nbformat.read(report.notebook, as_version=4)
    for cell in notebook.cells:
        cell.outputs = []
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    assert without_timings(freeze.numbers(notebook)) == without_timings(report.analysis)
