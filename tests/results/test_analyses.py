"""Results in the store."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Row, Table, func, select, update
from sqlalchemy.exc import IntegrityError

from sprintlib.results import latest_analyses, store_analysis
from sprintlib.store import schema
from tests import samples
from tests.world import World, at


def rows(team: World, table: Table) -> Sequence[Row[Any]]:
    with team.engine.connect() as connection:
        return connection.execute(select(table)).all()


def test_everything_of_an_analysis_is_written(team: World) -> None:
    analysis = samples.analysis()
    (identifier,) = store_analysis(team.engine, analysis)
    (stored,) = rows(team, schema.analysis)
    assert (stored.id, stored.milestone, stored.as_of, stored.revision) == (identifier, "Sprint 9", samples.AS_OF, 1)
    assert {row.id for row in rows(team, schema.recommendation)} == {one.id for one in samples.recommendations()}
    supports = {row.supports for row in rows(team, schema.evidence)}
    assert {"risk:blocked_item", "recommendation:unblock-api-44", "driver:Blocked items"} <= supports


def test_another_analysis_of_the_same_moment_is_a_revision(team: World) -> None:
    for _ in range(2):
        store_analysis(team.engine, samples.analysis())
    assert [row.revision for row in rows(team, schema.analysis)] == [1, 2]


def test_the_latest_of_each_milestone_comes_back_as_it_was(team: World) -> None:
    older = samples.analysis(samples.milestone(probability=0.5), as_of=at("11-01"))
    store_analysis(team.engine, older)
    first = samples.analysis(samples.without_due_date(), samples.milestone())
    store_analysis(team.engine, first)
    second = samples.analysis(samples.milestone(summary="Later words."))
    store_analysis(team.engine, second)
    found = latest_analyses(team.engine, "demo")
    assert [(moment, one.title) for moment, one in found] == [(samples.AS_OF, "Sprint 9"), (samples.AS_OF, "Backlog")]
    assert found[0][1] == second.milestones[0]
    assert found[1][1] == first.milestones[0]


def test_another_project_is_not_mixed_in(team: World) -> None:
    store_analysis(team.engine, samples.analysis())
    assert latest_analyses(team.engine, "acme") == []


def test_undated_milestones_come_last_by_title(team: World) -> None:
    undated = [samples.without_due_date(title=title) for title in ("Later", "Backlog")]
    store_analysis(team.engine, samples.analysis(*undated, samples.milestone()))
    assert [one.title for _, one in latest_analyses(team.engine, "demo")] == ["Sprint 9", "Backlog", "Later"]


def test_what_another_version_wrote_is_left_out(team: World) -> None:
    store_analysis(team.engine, samples.analysis())
    with team.engine.begin() as connection:
        connection.execute(update(schema.analysis).values(body={"title": "Sprint 9", "shape": "of old"}))
    assert latest_analyses(team.engine, "demo") == []


def test_hostile_text_is_kept_as_text(team: World) -> None:
    store_analysis(team.engine, samples.analysis(samples.hostile()))
    assert latest_analyses(team.engine, "demo")[0][1].title == samples.HOSTILE


def test_all_or_nothing(team: World) -> None:
    twice = samples.milestone(title="Sprint 10", recommendations=samples.recommendations() * 2)
    with pytest.raises(IntegrityError):
        store_analysis(team.engine, samples.analysis(samples.milestone(), twice))
    with team.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.analysis)) == 0
