"""Where milestones stand: stored where that is current, else analysed; and where they stood on past days."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from sprintlib import inbox
from sprintlib.project import ProjectHandle
from sprintlib.results import store_analysis
from sprintlib.services import (
    analyze,
    chances,
    fill_days,
    gains_if_out,
    scope_log,
    standing,
    stood_before,
    what_if,
)
from sprintlib.services.standings import past_days
from sprintlib.settings import load
from sprintlib.store import open_store
from sprintlib.store.schema import sync_run
from tests.dashboards.project import write_project

NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)  # after everything was fetched


@pytest.fixture
def project(tmp_path: Path) -> Iterator[ProjectHandle]:
    settings = load(write_project(tmp_path) and tmp_path)
    handle = ProjectHandle(settings, open_store(settings.database_url), lambda: NOW)
    yield handle
    handle.engine.dispose()


def test_what_is_stored_and_current_is_read(project: ProjectHandle):
    stored = analyze(project, NOW - timedelta(minutes=5))
    marked = stored.milestones[0].model_copy(update={"summary": "As it was stored."})
    store_analysis(project.engine, stored.model_copy(update={"milestones": (marked,)}))
    found = standing(project)
    assert found.as_of == NOW - timedelta(minutes=5)
    assert [one.summary for one in found.milestones] == ["As it was stored."]
    assert (found.freshness, found.notes, found.earlier) == (stored.freshness, stored.notes, stored.earlier)


def test_what_is_older_than_half_an_hour_is_not_current(project: ProjectHandle):
    store_analysis(project.engine, analyze(project, NOW - timedelta(minutes=31)))
    assert standing(project).as_of == NOW


def test_what_is_older_than_the_last_collection_is_not_current(project: ProjectHandle):
    store_analysis(project.engine, analyze(project, NOW - timedelta(minutes=5)))
    moment = NOW - timedelta(minutes=1)
    row = {"state": "ok", "requests": 1, "not_modified": 0, "started_at": moment, "finished_at": moment}
    with project.engine.begin() as connection:
        connection.execute(insert(sync_run).values(row))
    assert standing(project).as_of == NOW


def test_a_fact_that_a_worker_is_about_to_analyse_is_not_waited_for(project: ProjectHandle):
    store_analysis(project.engine, analyze(project, NOW - timedelta(minutes=5)))
    moment = NOW - timedelta(minutes=1)
    row = {"state": "ok", "requests": 1, "not_modified": 0, "started_at": moment, "finished_at": moment}
    with project.engine.begin() as connection:
        connection.execute(insert(sync_run).values(row))
    inbox.sign_on(project.engine, "here:1:0.00", project.name)
    assert standing(project).as_of == NOW - timedelta(minutes=5)
    inbox.sign_off(project.engine, "here:1:0.00")
    assert standing(project).as_of == NOW


def test_past_days_are_stored_once_and_say_what_an_analysis_of_then_says(project: ProjectHandle):
    project = ProjectHandle(project.settings, project.engine, lambda: datetime(2026, 3, 20, 12, tzinfo=UTC))
    stored = list(fill_days(project, 4))
    assert stored[:4] == [date(2026, 3, 19), date(2026, 3, 18), date(2026, 3, 17), date(2026, 3, 16)]
    assert list(fill_days(project, 4)) == []
    said = chances(project, project.clock(), 4)
    (key,) = {one.key for one in analyze(project, project.clock()).milestones}
    then = analyze(project, datetime(2026, 3, 18, 23, 59, 59, tzinfo=UTC))
    by_day = {one.as_of.date(): one.probability for one in said[key]}
    assert by_day[date(2026, 3, 18)] == then.milestones[0].probability
    assert stood_before(project, datetime(2026, 3, 19, tzinfo=UTC))[key].scope == then.milestones[0].scope


def test_an_evening_too_long_ago_is_not_how_it_stood(project: ProjectHandle):
    store_analysis(project.engine, analyze(project, NOW - timedelta(days=5)))
    assert stood_before(project, NOW) == {}


def test_the_days_to_fill():
    days = past_days(date(2026, 11, 27), 14)
    assert days[:2] == [date(2026, 11, 26), date(2026, 11, 25)]
    assert days[13:16] == [date(2026, 11, 13), date(2026, 11, 6), date(2026, 10, 30)]
    assert len(days) == len(set(days)) == 22


def test_what_an_item_holds_back_is_what_the_what_if_says(project: ProjectHandle):
    moment = datetime(2026, 3, 20, 12, tzinfo=UTC)
    gains = gains_if_out(project, moment, "Sprint 2")
    assert gains
    for ref, gain in gains.items():
        assert gain == what_if(project, moment, "Sprint 2", drop=[ref]).gain


def test_the_scope_log_is_what_the_counts_count(project: ProjectHandle):
    moment = datetime(2026, 3, 20, 12, tzinfo=UTC)
    (sprint,) = (one for one in analyze(project, moment).milestones if one.title == "Sprint 2")
    log = scope_log(project, moment, "Sprint 2")
    assert sorted({entry.at for entry in log}, reverse=True) == list(dict.fromkeys(entry.at for entry in log))
    assert len({entry.ref for entry in log if entry.way == "in"}) >= sprint.scope.added
    assert len({entry.ref for entry in log if entry.way == "out"}) >= sprint.scope.removed
    assert all(entry.at <= moment for entry in log)
