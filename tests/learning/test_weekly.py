"""Once a week `sprint run due` tries to learn from finished sprints, and adopts only where it may and it would help."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sprintlib.evaluate import recalibration
from sprintlib.evaluate.recalibration import Trial
from sprintlib.learning import last_trial
from sprintlib.project import ProjectHandle
from sprintlib.reports.due import _learn
from sprintlib.services import learning
from sprintlib.services.learning import adopt_learning, learned, revert_learning, weekly_trial
from tests.world import World, at

MONDAY = at("03-23 12:00")
HELPS = Trial(9, 6, 1.4, 0.21, 0.17, 0.02, helps=True, sentence="It would have helped.")
REFUSED = replace(HELPS, helps=False, sentence="It would not have helped.")


@pytest.fixture
def tried(team: World, monkeypatch: pytest.MonkeyPatch) -> list[Trial]:
    """A team with enough finished sprints for a trial, whose results stand in a list; the last one goes on."""
    team.flush()
    results = [HELPS]
    monkeypatch.setattr(learning, "FEWEST_SPRINTS", 1)
    monkeypatch.setattr(
        recalibration, "try_recalibration", lambda *_: results.pop(0) if len(results) > 1 else results[0]
    )
    return results


def handle(world: World, now: datetime = MONDAY, *, adopts: bool = False) -> ProjectHandle:
    settings = world.settings.model_copy(
        update={"learning": world.settings.learning.model_copy(update={"adopt": adopts})}
    )
    return ProjectHandle(settings, world.engine, lambda: now)


def test_with_too_few_finished_sprints_nothing_is_tried(team: World) -> None:
    team.flush()
    assert weekly_trial(handle(team), MONDAY) is None
    with team.engine.connect() as connection:
        assert last_trial(connection, "acme") is None


def test_what_would_help_waits_for_a_person(team: World, tried: list[Trial]) -> None:
    found = weekly_trial(handle(team), MONDAY)
    assert found is not None
    assert (found.helps, found.adopted) == (True, None)
    assert found.sentence == "It would have helped. 'sprint learning adopt' puts it into force."
    shown = learned(handle(team), MONDAY)
    assert shown.current is None
    assert shown.sentence == (
        "No recalibration is in force: forecasts are the model's own. Last tried on 2026-03-23: "
        "It would have helped. 'sprint learning adopt' puts it into force."
    )
    assert learned(handle(team), MONDAY - timedelta(days=1)).trial is None


def test_where_it_may_it_is_adopted_once_and_not_again_after_it_was_taken_back(team: World, tried: list[Trial]) -> None:
    tried[:] = [HELPS, REFUSED, HELPS]
    project = handle(team, adopts=True)
    first = weekly_trial(project, MONDAY)
    assert first is not None
    assert first.adopted == 1
    assert "Adopted as recalibration 1; 'sprint learning revert' takes it back." in first.sentence
    week = timedelta(days=7)
    refused = weekly_trial(project, MONDAY + week)
    assert refused is not None
    assert (refused.adopted, refused.sentence) == (None, "It would not have helped.")
    same = weekly_trial(project, MONDAY + 2 * week)
    assert same is not None
    assert same.adopted is None
    assert "recalibration 1, which is in force, says the same" in same.sentence
    revert_learning(project, MONDAY + 2 * week)
    after = weekly_trial(project, MONDAY + 3 * week)
    assert after is not None
    assert after.adopted is None
    assert after.sentence.endswith("It was not adopted: the last one was taken back, and the next is up to you.")
    adopt_learning(project, MONDAY + 3 * week)
    assert learned(project, MONDAY + 4 * week).current is not None


def test_it_is_due_once_a_week_and_on_the_days_that_are_named(team: World, tried: list[Trial]) -> None:
    lines: list[str] = []

    def learn(now: datetime, days: tuple[str, ...] = ("mon",)) -> list[str]:
        own = team.settings.learning.model_copy(update={"days": days})
        settings = team.settings.model_copy(update={"learning": own})
        return [one.message for one in _learn(team.engine, settings, lines.append, now)]

    told = "It would have helped. 'sprint learning adopt' puts it into force."
    assert learn(MONDAY, days=()) == []
    assert learn(MONDAY) == [told]
    assert lines == [f"Recalibration: {told}"]
    assert learn(MONDAY + timedelta(hours=1)) == []
    assert learn(MONDAY + timedelta(days=6)) == []
    assert learn(MONDAY + timedelta(days=9)) == [told], "a laptop that slept over Monday catches up"
