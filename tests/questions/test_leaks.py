"""An answer as of t does not move when facts after t do."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sprintlib.project import ProjectHandle
from sprintlib.services import answer
from tests.analysis.test_leaks import LATER, baseline
from tests.sprints import AS_OF, team_in
from tests.world import World, at

QUESTIONS = (
    "what blocks api#14?",
    "what is the state of api#14?",
    "whose turn is it on api#20?",
    "who reviewed api#20?",
    "is CI green?",
    "what is ready?",
    "which pull requests wait for a review?",
    "what was added to Sprint 2?",
    "what was removed from Sprint 2?",
    "when is Sprint 2 due?",
    "was Sprint 1 late?",
    "will Sprint 2 land?",
    "what happened since Monday?",
    "which milestones were late?",
)


def told(world: World) -> list[str]:
    world.flush()
    answers = [answer(ProjectHandle(world.settings, world.engine), question, at(AS_OF)) for question in QUESTIONS]
    return [sentence.text for found in answers for sentence in found.sentences]


@pytest.mark.slow
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(LATER)), unique=True, min_size=1))
def test_what_happens_later_moves_nothing(tmp_path_factory: Any, happenings: list[str]) -> None:
    world = team_in(tmp_path_factory.mktemp("leaks"))
    baseline(world)
    before = told(world)
    for happening in happenings:
        LATER[happening](world)
    assert told(world) == before


def test_the_check_would_notice(tmp_path_factory: pytest.TempPathFactory) -> None:
    world = team_in(tmp_path_factory.mktemp("leaks"))
    baseline(world)
    before = told(world)
    world.review(20, "changes_requested", "03-20 11:00")
    assert told(world) != before
