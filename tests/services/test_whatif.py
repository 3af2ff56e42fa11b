"""`sprint whatif` and the function behind it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sprintlib.analysis import analyze
from sprintlib.cli import main
from sprintlib.errors import AnalysisError
from sprintlib.project import ProjectHandle
from sprintlib.recommend import short_id
from sprintlib.results import store_analysis
from sprintlib.services import WhatIfResult, what_if
from tests.sprints import put
from tests.world import WEB, World, at


@pytest.fixture
def busy(team: World) -> World:
    """Sprint 2 with an item that waits, and one that is under review."""
    team.issue(30, created="03-10")
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#30")
    team.pull(20, created="03-16 12:00", body="Closes #15")
    return team


def suppose(team: World, **more: Any) -> WhatIfResult:
    team.flush()
    return what_if(ProjectHandle(team.settings, team.engine), at("03-20 12:00"), more.pop("milestone", None), **more)


def test_the_milestone_due_next_is_taken(busy: World) -> None:
    found = suppose(busy, drop=["16"])
    assert (found.milestone, found.due_on, found.open_items) == ("Sprint 2", date(2026, 3, 27), (5, 4))
    assert (found.gain or 0) > 0.01  # acme/api#14 waits for what nobody has planned
    assert found.plan is None


@pytest.mark.parametrize("name", ["16", "#16", "api#16", "acme/api#16", "ACME/API#16"])
def test_an_item_has_short_names(busy: World, name: str) -> None:
    assert suppose(busy, drop=[name]).found.assumptions[0].startswith("acme/api#16:")


@pytest.mark.parametrize("name", ["14", "30"])
def test_unblocking_takes_either_end(busy: World, name: str) -> None:
    found = suppose(busy, unblock=[name]).found
    assert found.assumptions[0].startswith("acme/api#14: no longer blocked")
    assert (found.gain or 0) > 0


@pytest.mark.parametrize("name", ["15", "20"])
def test_reviewing_takes_the_item_or_its_pull_request(busy: World, name: str) -> None:
    found = suppose(busy, review=[name]).found
    assert found.assumptions[0].startswith("acme/api#15: ended within 1 working day")
    assert (found.gain or 0) > 0


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"drop": ["11"]}, "'11' is not open in 'Sprint 2': choose from acme/api#14, "),
        ({"drop": ["x"]}, "'x' is not open in 'Sprint 2'"),
        ({"unblock": ["16"]}, "'16' blocks nothing in 'Sprint 2': choose from acme/api#14 and acme/api#30."),
        ({"review": ["16"]}, "'16' is not under review in 'Sprint 2': choose from acme/api#15 and acme/api#20."),
        ({"due_on": date(2026, 3, 19)}, "2026-03-19 is over: give --move-due a day from 2026-03-20 on."),
        ({"milestone": "Sprint 9"}, "No milestone is called 'Sprint 9'"),
    ],
)
def test_mistakes_say_what_can_be_chosen(busy: World, wish: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AnalysisError) as problem:
        suppose(busy, **wish)
    assert str(problem.value).startswith(sentence)


def test_a_number_in_two_repositories_needs_the_repository(busy: World) -> None:
    busy.milestone(1, "Sprint 2", created="03-13", due="03-27", repo=WEB)
    put(busy, 16, "Sprint 2", "03-16 09:00", WEB, 1)
    with pytest.raises(AnalysisError, match="'16' can be acme/api#16 and acme/web#16: write the repository too"):
        suppose(busy, drop=["16"])
    assert suppose(busy, drop=["web#16"]).open_items == (6, 5)


def test_a_blocker_among_two_frees_nothing(busy: World) -> None:
    busy.issue(31, created="03-10")
    busy.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#31")
    with pytest.raises(AnalysisError, match="waits for something else too"):
        suppose(busy, unblock=["30"])


def test_a_plan_comes_on_top_of_the_changes(busy: World) -> None:
    alone, helped = suppose(busy, target=0.6).plan, suppose(busy, drop=["16", "17", "18"], target=0.6).plan
    assert alone is not None
    assert alone.reached
    assert helped is not None
    assert helped.cost < alone.cost


def test_an_action_is_evaluated_by_its_long_or_short_id(busy: World) -> None:
    busy.flush()
    found = analyze(busy.engine, busy.settings, at("03-20 12:00")).milestones[0]
    gains = {one.id: one.expected_gain for one in found.recommendations if one.expected_gain is not None}
    assert gains
    for name, gain in gains.items():
        for said in (name, short_id(name)):
            supposed = suppose(busy, actions=[said])
            assert (supposed.gain, supposed.found.gain, supposed.actions) == (gain, gain, (name,))


def test_actions_add_up_to_the_plan(busy: World) -> None:
    busy.flush()
    plan = analyze(busy.engine, busy.settings, at("03-20 12:00")).milestones[0].plan
    assert plan is not None
    together = suppose(busy, actions=[step.id for step in plan.actions])
    assert together.found.after.probability == plan.probability


def test_an_action_that_is_not_recommended_is_refused(busy: World) -> None:
    with pytest.raises(AnalysisError, match="pb-999-x was not recommended then: 'sprint feedback' shows what is"):
        suppose(busy, actions=["pb-999-x"])


def test_an_action_that_the_forecast_cannot_weigh_is_refused(busy: World) -> None:
    busy.run(2, "03-19 12:00", "03-19 12:10", "failure")
    with pytest.raises(AnalysisError, match="changes nothing that the forecast looks at: its gain is unknown"):
        suppose(busy, actions=["pb-013-acme-api-run-2"])


def test_the_command_takes_an_action_as_of_its_analysis(
    busy: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    busy.flush()
    analysis = analyze(busy.engine, busy.settings, at("03-20 12:00"))
    store_analysis(busy.engine, analysis)
    one = next(one for one in analysis.milestones[0].recommendations if one.expected_gain is not None)
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n')
    main(["--home", str(tmp_path), "whatif", "--action", one.id, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["gain"], told["found"]["gain"]) == (one.expected_gain, one.expected_gain)
    assert told["as_of"] == "2026-03-20T12:00:00Z"


def run(team: World, home: Path, *arguments: str) -> int:
    team.flush()
    (home / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n')
    try:
        main(["--home", str(home), "whatif", "--as-of", "2026-03-20T12:00:00Z", *arguments])
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_the_command_shows_before_and_after(busy: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(busy, tmp_path, "--drop", "16", "--people", "+1", "--move-due", "2026-03-30", "--target", "0.8") == 0
    told = capsys.readouterr().out
    assert "Sprint 2: what if" in told
    assert "Monte Carlo error" in told
    assert "Due Mon 30 Mar 2026" in told
    assert "80%" in told


def test_a_target_alone_is_not_compared_with_itself(
    busy: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(busy, tmp_path, "--target", "0.8") == 0
    told = capsys.readouterr().out
    assert "  now " in told
    assert "80%" in told
    assert "  then " not in told
    assert "gain " not in told


@pytest.mark.parametrize("target", ["0.8", "80%", "80"])
def test_a_target_is_written_as_people_do(
    busy: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    assert run(busy, tmp_path, "--target", target, "--json") == 0
    assert json.loads(capsys.readouterr().out)["plan"]["target"] == 0.8


@pytest.mark.parametrize("target", ["0.99", "2%", "most"])
def test_a_target_out_of_reach_is_refused(
    busy: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    assert run(busy, tmp_path, "--target", target) == 2
    assert f"'{target}' is not a probability between 5% and 95%." in capsys.readouterr().err


def test_the_command_prints_json(busy: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(busy, tmp_path, "--drop", "16", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["milestone"] == "Sprint 2"
    assert found["found"]["after"]["probability"] > found["found"]["before"]["probability"]


def test_the_command_wants_something_to_suppose(
    busy: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(busy, tmp_path) == 2
    assert "Say what to suppose" in capsys.readouterr().err


@pytest.mark.parametrize("day", ["someday", "2026-13-01", "27.3."])
def test_a_day_that_is_none_is_refused_in_plain_words(
    busy: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], day: str
) -> None:
    assert run(busy, tmp_path, "--move-due", day) == 2
    assert (
        f"'{day}' is not a date: write it as year-month-day, such as 2026-12-04, or as tomorrow or +3d."
        in capsys.readouterr().err
    )
