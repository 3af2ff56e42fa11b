"""What the notebooks that open the reasoning call, on a small seeded store and without any model."""

import html
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sprintlib import settings as settings_module
from sprintlib.dashboards.widgets.reasoning import open_reasoning
from sprintlib.dashboards.widgets.risk_explorer import explore_risks
from sprintlib.errors import AnalysisError
from sprintlib.recommend import read_feedback

MOMENT = "2026-03-20T12:00:00Z"


def test_both_verdicts_stand_side_by_side(home: Path) -> None:
    first = open_reasoning(str(home), None, MOMENT, words=False)
    work = first.state("feature_engineer")["work"]
    assert work is not None
    second = first.again("feature_engineer", work=work | {"days_left": 15.5})
    patient = first.again("orchestrator", request=first.request(thresholds={"blocked_days": 9.0}))
    shown = first.beside(second, patient).data
    assert first.run.id in shown
    assert second.run.id in shown
    chances = [one.milestone.probability for one in (first, second, patient)]
    assert chances[1] > chances[0] == chances[2]
    kinds = [{risk.kind for risk in one.milestone.risks} for one in (first, patient)]
    assert "blocked_item" in kinds[0] - kinds[1]


def test_every_step_shows_its_part_escaped(home: Path) -> None:
    first = open_reasoning(str(home), None, MOMENT, words=False)
    agents = [step["agent"] for step in first.run.state["trace"]]
    shown = [first.added(agent).data for agent in agents]
    shown += [
        getattr(first, what)(agent).data
        for what in ("prompt", "evidence", "claims")
        for agent in ("llm_reasoner", "explainer")
    ]
    shown += [first.steps().data, first.verdict().data]
    assert not any("<script" in one for one in shown)
    assert "It was turned off for this run." in first.claims("explainer").data
    assert "In thirty seconds" in first.verdict().data


def test_an_action_is_answered_in_one_call(home: Path) -> None:
    first = open_reasoning(str(home), None, MOMENT, words=False)
    chosen = first.milestone.recommendations[0]
    assert html.escape(chosen.action.partition("#")[0]) in first.actions().data
    said = first.answer(1, "dismiss", reason="not this time").data
    assert "are now weighted 33%, down from 50%" in said
    assert "Order from now on" in said
    (given,) = read_feedback(first.analysis_context.engine, "acme", datetime.now(UTC))
    assert (given.recommendation, given.decision, given.reason) == (chosen.id, "dismiss", "not this time")
    with pytest.raises(AnalysisError, match="There is no action 99: this run recommends"):
        first.answer(99, "accept")


def test_a_slider_runs_the_detectors_again(home: Path) -> None:
    explorer = explore_risks(str(home), None, MOMENT)
    assert "blocked_item" in {risk.kind for risk in explorer.found}
    explorer.thresholds["blocked_days"].value = 9.0
    assert "blocked_item" not in {risk.kind for risk in explorer.found}
    explorer.thresholds["blocked_days"].value = 1.0
    explorer.severities.value = ("unknown",)
    assert {risk.severity for risk in explorer.found} == {"unknown"}
    assert "<script" not in explorer.risks.value
    assert explorer.frame().columns == ["severity", "kind", "statement", "refs"]
    assert set(explorer.thresholds) == set(type(settings_module.load(home).risks).model_fields)


def test_the_box_of_a_threshold_has_room_for_its_number(home: Path) -> None:
    boxes = explore_risks(str(home), None, MOMENT).thresholds.values()
    assert {(box.style.description_width, box.layout.width) for box in boxes} == {("22em", "32em")}
