"""An experiment from its beginning to its result, on facts of a small team."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sprintlib.analysis import analyze
from sprintlib.cli.main import sprint
from sprintlib.errors import AccessError, AnalysisError
from sprintlib.experiments import Drawn, enrol, entries, read_experiments
from sprintlib.project import ProjectHandle
from sprintlib.recommend import Recommendation
from sprintlib.results import store_analysis
from sprintlib.services.experiments import (
    Terms,
    experiment_standing,
    experiment_standings,
    start_experiment,
    stop_experiment,
)
from tests.world import API, World, at

BEGIN, FRIDAY = at("03-20 09:00"), at("03-20 12:00")
TERMS = Terms(name="review", usual="PB-001", other="PB-002", effect=0.4, seed=3)
PULLS = (20, 21, 22, 23)


@pytest.fixture
def stale(team: World) -> World:
    """Four pull requests that wait for a review, for open items of Sprint 2."""
    for number, issue in zip(PULLS, (14, 15, 16, 17), strict=True):
        team.pull(number, created="03-16 12:00", body=f"Closes #{issue}")
        team.event(number, "review_requested", "03-17 12:00", subject="bob")
    team.flush()
    return team


def handle(world: World, now: datetime = FRIDAY) -> ProjectHandle:
    return ProjectHandle(world.settings, world.engine, lambda: now)


def reviews(world: World, moment: datetime = FRIDAY) -> dict[str, Recommendation]:
    """What is recommended about waiting pull requests, by the first item of its evidence."""
    found = analyze(world.engine, world.settings, moment).milestones[0].recommendations
    return {one.evidence[0].ref: one for one in found if one.id[:6] in ("pb-001", "pb-002")}


def put_in(world: World, numbers: Sequence[int], entered: datetime = FRIDAY) -> None:
    """Have items of acme/api enter the experiment by their lots."""
    with world.engine.begin() as connection:
        (one,) = read_experiments(connection, "acme")
        drawn = [
            Drawn(
                experiment=one.id,
                name=one.name,
                play=one.play_for(1, number),
                usual=one.usual,
                other=one.other,
                repository_id=1,
                number=number,
            )
            for number in numbers
        ]
        enrol(connection, drawn, entered)


def test_without_an_experiment_nothing_is_drawn(stale: World) -> None:
    assert set(reviews(stale)) <= {f"{API}#{number}" for number in PULLS}
    assert {one.id[:6] for one in reviews(stale).values()} == {"pb-001"}
    assert all(one.experiment is None for one in reviews(stale).values())


def test_each_item_gets_its_play_by_lot_and_says_so(stale: World) -> None:
    before = reviews(stale)
    begun = start_experiment(handle(stale), TERMS, BEGIN)
    after = reviews(stale)
    assert list(after) == list(before), "the lot moves nothing in the list"
    assert [one.expected_gain for one in after.values()] == [one.expected_gain for one in before.values()]
    for ref, one in after.items():
        play = begun.play_for(1, int(ref.partition("#")[2]))
        assert one.id == f"{play.lower()}{before[ref].id[6:]}"
        assert one.experiment is not None
        assert one.experiment.play == play
        if play == "PB-001":
            assert one.action == before[ref].action
            assert str(one.experiment) == "experiment review: PB-001 by lot, against PB-002"
        else:
            assert one.action.startswith(ref)
            assert "Pause starting new issues" in one.action
            assert one.evidence[-1].ref == "PB-002"
    assert {one.id[:6] for one in after.values()} == {"pb-001", "pb-002"}


def test_as_of_a_moment_before_nothing_is_drawn_and_after_its_end_neither(stale: World) -> None:
    usual = reviews(stale)
    start_experiment(handle(stale), TERMS, at("03-20 12:30"))
    assert reviews(stale) == usual
    stop_experiment(handle(stale), "review", at("03-20 13:00"))
    assert all(one.experiment is None for one in reviews(stale, at("03-20 14:00")).values())
    assert any(one.experiment for one in reviews(stale, at("03-20 12:45")).values())


def test_items_enter_when_they_are_first_shown_and_not_by_days_filled_in(stale: World) -> None:
    begun = start_experiment(handle(stale), TERMS, BEGIN)

    def entered(moment: str) -> dict[int, datetime]:
        with stale.engine.connect() as connection:
            return {one.number: one.entered_at for one in entries(connection, begun, at(moment))}

    store_analysis(stale.engine, analyze(stale.engine, stale.settings, at("03-20 10:00")), is_seen=False)
    assert entered("03-21") == {}
    store_analysis(stale.engine, analyze(stale.engine, stale.settings, FRIDAY))
    store_analysis(stale.engine, analyze(stale.engine, stale.settings, at("03-20 15:00")))
    shown = {int(ref.partition("#")[2]) for ref in reviews(stale)}
    assert entered("03-21") == dict.fromkeys(sorted(shown), FRIDAY)
    assert entered("03-20 11:00") == {}


def test_a_renamed_repository_moves_no_lot(stale: World) -> None:
    begun = start_experiment(handle(stale), TERMS, BEGIN)
    drawn = [one.experiment for one in reviews(stale).values()]
    assert all(one and (one.repository_id, one.play) == (1, begun.play_for(1, one.number)) for one in drawn)


def test_it_says_how_many_are_missing_and_nothing_of_the_halves_before(stale: World) -> None:
    begun = start_experiment(handle(stale), TERMS, BEGIN)
    assert begun.items == 40
    put_in(stale, range(11, 19))
    early = experiment_standing(handle(stale), "review", at("03-20 13:00"))
    assert (early.entered, early.measured, early.halves, early.difference) == (8, 0, None, None)
    assert early.sentence == "Not enough yet: 0 of 40 items; the 5 working days of 8 more are not over."
    later = experiment_standing(handle(stale), "review", at("03-27 13:00"))
    assert later.sentence == "Not enough yet: 8 of 40 items."
    assert later.halves is None
    stopped = stop_experiment(handle(stale), "review", at("03-27 13:00"))
    assert stopped.sentence == "Too few: 8 of 40 items when it was stopped, so nothing can be said of an effect."


def test_the_result_comes_once_from_the_first_items_and_stays(stale: World) -> None:
    begun = start_experiment(handle(stale), TERMS, BEGIN)
    numbers = range(101, 141)
    for number in numbers:
        done = begun.play_for(1, number) == "PB-002"
        stale.issue(number, created="03-16 12:00", **({"closed": "03-24 12:00"} if done else {}))
        if done:
            stale.event(number, "closed", "03-24 12:00")
    stale.issue(150, created="03-16 12:00")
    stale.flush()
    put_in(stale, numbers)
    put_in(stale, [150], FRIDAY + timedelta(days=1))
    other = sum(begun.play_for(1, number) == "PB-002" for number in numbers)
    found = experiment_standing(handle(stale), "review", at("03-27 13:00"))
    assert found.halves is not None
    assert [(half.play, half.items, half.with_outcome) for half in found.halves] == [
        ("PB-001", 40 - other, 0),
        ("PB-002", other, other),
    ]
    assert found.difference is not None
    assert found.difference.value == 1.0
    assert f"{other} of {other} items with PB-002 closed within 5 working days (100%)" in found.sentence
    assert found.sentence.endswith("Chance alone would rarely do that: PB-002 is what made the difference here.")
    later = experiment_standing(handle(stale), "review", at("05-27"))
    assert (later.entered, later.halves) == (41, found.halves), "later items change nothing"


def test_no_outcome_is_known_before_its_time_nor_changed_after_it(stale: World) -> None:
    begun = start_experiment(handle(stale), TERMS, BEGIN)
    for number in range(101, 141):
        stale.issue(number, created="03-16 12:00", closed="03-24 12:00")
        stale.event(number, "closed", "03-24 12:00")
        stale.event(number, "reopened", "04-10 12:00")
        stale.event(number, "closed", "04-20 12:00")
    stale.flush()
    put_in(stale, range(101, 141))
    before = experiment_standing(handle(stale), "review", at("03-25"))
    assert (before.measured, before.halves) == (0, None)
    assert experiment_standings(handle(stale), at("03-20 08:00")) == ()
    after = [experiment_standing(handle(stale), "review", at(day)).halves for day in ("03-28", "04-12", "05-01")]
    assert after[0] == after[1] == after[2]
    assert after[0] is not None
    assert [half.with_outcome for half in after[0]] == [half.items for half in after[0]]
    assert begun.stopped_at is None


def test_moved_looks_at_what_people_did(stale: World) -> None:
    start_experiment(handle(stale), Terms("look", "PB-001", "PB-002", 0.49, outcome="moved", seed=1), BEGIN)
    for number in range(101, 125):
        stale.issue(number, created="03-16 12:00")
        stale.event(number, "assigned", "03-23 12:00" if number % 2 else "04-20 12:00", subject="bob")
    stale.flush()
    put_in(stale, range(101, 125))
    found = experiment_standing(handle(stale), "look", at("04-01"))
    assert found.experiment.items == 24
    assert found.halves is not None
    assert sum(half.with_outcome for half in found.halves) == 12
    assert "had moved within 5 working days" in found.sentence


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (Terms("a", "PB-001", "PB-999", 0.2), "There is no play 'PB-999': they are PB-001 to PB-020"),
        (Terms("a", "PB-001", "PB-001", 0.2), "Both plays are PB-001: name two different ones"),
        (Terms("a", "PB-013", "PB-001", 0.2), "PB-013 is not about one item"),
        (Terms("a", "PB-001", "PB-002", 0.6), "From 50%, an effect of"),
        (Terms("review", "PB-003", "PB-004", 0.2), "There is an experiment 'review' already"),
        (Terms("a", "PB-001", "PB-004", 0.2), "PB-001 is in the experiment 'review', which is running: stop it first"),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_sentence(stale: World, terms: Terms, words: str) -> None:
    start_experiment(handle(stale), TERMS, BEGIN)
    with pytest.raises(AnalysisError, match=words):
        start_experiment(handle(stale), terms, FRIDAY)
    assert len(experiment_standings(handle(stale), FRIDAY)) == 1


def test_what_is_not_there_cannot_be_stopped(stale: World) -> None:
    with pytest.raises(AnalysisError, match="There is no experiment 'x': 'sprint experiment list' shows them all"):
        stop_experiment(handle(stale), "x", FRIDAY)
    start_experiment(handle(stale), TERMS, BEGIN)
    stop_experiment(handle(stale), "review", FRIDAY)
    with pytest.raises(AnalysisError, match="has been stopped already"):
        stop_experiment(handle(stale), "review", FRIDAY)


def test_only_who_may_run_begins_one(stale: World) -> None:
    from sprintlib.access.identity import Identity, Role

    member = ProjectHandle(stale.settings, stale.engine, lambda: FRIDAY, Identity("m", Role.member, "token"))
    with pytest.raises(AccessError, match="takes the role admin"):
        start_experiment(member, TERMS, BEGIN)


def test_the_command(stale: World, tmp_path: Path) -> None:
    (tmp_path / "sprint.toml").write_text(
        f'[project]\nname = "acme"\nrepositories = ["acme/api"]\n[store]\nurl = "{stale.engine.url}"\n',
        encoding="utf-8",
    )

    def run(*words: str) -> str:
        result = CliRunner().invoke(sprint, ["--home", str(tmp_path), "experiment", *words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    assert run() == (
        "No experiments: 'sprint experiment start NAME --usual PB-001 --other PB-002 --effect 20' begins one.\n"
    )
    assert run("plan", "--effect", "20") == (
        "To see +20 points from 50% with a chance of 80% takes 186 items, half with each play; without any effect, "
        "1 such experiment in 20 shows one.\n"
    )
    begun = run("start", "review", "--usual", "pb-001", "--other", "PB-002", "--effect", "20")
    assert begun.startswith("Started: items that would get PB-001 get PB-001 or PB-002 by lot from now on.\n")
    assert "  Not enough yet: 0 of 186 items.\n" in run("show", "review")
    (told,) = json.loads(run("list", "--json"))
    assert (told["experiment"]["items"], told["entered"], told["halves"]) == (186, 0, None)
    assert run("stop", "review").startswith("Stopped. Too few: 0 of 186 items when it was stopped")
    wrong = CliRunner().invoke(
        sprint, ["experiment", "start", "A b", "--usual", "PB-001", "--other", "PB-002", "--effect", "20"]
    )
    assert wrong.exit_code == 2
    assert "'A b' is no name for an experiment: write up to 40 of a-z, 0-9 and -." in wrong.output
