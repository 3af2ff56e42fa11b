"""`import sprintlib as sl`: what it exports, and what each name gives on a small team."""

import subprocess
import sys
from datetime import date
from html import escape
from pathlib import Path

import polars as pl
import pytest

import sprintlib as sl
from tests.world import World

EXPORTED = {
    "Backtest",
    "Metrics",
    "Project",
    "SprintAnalysis",
    "SprintAnswer",
    "SprintDays",
    "SprintError",
    "SprintForecast",
    "WhatIf",
    "__version__",
    "explore_risks",
    "open",
    "open_reasoning",
}


@pytest.fixture
def project(team: World, tmp_path: Path) -> sl.Project:
    """The team of tests.sprints, on the Friday of its second week."""
    (tmp_path / "sprint.toml").write_text(
        f'[project]\nname = "acme"\nrepositories = ["acme/api"]\n[store]\nurl = "{team.engine.url}"\n', encoding="utf-8"
    )
    return sl.open(tmp_path, as_of="2026-03-20T12:00:00Z")


def test_what_is_exported_is_there_and_nothing_else_is_promised() -> None:
    assert set(sl.__all__) == EXPORTED
    assert all(getattr(sl, name) is not None for name in EXPORTED)
    assert set(dir(sl)) >= EXPORTED
    with pytest.raises(AttributeError, match="has no attribute 'sync'"):
        sl.sync  # noqa: B018


def test_importing_it_costs_nothing_that_is_not_used() -> None:
    code = "import sys, sprintlib; print([n for n in ('polars', 'sqlalchemy', 'altair') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "[]\n"


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(sl.__file__).parent / "py.typed").exists()


def test_frames(project: sl.Project) -> None:
    assert repr(project) == "Project 'acme' (acme/api), as of 2026-03-20 12:00 UTC"
    for name in ("items", "milestones", "events", "reviews", "runs", "dependencies", "memberships", "comments"):
        assert isinstance(getattr(project, name), pl.DataFrame), name
    assert project.sprints.columns == ["key", "title", "repos", "state", "due_on", "open", "closed"]
    assert project.sprints["title"].to_list() == ["Sprint 2"]


def test_an_analysis_shows_itself_and_is_what_the_command_prints(project: sl.Project) -> None:
    found = project.analyze("Sprint 2")
    assert found.title == "Sprint 2"
    assert repr(found) == found.summary == found.milestone.summary
    shown = found._repr_mimebundle_()
    assert set(shown) == {"text/plain", "text/html"}
    assert "Sprint 2" in shown["text/html"]
    assert found.forecast.probability == found.probability
    assert set(found.forecast.dates) == {"p50", "p70", "p85", "p95"}
    assert found.forecast.chart().to_dict()["layer"]
    assert {"kind", "severity", "statement", "refs"} <= set(found.risks.frame().columns)
    assert found.milestone.key == project.sprints["key"][0]


def test_a_sprint_is_found_by_its_key_too(project: sl.Project) -> None:
    assert project.analyze(project.sprints["key"][0]).title == "Sprint 2"


def test_what_if(project: sl.Project) -> None:
    found = project.analyze("Sprint 2").what_if(due="2026-04-10")
    assert found.before is not None
    assert found.after is not None
    assert found.after >= found.before
    assert found.gain == pytest.approx(found.after - found.before)
    assert repr(found).startswith("Sprint 2: ")
    with pytest.raises(sl.SprintError, match="is not open in 'Sprint 2'"):
        project.analyze("Sprint 2").what_if(drop=["999"])


def test_metrics_week_by_week(project: sl.Project) -> None:
    found = project.metrics("cycle_time", weeks=2)
    assert found.frame()["name"].unique().to_list() == ["cycle_time"]
    assert found.latest().height == 1
    assert found.chart().to_dict()["mark"]["type"] == "line"
    with pytest.raises(sl.SprintError, match="There is no metric 'speed'"):
        project.metrics("speed", weeks=1)


@pytest.mark.slow
def test_a_sprint_day_by_day(project: sl.Project) -> None:
    days = project.history("Sprint 2").frame()
    assert days.columns == ["day", "scope", "done", "probability"]
    assert days["day"].max() == date(2026, 3, 20)
    assert days["probability"][-1] == project.analyze("Sprint 2").probability


def test_the_days_and_the_backtest_have_charts(project: sl.Project) -> None:
    days = project.history("Sprint 2").chart().to_dict()
    assert [panel["width"] for panel in days["vconcat"]] == [640, 640]
    found = project.backtest()
    assert found.frame().select("title", "share", "landed").rows() == [
        ("Sprint 1", 25, True),
        ("Sprint 1", 50, True),
        ("Sprint 1", 75, True),
    ]
    assert found.scores()["share"].to_list() == [25, 50, 75]
    assert found.plans()["planning"].to_list() == [1.0]
    assert found.chart().to_dict()["mark"]["type"] == "point"
    assert found.verdict in repr(found)


def test_findings_show_all_of_their_text(project: sl.Project) -> None:
    risks = project.analyze("Sprint 2").risks
    shown = risks._repr_html_()
    assert len(risks) > 0
    assert all(escape(risk.statement) in shown for risk in risks)
    assert "…" not in shown


def test_questions_and_search(project: sl.Project) -> None:
    answer = project.ask("is #14 done?")
    assert answer.sentences
    assert project.search("anything at all").columns == ["ref", "kind", "title", "excerpt", "url", "score"]


def test_mistakes_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(sl.SprintError, match=r"No sprint\.toml in"):
        sl.open(tmp_path)


def test_parts_of_sprint_toml_are_the_same_sprint_everywhere(team: World, tmp_path: Path) -> None:
    (tmp_path / "sprint.toml").write_text(
        f'[project]\nname = "acme"\nrepositories = ["acme/api"]\n[store]\nurl = "{team.engine.url}"\n'
        '[milestones."Sprint 2"]\nparts = ["acme/api#2"]\n[milestones."Sprint 9"]\nparts = ["acme/api#99"]\n',
        encoding="utf-8",
    )
    project = sl.open(tmp_path, as_of="2026-03-20T12:00:00Z")
    assert project.state.sprint_parts == {"Sprint 2": ("acme/api#2",), "Sprint 9": ("acme/api#99",)}
    found = project.analyze("Sprint 2")
    assert (
        "sprint.toml counts acme/api#99 as part of 'Sprint 9', but there is no such milestone." in found.analysis.notes
    )
    assert [one.title for one in found.analysis.earlier] == ["Sprint 1"]
