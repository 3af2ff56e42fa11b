"""The notebooks that open the reasoning: thin, clean, and runnable without any model on a small seeded store."""

import html
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest

from sprintlib import settings as settings_module
from sprintlib.dashboards.widgets.reasoning import open_reasoning
from sprintlib.dashboards.widgets.risk_explorer import explore_risks
from sprintlib.errors import AnalysisError
from sprintlib.recommend import read_feedback
from sprintlib.resources import folder
from tests.sprints import team_in

NAMES = ("reasoning_step_by_step", "explore_risks")
MOMENT = "2026-03-20T12:00:00Z"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sprints, an item that is blocked, and settings as a user has them."""
    folder = tmp_path_factory.mktemp("home")
    world = team_in(folder)
    world.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    world.issue(15, created="03-16 09:00", milestone=2, title="<script>alert(1)</script>")
    world.flush()
    world.engine.dispose()
    (folder / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n')
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_are_thin_and_clean(name: str) -> None:
    notebook = nbformat.read(folder("notebooks") / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(len(cell.source.splitlines()) <= 4 for cell in code)
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert code[0].metadata["tags"] == ["parameters"]
    assert notebook.metadata.title


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_run_by_hand_without_a_model(name: str, home: Path) -> None:
    path = folder("notebooks") / f"{name}.ipynb"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval-lax", str(path), "-p", "no:cacheprovider", "-W", "ignore", "-q"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"SPRINT_HOME": str(home)},
    )
    cells = sum(cell.cell_type == "code" for cell in nbformat.read(path, as_version=4).cells)
    assert f"{cells} passed" in ran.stdout, ran.stdout + ran.stderr


def test_both_verdicts_stand_side_by_side(home: Path) -> None:
    first = open_reasoning(str(home), None, MOMENT, words=False)
    work = first.state("feature_engineer")["work"]
    assert work is not None
    second = first.again("feature_engineer", work=work | {"days_left": 15.5})
    patient = first.again("orchestrator", request=first.request(thresholds={"blocked_days": 9.0}))
    shown = first.beside(second, patient).data
    assert first.run.id in shown
    assert second.run.id in shown
    chances = [one.milestone.probability for one in (first, second, patient)]
    assert chances[1] > chances[0] == chances[2]
    kinds = [{risk.kind for risk in one.milestone.risks} for one in (first, patient)]
    assert "blocked_item" in kinds[0] - kinds[1]


def test_every_step_shows_its_part_escaped(home: Path) -> None:
    first = open_reasoning(str(home), None, MOMENT, words=False)
    agents = [step["agent"] for step in first.run.state["trace"]]
    shown = [first.added(agent).data for agent in agents]
    shown += [
        getattr(first, what)(agent).data
        for what in ("prompt", "evidence", "claims")
        for agent in ("llm_reasoner", "explainer")
    ]
    shown += [first.steps().data, first.verdict().data]
    assert not any("<script" in one for one in shown)
    assert "It was turned off for this run." in first.claims("explainer").data
    assert "In thirty seconds" in first.verdict().data


def test_an_action_is_answered_in_one_call(home: Path) -> None:
    first = open_reasoning(str(home), None, MOMENT, words=False)
    chosen = first.milestone.recommendations[0]
    assert html.escape(chosen.action.partition("#")[0]) in first.actions().data
    said = first.answer(1, "dismiss", reason="not this time").data
    assert "are now weighted 33%, down from 50%" in said
    assert "Order from now on" in said
    (given,) = read_feedback(first.analysis_context.engine, "acme", datetime.now(UTC))
    assert (given.recommendation, given.decision, given.reason) == (chosen.id, "dismiss", "not this time")
    with pytest.raises(AnalysisError, match="There is no action 99: this run recommends"):
        first.answer(99, "accept")


def test_a_slider_runs_the_detectors_again(home: Path) -> None:
    explorer = explore_risks(str(home), None, MOMENT)
    assert "blocked_item" in {risk.kind for risk in explorer.found}
    explorer.thresholds["blocked_days"].value = 9.0
    assert "blocked_item" not in {risk.kind for risk in explorer.found}
    explorer.thresholds["blocked_days"].value = 1.0
    explorer.severities.value = ("unknown",)
    assert {risk.severity for risk in explorer.found} == {"unknown"}
    assert "<script" not in explorer.risks.value
    assert set(explorer.thresholds) == set(type(settings_module.load(home).risks).model_fields)
