"""The shipped notebooks: each says what it is for, calls only the package, and runs from top to bottom."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from papermill.execute import execute_notebook

from sprintlib.github import ingest_dataset
from sprintlib.store import open_store
from tests.conftest import ROOT
from tests.notebooks.notebooks import NAMES, assert_runs, code_cells, displayed, path_of
from tests.startup import AS_OF

REPORTS = ("retrospective", "sprint_analysis", "weekly_digest")  # what `sprint report` runs
LOGIC = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.With, ast.Lambda, ast.comprehension)


def test_they_are_those_of_the_workbench() -> None:
    assert NAMES == (
        "backtest",
        "explore_data",
        "explore_risks",
        "quickstart",
        "reasoning_step_by_step",
        "retrospective",
        "sprint_analysis",
        "weekly_digest",
    )
    listed = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "notebooks.md").read_text(), re.MULTILINE)
    assert sorted(listed) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_opens_with_what_it_is_for_and_is_clean(name: str) -> None:
    notebook = nbformat.read(path_of(name), as_version=4)
    nbformat.validate(notebook)
    first, second = notebook.cells[:2]
    assert first.cell_type == "markdown"
    assert first.source.startswith(f"# {notebook.metadata.title}\n\n")
    assert len(first.source.split()) > 20
    assert second.metadata["tags"] == ["parameters"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code_cells(name))
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


@pytest.mark.parametrize("name", NAMES)
def test_cells_call_only_the_package(name: str) -> None:
    for cell in code_cells(name):
        if "parameters" in cell.metadata.get("tags", ()):  # one line each, and nothing else
            assert all(isinstance(line, ast.AnnAssign) for line in ast.parse(cell.source).body), cell.source
        else:
            assert len(cell.source.splitlines()) <= 4
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, LOGIC), cell.source
            if isinstance(node, ast.Import):
                assert [(one.name, one.asname) for one in node.names] == [("sprintlib", "sl")]
            if isinstance(node, ast.ImportFrom):
                assert name in REPORTS  # as in dated notebooks of every version
                assert node.module == "sprintlib"


@pytest.mark.parametrize("name", NAMES)
def test_links_to_the_documentation_lead_somewhere(name: str) -> None:
    text = "".join(cell.source for cell in nbformat.read(path_of(name), as_version=4).cells)
    assert all((ROOT / page).exists() for page in re.findall(r"`(docs/[\w./-]+)`", text))


@pytest.mark.parametrize("name", ["backtest", "explore_data", "explore_risks", "quickstart"])
def test_every_cell_runs_and_shows_something(name: str, home: Path) -> None:
    shown = displayed(name, home, "2026-03-20T12:00:00Z")
    assert [bool(what) for what in shown] == [False] + [True] * (len(shown) - 1)
    assert not any("<script>alert(" in what for what in shown)


@pytest.mark.parametrize("name", ["retrospective", "weekly_digest"])
def test_every_piece_of_a_report_shows_something(name: str, home: Path) -> None:
    shown = displayed(name, home, "2026-03-20T12:00:00Z")
    assert [bool(what) for what in shown] == [False, False] + [True] * (len(shown) - 2)
    assert "<style>" in shown[2]
    assert not any("<script>alert(" in what for what in shown)


@pytest.mark.slow
def test_five_questions_are_answered(startup: Path) -> None:
    notebook = nbformat.read(path_of("explore_data"), as_version=4)
    questions = [cell.source for cell in notebook.cells if cell.source.startswith("## ")]
    assert [question[3:5] for question in questions] == ["1.", "2.", "3.", "4.", "5."]
    assert all(question.splitlines()[0].endswith("?") for question in questions)
    shown = "".join(displayed("explore_data", startup, AS_OF))
    assert "&quot;sprint-demo/api#1&quot;</td><td>&quot;Gift vouchers&quot;" in shown  # the oldest open item
    assert "&quot;sprint-demo/web#49&quot;</td><td>&quot;sprint-demo/api#63&quot;</td><td>&quot;blocks&quot;" in shown


@pytest.mark.slow
def test_the_quickstart_shows_verdict_risks_actions_and_an_answer(startup: Path) -> None:
    shown = displayed("quickstart", startup, AS_OF)
    assert "window.vegaEmbed=" in shown[3]  # the burn-up draws itself
    assert "Workflow &#x27;CI&#x27; has been red on main" in shown[5]
    assert "take out or move sprint-demo/web#49 and sprint-demo/api#68" in shown[6]
    assert "web#49" in shown[8]
    assert "/sprint-demo/web/issues/49" in shown[8]


@pytest.mark.slow
def test_the_backtest_judges_the_four_finished_sprints(startup: Path) -> None:
    shown = displayed("backtest", startup, AS_OF)
    assert "the forecast is better than the team&#39;s own base rate by" in shown[2]
    assert all(title in shown[4] for title in ("2.0 Foundations", "2.1 Availability", "2.2 Accounts", "2.3 Reminders"))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_each_runs_on_the_demo_in_a_kernel(name: str, startup: Path) -> None:
    assert_runs(name, startup)


@pytest.fixture(scope="module")
def secp256k1(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a real project's eleven years."""
    home = tmp_path_factory.mktemp("secp256k1")
    (home / "sprint.toml").write_text('[project]\nname = "secp256k1"\nrepositories = ["bitcoin-core/secp256k1"]\n')
    engine = open_store(f"sqlite:///{home / 'data' / 'sprint.db'}")
    archive = real_data / "github-backups" / "bitcoin-core_secp256k1.tar.xz"
    ingest_dataset(engine, archive, "secp256k1", datetime(2026, 8, 22, tzinfo=UTC))
    engine.dispose()
    return home


@pytest.mark.slow
@pytest.mark.realdata
@pytest.mark.parametrize("name", NAMES)
def test_each_runs_on_a_real_project_with_parameters(name: str, secp256k1: Path, tmp_path: Path) -> None:
    """By papermill, as reports run them."""
    declared = nbformat.read(path_of(name), as_version=4).cells[1].source
    assert {"home", "as_of"} <= set(re.findall(r"^(\w+):", declared, re.MULTILINE))
    wanted = {"home": str(secp256k1), "as_of": "2026-08-22"}
    execute_notebook(path_of(name), tmp_path / "done.ipynb", wanted, kernel_name="python3", progress_bar=False)
    done = nbformat.read(tmp_path / "done.ipynb", as_version=4)
    assert not [cell for cell in done.cells if cell.cell_type == "code" and cell.execution_count is None]
