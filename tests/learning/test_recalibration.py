"""Learning from a team's own outcomes: only what would have helped, in versions, and as of a moment."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from sprintlib.analysis import analyze
from sprintlib.cli.main import sprint
from sprintlib.errors import AccessError, AnalysisError
from sprintlib.evaluate.recalibration import STRETCHES, ReplayedForecast, judged, learned_stretch, replays
from sprintlib.learning import Recalibration, adopt
from sprintlib.project import ProjectHandle
from sprintlib.services.learning import adopt_learning, learned, revert_learning, try_learning
from sprintlib.views.words import basis
from tests.world import World, at

NOW = at("03-20 12:00")
START = datetime(2025, 1, 6, tzinfo=UTC)


def sprints(number: int, truth: float, seed: int) -> list[ReplayedForecast]:
    """Finished sprints whose work takes `truth` times as long as forecast: chances by stretch, and what came."""
    rng = np.random.default_rng(seed)
    found = []
    for place in range(number):
        start = START + timedelta(days=14 * place)
        room = np.log(rng.uniform(0.5, 2.0))  # time left by the work that is forecast, in logarithms

        def chance(stretch: float, room: float = room) -> float:
            return float(1 / (1 + np.exp(-(room - np.log(stretch)) / 0.25)))

        landed = bool(rng.random() < chance(truth))
        deadline = start + timedelta(days=12)
        found += [
            ReplayedForecast(str(place), start + timedelta(days=days), deadline, tuple(map(chance, STRETCHES)), landed)
            for days in (3, 6, 9)
        ]
    return found


def test_with_too_few_sprints_nothing_is_learned() -> None:
    found = judged(sprints(7, 1.5, seed=1))
    assert (found.sprints, found.stretch, found.helps) == (7, None, False)
    assert found.sentence == "Nothing to learn from yet: 7 finished sprints with a forecast, and it takes 8."
    assert judged([]).sentence == "Nothing to learn from yet: 0 finished sprints with a forecast, and it takes 8."


def test_what_is_learned_comes_near_the_truth() -> None:
    assert learned_stretch([]) == 1.0
    assert learned_stretch(sprints(60, 1.5, seed=2)) == pytest.approx(1.5, abs=0.15)
    assert learned_stretch(sprints(60, 0.7, seed=3)) == pytest.approx(0.7, abs=0.1)
    assert learned_stretch(sprints(60, 1.0, seed=4)) == pytest.approx(1.0, abs=0.1)


def test_a_team_that_takes_longer_gets_better_forecasts_from_its_own_outcomes() -> None:
    found = judged(sprints(30, 1.6, seed=5))
    assert found.helps
    assert found.scored == 27
    assert found.stretch is not None
    assert found.stretch > 1.3
    assert found.brier is not None
    assert found.brier_without is not None
    assert found.brier < found.brier_without
    assert found.sentence.startswith(
        f"Work takes {found.stretch:.2f} times as long here as the forecast says. It helps:"
    )


def test_little_is_adopted_where_forecasts_fit_and_much_where_they_do_not() -> None:
    adopted = [sum(judged(sprints(20, truth, seed)).helps for seed in range(100, 130)) for truth in (1.0, 1.7, 0.6)]
    assert adopted[0] <= 5
    assert min(adopted[1:]) >= 15


def test_a_sprint_is_scored_with_what_was_over_by_then_only() -> None:
    known = sprints(12, 1.6, seed=6)
    late = [
        ReplayedForecast(one.sprint, one.at, one.deadline, one.chances, not one.landed) if one.sprint == "11" else one
        for one in known
    ]
    scored = [judged(told) for told in (known, late)]
    own = [one for one in known if one.sprint == "11"]
    assert scored[0].brier is not None
    assert scored[1].brier is not None
    stretch = learned_stretch([one for one in known if one.deadline <= own[0].at])
    chances = [one.chances[STRETCHES.index(stretch)] for one in own]
    turned = np.mean([(chance - (not one.landed)) ** 2 for chance, one in zip(chances, own, strict=True)])
    plain = np.mean([(chance - one.landed) ** 2 for chance, one in zip(chances, own, strict=True)])
    assert (scored[1].brier - scored[0].brier) * 9 == pytest.approx(turned - plain)


def handle(world: World, now: datetime = NOW) -> ProjectHandle:
    return ProjectHandle(world.settings, world.engine, lambda: now)


def kept(world: World, stretch: float, adopted: str) -> Recalibration:
    found = Recalibration(0, stretch, 9, 6, 0.21, 0.17, 0.02, adopted_at=at(adopted))
    with world.engine.begin() as connection:
        return adopt(connection, "acme", found)


def chance(world: World, moment: str) -> float:
    found = analyze(world.engine, world.settings, at(moment)).milestones[0].probability
    assert found is not None
    return found


def test_a_team_with_one_sprint_adopts_nothing(team: World) -> None:
    team.flush()
    assert [one.sprint for one in replays(team.engine, team.settings, NOW)] != []
    found = try_learning(handle(team), NOW)
    assert found.sentence == "Nothing to learn from yet: 1 finished sprint with a forecast, and it takes 8."
    with pytest.raises(AnalysisError, match=r"^Nothing was adopted\. Nothing to learn from yet: 1 finished sprint"):
        adopt_learning(handle(team), NOW)
    assert learned(handle(team), NOW).versions == ()


def test_a_version_moves_the_forecast_from_its_moment_on_and_says_so(team: World) -> None:
    team.flush()
    before, earlier = chance(team, "03-20 12:00"), chance(team, "03-20 09:00")
    kept(team, 1.4, "03-20 10:00")
    assert chance(team, "03-20 12:00") < before
    assert chance(team, "03-20 09:00") == earlier
    milestone = analyze(team.engine, team.settings, NOW).milestones[0]
    told = "recalibration 1: work takes 1.40 times as long here, as 9 finished sprints say"
    assert milestone.adopted == (told,)
    assert basis(milestone).endswith(f"; {told}")
    assert milestone.forecast_dates.p50 is not None
    assert milestone.finish_by_day[0].share <= before


def test_versions_are_numbered_and_taken_back_one_by_one(team: World) -> None:
    team.flush()
    plain = chance(team, "03-20 12:00")
    kept(team, 1.4, "03-20 09:00")
    first = chance(team, "03-20 12:00")
    kept(team, 0.8, "03-20 10:00")
    second = chance(team, "03-20 12:00")
    assert first < plain < second
    gone, now = revert_learning(handle(team), at("03-20 11:00"))
    assert (gone.version, now.version if now else None) == (2, 1)
    assert chance(team, "03-20 12:00") == first
    assert chance(team, "03-20 10:30") == pytest.approx(second, abs=0.02), "what was in force then stays so"
    assert revert_learning(handle(team), at("03-20 11:30"))[1] is None
    assert chance(team, "03-20 12:00") == plain
    shown = learned(handle(team), NOW)
    assert [row[-1] for row in shown.rows()] == ["taken back 2026-03-20", "taken back 2026-03-20"]
    assert shown.sentence.startswith("No recalibration is in force")
    with pytest.raises(AnalysisError, match="No recalibration is in force, so there is none to take back"):
        revert_learning(handle(team), NOW)
    assert [one.version for one in learned(handle(team), at("03-20 10:30")).versions] == [1, 2]
    assert learned(handle(team), at("03-20 08:00")).versions == ()


def test_a_replay_knows_of_no_recalibration(team: World) -> None:
    team.flush()
    plain = replays(team.engine, team.settings, NOW)
    kept(team, 1.8, "03-02 09:00")
    assert replays(team.engine, team.settings, NOW) == plain


def late_team(world: World, number: int) -> Sequence[str]:
    """So many sprints of two weeks, whose five issues close one a day in the first week, but for the last: too late."""
    first = datetime(2026, 1, 5, tzinfo=UTC)
    for place in range(number):
        start = first + timedelta(days=14 * place)
        title, due = f"Sprint {place + 1}", start + timedelta(days=11)
        world.milestone(place + 1, title, created=start, due=f"{due:%m-%d}", closed=due + timedelta(days=2))
        for item in range(5):
            key = 100 * (place + 1) + item
            done = start + timedelta(days=1 + item, hours=15) if item < 4 else due + timedelta(days=1, hours=15)
            entered = start + timedelta(hours=8)
            world.issue(key, created=entered, milestone=place + 1, closed=done)
            world.event(key, "milestoned", entered, subject=title)
            world.event(key, "closed", done)
    world.flush()
    return [f"Sprint {place + 1}" for place in range(number)]


@pytest.mark.slow
def test_a_team_whose_last_item_is_always_late_learns_it(world: World) -> None:
    late_team(world, 9)
    moment = at("05-20 12:00")
    trial = try_learning(handle(world), moment)
    assert trial.sprints >= 8
    assert trial.stretch is not None
    assert trial.stretch > 1.0
    assert trial.helps, trial.sentence
    made = adopt_learning(handle(world), moment)
    assert (made.version, made.stretch, made.sprints) == (1, trial.stretch, trial.sprints)
    assert learned(handle(world), moment).current == made
    with pytest.raises(
        AnalysisError, match="Nothing new was learned: recalibration 1, which is in force, says the same"
    ):
        adopt_learning(handle(world), moment + timedelta(hours=1))


def test_only_who_may_run_adopts(team: World) -> None:
    from sprintlib.access.identity import Identity, Role

    team.flush()
    member = ProjectHandle(team.settings, team.engine, lambda: NOW, Identity("m", Role.member, "token"))
    with pytest.raises(AccessError, match="takes the role admin"):
        adopt_learning(member, NOW)
    assert learned(member, NOW).versions == ()


def test_the_command(team: World, tmp_path: Path) -> None:
    team.flush()
    settings = f'[project]\nname = "acme"\nrepositories = ["acme/api"]\n[store]\nurl = "{team.engine.url}"\n'
    (tmp_path / "sprint.toml").write_text(settings, encoding="utf-8")

    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(sprint, ["--home", str(tmp_path), "learning", *words])
        assert result.exit_code == code, result.output
        return result.output + (str(result.exception) if code else "")

    assert run().startswith("No recalibration is in force: forecasts are the model's own.")
    assert run("try", "--as-of", "2026-03-20") == (
        "Nothing to learn from yet: 1 finished sprint with a forecast, and it takes 8.\n"
    )
    assert "Nothing was adopted. Nothing to learn from yet" in run("adopt", code=1)
    kept(team, 1.4, "03-20 09:00")
    told = run("show")
    assert told.startswith("Recalibration 1 is in force: work takes 1.40 times as long here as the model alone says")
    assert "    1  1.40 times as long, 9 sprints, Brier 0.170 instead of 0.210; in force since 2026-03-20\n" in told
    assert run("revert") == "Taken back: recalibration 1; forecasts are the model's own again.\n"
