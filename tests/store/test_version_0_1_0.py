"""A home made by version 0.1.0 opens with this one: nothing that a team did in it is lost."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from sqlalchemy import create_engine, text

import sprintlib as sl
from sprintlib.agents import AnalysisContext, open_workflow
from sprintlib.dashboards.serving.pages import is_shipped
from sprintlib.errors import StoreError
from sprintlib.recommend import read_feedback
from sprintlib.reports.freeze import numbers
from sprintlib.results import runs
from sprintlib.results.analyses import latest_analyses, previous_analysis
from sprintlib.settings import load
from sprintlib.store import open_store
from tests.conftest import ROOT

MADE = Path(__file__).with_name("version_0_1_0")
MOMENT = datetime(2026, 3, 20, 12, tzinfo=UTC)
RUN = "20261127T101002769-18b3"
DATED = Path("papermill_runs/2026-03-20/acme-sprint-2/report.ipynb")


def unpack(name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.decompress((MADE / f"{name}.gz").read_bytes()))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api"]\n')
    unpack("sprint.db", tmp_path / "data" / "sprint.db")
    unpack("traces.db", tmp_path / "data" / "traces.db")
    unpack("report.ipynb", tmp_path / DATED)
    return tmp_path


def head() -> str:
    return max(path.stem.partition("_")[0] for path in (ROOT / "sprintlib/store/migrations/versions").glob("0*.py"))


def test_it_is_brought_up_to_date_by_the_first_that_writes(home: Path) -> None:
    url = load(home).database_url
    with create_engine(url).connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) < head()
    with pytest.raises(StoreError):
        open_store(url, read_only=True)
    with open_store(url).connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == head()
    open_store(url, read_only=True)


def test_facts_feedback_analyses_and_runs_are_there(home: Path) -> None:
    engine = open_store(load(home).database_url)
    given = {one.recommendation: (one.decision, one.reason) for one in read_feedback(engine, "acme", datetime.now(UTC))}
    assert given == {
        "pb-010-acme-api-14-acme-api-15-acme-api-16": ("accept", None),
        "pb-006-acme-api-15-acme-api-14": ("dismiss", "api#15 has an owner now"),
    }
    ((as_of, analysis),) = latest_analyses(engine, "acme")
    assert (as_of, analysis.title, round(analysis.probability or 0, 2)) == (MOMENT, "Sprint 2", 0.34)
    (run,) = runs(engine, "acme")
    assert (run.state, run.folder, run.milestone) == ("ok", "2026-03-20/acme-sprint-2", "Sprint 2")


def test_the_feedback_counts_in_todays_analysis_and_the_old_one_is_compared_with(home: Path) -> None:
    engine = open_store(load(home).database_url)
    dismissed = "pb-006-acme-api-15-acme-api-14"
    earlier, found = (sl.open(home, f"2026-11-{day}").analyze("Sprint 2") for day in (25, 28))  # answered on the 27th
    assert dismissed in {one.id for one in earlier.recommendations}
    assert dismissed not in {one.id for one in found.recommendations}
    before = previous_analysis(engine, "acme", found.milestone, found.analysis.as_of)
    assert before is not None
    assert (before[0], before[1].title) == (MOMENT, "Sprint 2")


def test_the_reasoning_of_then_opens_step_by_step(home: Path) -> None:
    settings = load(home)
    with open_workflow(AnalysisContext(open_store(settings.database_url), settings)) as workflow:
        assert [run.id for run in workflow.runs()] == [RUN]
        analysis = workflow.run(RUN).analysis
        assert workflow.after(RUN, "data_collector")["facts"]["title"] == "Sprint 2"
    assert round(analysis.milestones[0].probability or 0, 2) == 0.34


def test_the_dated_notebook_is_recognised_and_its_numbers_are_read(home: Path) -> None:
    assert is_shipped(home / DATED)
    analysis = numbers(nbformat.read(home / DATED, as_version=4))
    assert (analysis.as_of, analysis.milestones[0].title) == (MOMENT, "Sprint 2")
