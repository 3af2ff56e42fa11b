"""The account of the score, and the sentence."""

import pytest

from sprintlib.explain import explain, health, summary
from sprintlib.explain.drivers import ADDED, ARRIVALS, BASE, BLOCKED, PACE, REST
from sprintlib.explain.model import Driver
from sprintlib.forecast import Outlook, forecast, prepare
from sprintlib.forecast.model import Forecast
from sprintlib.risks import Situation, find_risks
from tests.risks.situations import situation
from tests.sprints import put, second_sprint
from tests.world import WEB, World


def judged(team: World, as_of: str = "03-20 12:00", title: str = "Sprint 2") -> tuple[Situation, Outlook, Forecast]:
    view = situation(team, as_of, title)
    outlook = prepare(view.sprint, {blockade.item for blockade in view.blockades})
    return view, outlook, forecast(outlook)


def drivers(team: World) -> tuple[tuple[Driver, ...], Forecast]:
    view, outlook, future = judged(team)
    return explain(view, outlook, future), future


def sentence(team: World, as_of: str = "03-20 12:00", title: str = "Sprint 2") -> str:
    view, outlook, future = judged(team, as_of, title)
    return summary(outlook, future, find_risks(view))


@pytest.mark.parametrize(("probability", "score"), [(0.384, 38), (0.97, 97), (0.03, 3), (None, None)])
def test_health_is_the_probability_in_points(probability: float | None, score: int | None) -> None:
    assert health(probability) == score


def test_the_bars_sum_to_the_score(team: World) -> None:
    put(team, 30, "Sprint 2", "03-18 10:00", milestone=2)
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    found, future = drivers(team)
    assert [one.name for one in found][:5] == [BASE, PACE, ADDED, ARRIVALS, BLOCKED]
    assert round(sum(one.points for one in found), 6) == health(future.probability)


def test_every_bar_points_at_its_items(team: World) -> None:
    put(team, 30, "Sprint 2", "03-18 10:00", milestone=2)
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    found, _ = drivers(team)
    refs = {one.name: [cited.ref.rpartition("#")[2] for cited in one.evidence] for one in found}
    assert refs[BASE] == ["14", "15", "16", "17", "18"]
    assert refs[PACE] == ["13", "12", "11", "10", "9"]
    assert refs[ADDED] == refs[ARRIVALS] == ["30"]
    assert refs[BLOCKED] == ["14", "15"]


def test_bars_have_the_sign_of_what_they_say(team: World) -> None:
    put(team, 30, "Sprint 2", "03-18 10:00", milestone=2)
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    found, _ = drivers(team)
    points = {one.name: one.points for one in found}
    assert points[PACE] > 0  # .71 a day against the .35 of a lone developer
    assert points[ADDED] < 0
    assert points[ARRIVALS] < 0
    assert points[BLOCKED] < 0
    assert abs(points.get(REST, 0.0)) < 1


def test_nothing_blocked_or_added_takes_nothing(team: World) -> None:
    found, _ = drivers(team)
    assert {one.name: one.points for one in found if one.name in (ADDED, BLOCKED)} == {ADDED: 0.0, BLOCKED: 0.0}


def test_the_rest_says_how_far_the_limits_reach(team: World) -> None:
    second_sprint(team, WEB, size=30)  # hopeless: the score stops at 3
    found, future = drivers(team)
    assert health(future.probability) == 3
    assert round(sum(one.points for one in found), 6) == 3
    assert found[-1].name == REST


@pytest.mark.parametrize("as_of", ["03-30 12:00"])
def test_a_settled_outcome_needs_no_account(team: World, as_of: str) -> None:
    assert explain(*judged(team, as_of)) == ()


def test_no_score_has_no_account(team: World) -> None:
    team.milestone(2, "Sprint 2", created="03-13")
    assert drivers(team)[0] == ()


def test_the_sentence_of_a_sprint_under_way(team: World) -> None:
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    assert sentence(team) == (
        "Sprint 2 has a 23% chance to be done by Fri 27 Mar 2026: 5 of 8 items are open, the team closes 0.71 a "
        "working day, and api#14 waits for api#15."
    )


def test_the_sentence_without_a_risk(team: World) -> None:
    assert sentence(team).endswith("5 of 8 items are open, the team closes 0.71 a working day.")


def test_the_sentence_names_a_stale_review(team: World) -> None:
    team.pull(20, created="03-16 12:00", body="Closes #14")
    team.event(20, "review_requested", "03-16 13:00", subject="bob")
    assert sentence(team).endswith(", and api#20 waits for bob.")


def test_the_sentence_names_red_ci_and_creep(team: World) -> None:
    for number in (30, 31):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
    assert sentence(team).endswith(", and 2 items came in after the start.")
    team.run(2, "03-19 12:00", "03-19 12:10", "failure")
    assert sentence(team).endswith(", and the default branch of api fails.")


def test_the_sentence_without_a_due_date(team: World) -> None:
    team.milestone(2, "Sprint 2", created="03-13")
    assert sentence(team) == (
        "Sprint 2 has no due date: 5 of 8 items are open, the team closes 0.71 a working day; "
        "2 to 5 of them close in the next two weeks."
    )


def test_the_sentence_after_the_deadline(team: World) -> None:
    told = sentence(team, "03-30 12:00")
    assert told.startswith("Sprint 2 missed its deadline, Fri 27 Mar 2026: 5 of 8 items are open, ")
    assert "half of the futures are done by" in told


def test_the_sentence_when_all_is_done(team: World) -> None:
    assert sentence(team, "03-13 20:00", "Sprint 1") == "Sprint 1: Nothing is open: every item is done or dropped."


def test_the_sentence_without_history(team: World) -> None:
    team.milestone(5, "Apart", repo=WEB, due="03-27")
    put(team, 1, "Apart", "03-16 09:00", WEB, 5)
    assert sentence(team, title="Apart") == (
        "Apart: 1 of 1 item is open, and there is too little history for a forecast."
    )
