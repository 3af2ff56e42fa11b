"""analyze(): everything at once, from stored facts."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sprintlib.analysis import Analysis, analyze
from sprintlib.analysis.schema import json_schema, text
from sprintlib.errors import AnalysisError
from sprintlib.results import latest_analyses, store_analysis
from sprintlib.settings import parse
from sprintlib.store import open_store
from tests.sprints import AS_OF, first_sprint, put, second_sprint
from tests.world import API, WEB, World, at


def analysis(team: World, as_of: str = AS_OF, milestone: str | None = None, **settings: Any) -> Analysis:
    team.flush()
    values = team.settings.model_dump() | settings
    return analyze(team.engine, parse(values), at(as_of), milestone)


def full(team: World) -> Analysis:
    """A sprint over two repositories with every kind of risk."""
    first_sprint(team, WEB)
    second_sprint(team, WEB, size=6)
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/web#15")
    team.pull(20, created="03-16 12:00", body="Closes #15")
    team.event(20, "review_requested", "03-17 12:00", subject="bob")
    for number in (30, 31, 32):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
    team.run(2, "03-19 12:00", "03-19 12:10", "failure")
    return analysis(team)


def test_a_sprint_over_two_repositories(team: World) -> None:
    (sprint,) = full(team).milestones
    assert (sprint.title, sprint.state, sprint.due_on) == ("Sprint 2", "open", date(2026, 3, 27))
    assert sprint.number == {API: 2, WEB: 2}
    assert sprint.scope.model_dump() == {
        "committed": 14, "added": 3, "removed": 0, "done": 6, "dropped": 0, "open": 11
    }  # fmt: skip
    assert [(part.repo, part.scope.open) for part in sprint.parts] == [(API, 8), (WEB, 3)]
    assert sprint.governed_by == API
    assert sprint.probability <= min(part.probability for part in sprint.parts)
    assert sprint.probability <= sprint.probability_delivered
    assert sprint.health == round(100 * sprint.probability)
    assert sprint.summary.startswith("Sprint 2 has a")


def test_scope_always_adds_up(team: World) -> None:
    scope = full(team).milestones[0].scope
    assert scope.committed + scope.added - scope.removed == scope.done + scope.dropped + scope.open


def test_the_burn_up_ends_today_where_the_projection_begins(team: World) -> None:
    burn_up = full(team).milestones[0].burn_up
    assert (burn_up.start, burn_up.due_on) == (date(2026, 3, 16), date(2026, 3, 27))
    assert [(point.day.day, point.scope, point.done) for point in burn_up.days] == [
        (16, 14, 0), (17, 14, 2), (18, 17, 4), (19, 17, 6), (20, 17, 6)
    ]  # fmt: skip
    assert burn_up.projection[0].day == burn_up.days[-1].day
    assert burn_up.projection[0].low == burn_up.days[-1].done


def test_every_kind_of_risk_and_action_has_evidence(team: World) -> None:
    (sprint,) = full(team).milestones
    assert {risk.kind for risk in sprint.risks} == {
        "cross_repository_block", "stale_pull_request", "failing_ci", "scope_creep", "overcommitted"
    }  # fmt: skip
    assert all(risk.evidence for risk in sprint.risks if risk.severity != "unknown")
    assert all(one.evidence[-1].kind == "playbook" for one in sprint.recommendations)
    assert all(cited.url.startswith("https://") for one in sprint.recommendations for cited in one.evidence)


def test_the_same_question_has_the_same_answer(team: World) -> None:
    def without_times(found: Analysis) -> dict[str, Any]:
        dumped = found.model_dump(mode="json", exclude={"timings"})
        for milestone in dumped["milestones"]:
            del milestone["timings"]
        return dumped

    assert without_times(full(team)) == without_times(analysis(team))


def test_stages_are_timed(team: World) -> None:
    found = analysis(team)
    assert set(found.timings) == {"load", "dependencies", "features", "milestones"}
    assert set(found.milestones[0].timings) == {"forecast", "risks", "recommend", "explain", "history", "texts"}


def test_it_obeys_its_schema(team: World) -> None:
    validator = jsonschema.Draft202012Validator(
        json_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    validator.validate(json.loads(full(team).model_dump_json()))
    validator.validate(json.loads(analysis(team, "01-01").model_dump_json()))


def test_the_schema_in_the_docs_is_that_of_the_model(pytestconfig: pytest.Config) -> None:
    file: Path = pytestconfig.rootpath / "docs/schema/analysis.schema.json"
    assert file.read_text() == text(), "run: python -m sprintlib.analysis.schema > docs/schema/analysis.schema.json"


def test_a_closed_milestone_is_shown_when_it_is_asked_for(team: World) -> None:
    (sprint,) = analysis(team, milestone="Sprint 1").milestones
    assert (sprint.state, sprint.probability, sprint.health) == ("closed", 0.97, 97)
    assert sprint.reason == "Nothing is open: every item is done or dropped."


def test_a_milestone_nobody_knows_is_named_with_those_that_are(team: World) -> None:
    with pytest.raises(AnalysisError, match=r"No milestone is called 'Sprint 9': there are 'Sprint 1', 'Sprint 2'\."):
        analysis(team, milestone="Sprint 9")


@pytest.mark.parametrize("written", ["sprint 1", "SPRINT 1", " Sprint 1 "])
def test_a_title_is_found_as_people_write_it(team: World, written: str) -> None:
    assert [sprint.title for sprint in analysis(team, milestone=written).milestones] == ["Sprint 1"]


def test_the_beginning_of_a_title_is_enough_where_it_is_the_only_one(team: World) -> None:
    team.milestone(3, "2.4 Checkout", due="05-01")
    assert [sprint.title for sprint in analysis(team, milestone="2.4").milestones] == ["2.4 Checkout"]
    with pytest.raises(AnalysisError, match="No milestone is called 'Sprint'"):
        analysis(team, milestone="Sprint")


def test_of_many_titles_the_nearest_are_named(team: World) -> None:
    for number in range(3, 12):
        team.milestone(number, f"Release {number}")
    with pytest.raises(AnalysisError, match=r"No milestone is called 'Sprnt 2': the closest of 11 are 'Sprint 2', "):
        analysis(team, milestone="Sprnt 2")
    with pytest.raises(AnalysisError, match="No milestone is called 'xyz': among others 'Release 10', "):
        analysis(team, milestone="xyz")


def test_a_moment_ahead_is_marked_and_not_kept(team: World) -> None:
    ahead = analyze(team.engine, team.settings, datetime.now(UTC) + timedelta(days=30), "Sprint 2")
    assert ahead.notes[0].startswith("That date is in the future")
    assert store_analysis(team.engine, ahead) == []
    assert latest_analyses(team.engine, team.settings.project.name) == []


def test_nothing_collected_says_what_to_do(tmp_path: Path, team: World) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(AnalysisError, match="run 'sprint sync' first"):
        analyze(engine, team.settings, at(AS_OF))


def test_no_open_milestone_gives_the_outlook_of_the_project(team: World) -> None:
    team.milestone(2, "Sprint 2", created="03-13", due="03-27", closed="03-20 10:00")
    found = analysis(team)
    assert found.milestones == ()
    (note,) = [note for note in found.notes if note.startswith("No milestone is open")]
    assert "items in the next 14 days" in note


def test_no_dated_milestone_uses_the_cadence(team: World) -> None:
    team.milestone(2, "Sprint 2", created="03-13")
    found = analysis(team, project=team.settings.project.model_dump() | {"cadence_days": 7})
    assert any(note.startswith("No open milestone has a due date: at the pace of recent weeks") for note in found.notes)
    assert any("in the next 7 days" in note for note in found.notes)


def test_before_there_was_anything_it_says_so(team: World) -> None:
    found = analysis(team, "01-01")
    assert found.milestones == ()
    assert any("too few items were closed" in note for note in found.notes)


def test_a_repository_that_was_never_collected_is_named(team: World) -> None:
    settings = {"name": "acme", "repositories": [API, WEB, "acme/mobile"]}
    assert "Nothing of acme/mobile has been collected yet: run 'sprint sync'." in analysis(team, project=settings).notes


def test_titles_that_fit_no_milestone_are_named(team: World) -> None:
    team.issue(90, created="03-02")
    team.event(90, "milestoned", "03-03", subject="Old name")
    team.event(90, "demilestoned", "03-04", subject="Old name")
    team.issue(90, created="03-02", updated="03-05")
    assert "1 milestone title in acme/api match no milestone: 'Old name'." in analysis(team).notes


def test_settings_move_the_start(team: World) -> None:
    put(team, 30, "Sprint 2", "03-18 10:00", milestone=2)
    early = analysis(team).milestones[0].scope
    late = analysis(team, milestones={"Sprint 2": {"start": "2026-03-19"}}).milestones[0].scope
    assert (early.committed, early.added, late.committed, late.added) == (8, 1, 9, 0)
