"""Sprints of a cadence are forecast, judged, changed and asked about like milestones."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sprintlib.analysis import Analysis, analyze_past
from sprintlib.history import load_state
from sprintlib.project import ProjectHandle
from sprintlib.services import what_if
from sprintlib.services.question_answering import ask
from sprintlib.settings import SprintSettings, load
from sprintlib.store import open_store
from tests.analysis.test_leaks import LATER, baseline, judged
from tests.sprints import AS_OF, team_in
from tests.startup import TODAY
from tests.world import API, World, at

SPRINTS = SprintSettings(source="cadence", start=date(2026, 3, 2), length="2 weeks")


def in_cadence(team: World) -> World:
    """Ten issues taken and closed in the sprint before, three in this one; five more that somebody took."""
    team.settings = team.settings.model_copy(update={"sprints": SPRINTS})
    for number in range(1, 16):
        team.event(number, "assigned", "03-02 09:00" if number <= 10 else "03-16 10:00", subject="ann")
    for number in (16, 17, 18):  # more than was there on the first day
        team.event(number, "assigned", "03-18 10:00", subject="bob")
    return team


def analysis(team: World, as_of: str = AS_OF) -> Analysis:
    return analyze_past(team.past(as_of), team.settings)


def test_the_sprint_of_the_day_has_a_forecast(team: World) -> None:
    found = analysis(in_cadence(team))
    (sprint,) = found.milestones
    assert (sprint.title, sprint.key, sprint.due_on) == ("Sprint 2026-03-16", "1-20260316", date(2026, 3, 29))
    assert sprint.scope.model_dump() == {
        "committed": 5, "added": 3, "removed": 0, "done": 3, "dropped": 0, "open": 5
    }  # fmt: skip
    assert sprint.probability is not None
    assert sprint.interval is not None
    assert {"scope_creep", "overcommitted"}.isdisjoint(risk.kind for risk in sprint.risks)
    assert not any("milestone" in note for note in found.notes)


def test_what_goes_along_was_left_open_in_the_finished_sprint(team: World) -> None:
    in_cadence(team)
    (sprint,) = analysis(team, "04-01 12:00").milestones
    assert (sprint.title, sprint.scope.committed, sprint.scope.open) == ("Sprint 2026-03-30", 5, 5)
    earlier = {one.title: (one.ended, one.carried_over) for one in analysis(team, "04-01 12:00").earlier}
    assert earlier == {"Sprint 2026-03-02": (10, 0), "Sprint 2026-03-16": (3, 5)}


def test_it_can_be_changed_and_asked_about(team: World) -> None:
    in_cadence(team).flush()
    project = ProjectHandle(team.settings, team.engine)
    found = what_if(project, at(AS_OF), "Sprint 2026-03-16", [f"{API}#18"], (), (), None, 0, 0.0, None, ())
    assert found.found.after.probability > found.found.before.probability
    told = [one.text for one in ask(project, "Is Sprint 2026-03-16 late?", at(AS_OF)).sentences]
    assert any(text.endswith("sprints follow each other here and are never late.") for text in told), told


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(LATER)), unique=True, min_size=3))
def test_what_happens_later_moves_no_sprint_of_a_cadence(tmp_path_factory: Any, happenings: list[str]) -> None:
    world = in_cadence(team_in(tmp_path_factory.mktemp("leaks")))
    baseline(world)
    before = judged(world)
    for happening in happenings:
        LATER[happening](world)
    assert judged(world) == before


@pytest.fixture(scope="module")
def startup_analysis(startup: Path) -> Analysis:
    """The simulated startup, as if it planned without milestones."""
    values = SprintSettings(source="cadence", start=TODAY - timedelta(weeks=6), length="2 weeks")
    found = load(startup).model_copy(update={"sprints": values})
    engine = open_store(found.database_url)
    past = load_state(engine, found, at("11-25 12:00"))
    result = analyze_past(past, found)
    engine.dispose()
    return result


def test_a_startup_without_milestones(startup_analysis: Analysis) -> None:
    (sprint,) = startup_analysis.milestones
    assert (sprint.title, sprint.due_on) == ("Sprint 2026-11-23", date(2026, 12, 6))
    assert len(sprint.parts) == 3
    assert sprint.scope.committed > 0
    assert sprint.probability is not None
    assert sprint.n_history > 0
    assert [one.title for one in startup_analysis.earlier] == [
        "Sprint 2026-10-12", "Sprint 2026-10-26", "Sprint 2026-11-09"
    ]  # fmt: skip
