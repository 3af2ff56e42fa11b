"""Everything on one screen."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sprintlib import backup
from sprintlib.cli.main import sprint
from sprintlib.doctor import examine_here
from sprintlib.figures import keep
from sprintlib.observe.measures import drain, record
from sprintlib.project import ProjectHandle
from sprintlib.settings import load
from sprintlib.status import status
from tests.sprints import AS_OF
from tests.world import World, at


@pytest.fixture
def project(team: World) -> ProjectHandle:
    team.flush()
    return ProjectHandle(team.settings, team.engine, lambda: at(AS_OF))


def test_the_verdict_is_that_of_the_analysis(project: ProjectHandle) -> None:
    from sprintlib.services import analyze

    (verdict,) = status(project).verdicts
    (milestone,) = analyze(project).milestones
    assert verdict.probability == milestone.probability
    assert (verdict.title, verdict.open, verdict.done) == ("Sprint 2", 5, 3)


def test_problems_are_named_with_what_mends_them(project: ProjectHandle) -> None:
    todo = {problem.what: problem.todo for problem in status(project).problems}
    assert todo["There is no backup."] == "sprint backup"


def test_an_old_backup_is_a_problem(team: World, project: ProjectHandle) -> None:
    backup.make_backup(team.settings.model_copy(update={"store": _store(team)}), at(AS_OF) - timedelta(days=3))
    assert "The last backup is more than two days old." in {problem.what for problem in status(project).problems}


def _store(team: World) -> object:
    return team.settings.store.model_copy(update={"url": str(team.engine.url)})


def test_before_anything_was_collected(tmp_path: Path) -> None:
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api"]\n', encoding="utf-8")
    ProjectHandle.open(load(tmp_path)).engine.dispose()
    done = CliRunner().invoke(sprint, ["--home", str(tmp_path), "status", "--json"])
    told = json.loads(done.output)
    assert (done.exit_code, told["verdicts"], told["facts"]) == (1, [], {"acme/api": None})
    assert "Nothing has been collected completely yet." in [problem["what"] for problem in told["problems"]]
    shown = CliRunner().invoke(sprint, ["--home", str(tmp_path), "status"])
    assert "acme/api: never collected" in shown.output


def test_a_figure_beyond_its_alert_is_told_by_status_and_doctor_alike(team: World, project: ProjectHandle) -> None:
    drain()
    record("retrieval", 3.0)
    keep(team.engine)
    (problem,) = [one for one in status(project).problems if one.what.startswith("Beyond its alert: search")]
    settings = team.settings.model_copy(update={"store": _store(team)})
    (check,) = [one for one in examine_here(settings) if one.name == "figures"]
    assert (check.state, check.todo) == ("warn", problem.todo)
    assert problem.what == f"Beyond its alert: {check.message}."
