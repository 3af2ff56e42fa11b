"""Requests share what was read and worked out, and never see an older store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sprintlib.experiments import Experiment, start
from sprintlib.facts.changes import FactChange, note_changes
from sprintlib.project import ProjectHandle
from sprintlib.services import analyze, what_if
from sprintlib.services.shared_states import States
from sprintlib.settings import load
from sprintlib.store import open_store
from tests.dashboards.project import write_project

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[ProjectHandle]:
    settings = load(write_project(tmp_path) and tmp_path)
    handle = ProjectHandle(settings, open_store(settings.database_url), lambda: NOW, load=States())
    yield handle
    handle.engine.dispose()


def states_of(project: ProjectHandle) -> States:
    assert isinstance(project.load, States)
    return project.load


def wrote(project: ProjectHandle) -> None:
    """Something was written of which it is only known that it was."""
    with project.engine.begin() as connection:
        note_changes(connection, [FactChange(1, "release", "v1")])


def test_one_moment_is_read_once_by_everybody(project: ProjectHandle) -> None:
    first, second = (replace(project).state(NOW) for _ in range(2))
    assert first is second


def test_what_was_written_since_is_seen(project: ProjectHandle) -> None:
    first = replace(project).state(NOW)
    wrote(project)
    assert replace(project).state(NOW) is not first


def test_what_was_decided_since_is_seen(project: ProjectHandle) -> None:
    first = replace(project).state(NOW)
    terms = Experiment(0, "one", 1, "PB-001", "PB-002", "closed", 5, 0.5, 0.2, 0.8, 90, NOW - timedelta(hours=1))
    with project.engine.begin() as connection:
        started = start(connection, project.name, terms)
    second = replace(project).state(NOW)
    assert (first.experiments, second.experiments) == ((), (started,))


def test_the_present_stays_for_a_minute_while_nothing_is_written(project: ProjectHandle) -> None:
    def present(now: datetime) -> datetime:
        return states_of(project).present(project.engine, project.settings, now)

    assert present(NOW) == NOW
    replace(project).state(NOW)
    assert present(NOW + timedelta(seconds=59)) == NOW
    assert present(NOW - timedelta(seconds=1)) == NOW - timedelta(seconds=1)  # a clock that was set back
    assert present(NOW + timedelta(seconds=60)) == NOW + timedelta(seconds=60)
    wrote(project)
    assert present(NOW + timedelta(seconds=1)) == NOW + timedelta(seconds=1)


def test_another_day_is_another_present(project: ProjectHandle) -> None:
    evening = datetime(2026, 3, 20, 23, 59, 50, tzinfo=UTC)
    replace(project).state(evening)
    later = evening + timedelta(seconds=20)
    assert states_of(project).present(project.engine, project.settings, later) == later


def test_what_is_kept_changes_no_answer(project: ProjectHandle) -> None:
    fresh = ProjectHandle(project.settings, project.engine, lambda: NOW)
    for _ in range(2):
        shared = replace(project)
        assert what_if(shared, NOW, "Sprint 2", people=1) == what_if(replace(fresh), NOW, "Sprint 2", people=1)
        first, second = (analyze(one, NOW).milestones for one in (shared, replace(fresh)))
        assert [one.model_copy(update={"timings": {}}) for one in first] == [
            one.model_copy(update={"timings": {}}) for one in second
        ]
