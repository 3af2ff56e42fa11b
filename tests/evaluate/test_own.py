"""Replays of a project's own finished sprints."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sprintlib.cli import main
from sprintlib.errors import AnalysisError
from sprintlib.evaluate import OwnBacktest, backtest_own, own_text
from sprintlib.evaluate.own import OwnScore, SprintReplay, WholeScore, verdict, whole_score
from sprintlib.store import open_store
from tests.sprints import put, team_in
from tests.world import World, at


@pytest.fixture
def team(tmp_path: Path) -> World:
    """Sprint 1 landed; Sprint 2 ended with three of its eight items done."""
    team = team_in(tmp_path)
    team.flush()
    return team


def result(team: World, as_of: str = "03-30 12:00") -> OwnBacktest:
    team.flush()
    return backtest_own(team.engine, team.settings, at(as_of))


def test_every_finished_sprint_is_replayed_at_three_times(team: World) -> None:
    found = {(one.title, one.share): one for one in result(team).replays}
    assert list(found) == [(title, share) for share in (25, 50, 75) for title in ("Sprint 1", "Sprint 2")]
    first, second = found["Sprint 1", 50], found["Sprint 2", 50]
    assert (first.landed, first.delivered, first.base_rate) == (True, True, 0.5)
    assert (second.landed, second.delivered) == (False, False)
    assert second.base_rate == pytest.approx(2 / 3)
    assert (second.open_items, second.reason) == (5, None)
    assert second.probability is not None
    assert second.probability < 0.5


def test_too_little_history_is_listed_and_not_scored(team: World) -> None:
    first = result(team).replays[0]
    assert first.probability is None
    assert first.reason is not None
    assert first.reason.startswith("Only ")
    assert [score.n for score in result(team).scores] == [1, 2, 2]


def test_a_replay_knows_nothing_of_what_came_later(team: World) -> None:
    before = result(team, "03-30 12:00").replays
    put(team, 60, "Sprint 2", "03-26 09:00", milestone=2, closed="03-26 15:00")
    after = result(team, "03-30 12:00").replays
    assert [one.probability for one in after if one.share < 75] == [one.probability for one in before if one.share < 75]


def test_a_sprint_in_progress_is_not_judged(team: World) -> None:
    assert {one.title for one in result(team, "03-20 12:00").replays} == {"Sprint 1"}


def test_plans_are_judged_by_what_ended_in_time(team: World) -> None:
    put(team, 50, "Sprint 1", "03-04 09:00", milestone=1, closed="03-05 09:00")
    put(team, 51, "Sprint 1", "03-02 09:00", milestone=1, closed="03-20 09:00")
    first, second = result(team).plans
    assert (first.committed, first.capacity) == (11, 1.0)
    assert first.planning == pytest.approx(10 / 11)
    assert (second.committed, second.planning, second.capacity) == (8, 0.375, 0.375)
    assert (second.kept, second.ended, second.carried_over) == (3, 3, 5)
    assert first.due_on == date(2026, 3, 13)


def test_the_verdict_is_of_the_whole_and_honest_about_few_sprints(team: World) -> None:
    found = result(team)
    assert (found.whole.n, found.whole.sprints) == (5, 2)
    assert found.verdict.startswith("Over all 5 forecasts of 2 sprints the forecast is ")
    assert "): too few sprints to call it more than chance. By time: at 25 % " in found.verdict
    assert found.verdict.endswith("(n = 2).")


def test_the_whole_is_the_mean_over_forecasts_and_its_error_that_of_sprints() -> None:
    told = [("A", 0.8, True), ("A", 0.6, True), ("B", 0.5, False)]
    replays = [SprintReplay(title, 50, 1, chance, None, None, 0.5, came, came) for title, chance, came in told]
    found = whole_score(replays)
    assert found.brier == pytest.approx((0.04 + 0.16 + 0.25) / 3)
    assert found.base_rate_brier == pytest.approx(0.25)
    assert found.difference == pytest.approx(-0.1)
    assert found.error is not None
    assert found.error > 0
    assert whole_score([]).difference is None


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        (WholeScore(0, 0, None, None, None, None), "No finished dated sprint had a forecast"),
        (WholeScore(90, 40, 0.15, 0.25, -0.1, 0.02), "better than the team's own base rate by 0.100"),
        (WholeScore(90, 40, 0.26, 0.25, 0.01, 0.02), "worse than the team's own base rate by 0.010"),
        (WholeScore(90, 40, 0.15, 0.25, -0.1, 0.02), "standard error 0.020): unlikely to be chance."),
        (WholeScore(90, 40, 0.15, 0.25, -0.1, 0.08), "standard error 0.080): could be chance."),
    ],
)
def test_verdicts(whole: WholeScore, words: str) -> None:
    assert words in verdict(whole, [OwnScore(50, 40, 0.15, 0.25, -0.1, 0.02)])


def test_late_is_said_of_the_milestone_as_everywhere(team: World) -> None:
    """Sprint 1 was closed three days after its due date; Sprint 2 is open three days after its own."""
    found = result(team)
    assert {one.title: one.days_late for one in found.replays} == {"Sprint 1": 3, "Sprint 2": 3}
    assert {one.title: one.days_late for one in found.plans} == {"Sprint 1": 3, "Sprint 2": 3}
    assert "not all items in time, closed 3 days late" in own_text(found)


def test_the_text_has_scores_sprints_and_plans(team: World) -> None:
    told = own_text(result(team))
    assert "Sprint 2                          50 %     5" in told
    assert "Planning accuracy 69% of the committed items ended in time, spread 44 points" in told
    assert "Capacity accuracy 69%" in told


def test_titles_cannot_steer_the_terminal(team: World) -> None:
    found = result(team)
    hostile = replace(found, replays=(replace(found.replays[0], title="\x1b[31mred"),))
    assert "\x1b" not in own_text(hostile)


def test_a_project_without_finished_sprints_says_so(team: World) -> None:
    told = own_text(result(team, "03-05 12:00"))
    assert "there is nothing to judge by" in told
    assert "No finished dated sprint had committed items." in told


def test_nothing_collected_is_an_error(tmp_path: Path, team: World) -> None:
    empty = open_store(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(AnalysisError, match="run 'sprint sync' first"):
        backtest_own(empty, team.settings, at("03-30"))


def test_the_command_judges_the_project_itself(team: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n')
    main(["--home", str(tmp_path), "evaluate", "--as-of", "2026-03-30", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert [score["share"] for score in found["scores"]] == [25, 50, 75]
    assert found["plans"][1]["planning"] == 0.375
    with pytest.raises(SystemExit) as stop:
        main(["--home", str(tmp_path), "evaluate", "--refit"])
    assert stop.value.code == 2
