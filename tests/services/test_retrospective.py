"""Looking back on a sprint that is over: planned and delivered, forecast and outcome, what slowed it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sprintlib.errors import AnalysisError
from sprintlib.project import ProjectHandle
from sprintlib.reports.due_kinds import missing_reports
from sprintlib.results.run_table import Run
from sprintlib.services.retrospective import LOOKS, ended_sprints, retrospective
from sprintlib.settings import Settings, load
from sprintlib.store import open_store
from tests.sprints import team_in
from tests.world import World, at

NOW = datetime(2026, 4, 2, 12, tzinfo=UTC)  # both sprints are over
TOML = '[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n'


@pytest.fixture
def team(tmp_path: Path) -> World:
    world = team_in(tmp_path)
    (tmp_path / "sprint.toml").write_text(TOML)
    return world


@pytest.fixture
def project(team: World, tmp_path: Path) -> Iterator[ProjectHandle]:
    settings = load(tmp_path)
    handle = ProjectHandle(settings, open_store(settings.database_url), lambda: NOW)
    yield handle
    handle.engine.dispose()
    team.engine.dispose()


def test_planned_and_delivered(project: ProjectHandle):
    found = retrospective(project, NOW)  # Sprint 2 ended last
    assert (found.title, found.committed, found.kept, found.landed) == ("Sprint 2", 8, 3, False)
    assert (found.first.scope.open, found.last.scope.open, found.last.scope.done) == (8, 5, 3)
    assert found.end == datetime(2026, 3, 28, tzinfo=UTC)
    assert found.days_late == 6  # open still


def test_a_sprint_that_landed(project: ProjectHandle):
    found = retrospective(project, NOW, "Sprint 1")
    assert (found.committed, found.kept, found.landed) == (10, 10, True)
    assert [look.share for look in found.looks] == list(LOOKS)
    assert found.looks[-1].moment < found.end


def test_a_sprint_that_was_emptied_did_not_land(project: ProjectHandle):
    found = retrospective(project, NOW, "Sprint 1")
    *before, last = found.looks
    scope = last.analysis.scope.model_copy(update={"open": 0, "done": 0, "dropped": 0, "removed": 10})
    emptied = replace(last, analysis=last.analysis.model_copy(update={"scope": scope}))
    found = replace(found, looks=(*before, emptied))
    assert (found.is_empty, found.landed) == (True, False)


def test_each_look_is_from_the_facts_of_its_moment(team: World, project: ProjectHandle):
    """The due date was moved in the middle: the first looks know only the old one, whatever came after."""
    team.snapshot(2, at("03-16 12:00"), "Sprint 2", due="03-25")
    team.milestone(2, "Sprint 2", created="03-13", due="03-27", observed=at("03-23 10:00"))
    team.flush()
    found = retrospective(project, NOW, "Sprint 2")
    assert [look.analysis.due_on for look in found.looks] == [date(2026, 3, 25)] * 3 + [date(2026, 3, 27)] * 2


def test_what_slowed_it_is_counted_by_looks(project: ProjectHandle):
    found = retrospective(project, NOW, "Sprint 2")
    assert found.hindrances
    assert [one.looks for one in found.hindrances] == sorted((one.looks for one in found.hindrances), reverse=True)
    for one in found.hindrances:
        assert one.looks == sum(
            any(risk.kind == one.kind and risk.severity in ("high", "medium") for risk in look.analysis.risks)
            for look in found.looks
        )


def test_a_sprint_under_way_is_not_looked_back_on(project: ProjectHandle):
    with pytest.raises(AnalysisError, match=r"^Sprint 2 is not over yet: it is due Fri 27 Mar 2026; a retrospective"):
        retrospective(project, at("03-20 12:00"), "Sprint 2")
    with pytest.raises(AnalysisError, match=r"^No milestone is called 'Sprint 9'\.$"):
        retrospective(project, NOW, "Sprint 9")
    with pytest.raises(AnalysisError, match="^No sprint is over yet"):
        retrospective(project, at("03-03 12:00"))


def test_sprints_that_ended_in_a_time(project: ProjectHandle):
    assert [one.title for one in ended_sprints(project, NOW, NOW - timedelta(days=7))] == ["Sprint 2"]
    assert [one.title for one in ended_sprints(project, NOW, at("03-01"))] == ["Sprint 2", "Sprint 1"]


# ---------------------------------------------------------------- when they are due


def run(kind: str, state: str = "ok", when: datetime = NOW, sprint: str | None = None, milestone: str = "x") -> Run:
    return Run(1, milestone, when, state, "due", when, None, None, None, None, sprint, kind)  # type: ignore[arg-type]


def missing(project: ProjectHandle, *known: Run, now: datetime = NOW) -> list[tuple[str, str | None]]:
    return [(one.kind, one.milestone) for one in missing_reports(project, known, now)]


def test_a_sprint_is_looked_back_on_once(project: ProjectHandle):
    assert missing(project) == [("retrospective", "1-2")]
    assert missing(project, run("retrospective", sprint="1-2")) == []
    assert missing(project, run("sprint_analysis", sprint="1-2")) == [("retrospective", "1-2")]
    failed = run("retrospective", "failed", NOW - timedelta(minutes=30), milestone="1-2")
    assert missing(project, failed) == []
    assert missing(project, failed, now=NOW + timedelta(hours=1)) == [("retrospective", "1-2")]


def weekly(settings: Settings, day: str) -> Settings:
    changes = {"weekly": day, "retrospective": False}
    return settings.model_copy(update={"report": settings.report.model_copy(update=changes)})


def test_a_week_is_told_once(project: ProjectHandle):
    """NOW is a Thursday; the time is 07:30."""
    thursday = ProjectHandle(weekly(project.settings, "thu"), project.engine, lambda: NOW)
    slot = datetime(2026, 4, 2, 7, 30, tzinfo=UTC)
    assert missing(thursday) == [("weekly_digest", None)]
    assert missing(thursday, run("weekly_digest", when=slot)) == []
    assert missing(thursday, run("weekly_digest", when=slot - timedelta(minutes=1))) == [("weekly_digest", None)]
    friday = ProjectHandle(weekly(project.settings, "fri"), project.engine, lambda: NOW)
    assert missing(friday, run("weekly_digest", when=slot - timedelta(days=6))) == []  # last Friday's is there
