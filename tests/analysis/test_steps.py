"""The steps are one tuple: a row, and the same in stages."""

from dataclasses import fields

import pytest

from sprintlib.agents.workflow import STEPS as AGENTS
from sprintlib.analysis.steps import STEPS, SprintFindings, Stage, stage_steps

STAGES: tuple[Stage, ...] = ("features", "forecast", "risks", "advice")


def test_every_finding_is_made_by_one_step() -> None:
    found = [name for step in STEPS for name in step.finds]
    assert sorted(found) == sorted(field.name for field in fields(SprintFindings))


def test_a_row_of_steps_is_the_stages_one_after_the_other() -> None:
    assert tuple(step for stage in STAGES for step in stage_steps(stage)) == STEPS


@pytest.mark.parametrize(
    ("agent", "after"),
    [
        ("feature_engineer", ("data_collector",)),
        ("sprint_analyzer", ("llm_reasoner",)),
        ("risk_assessor", ("llm_reasoner",)),
        ("recommender", ("sprint_analyzer", "risk_assessor")),
    ],
)
def test_agents_wait_for_the_stages_that_theirs_may_read(agent: str, after: tuple[str, ...]) -> None:
    assert next(step.after for step in AGENTS if step.name == agent) == after
