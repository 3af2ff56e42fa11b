"""The account of the score, and the sentence."""

import re
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sprintlib.explain import explain, health, summary
from sprintlib.explain.drivers import ADDED, ARRIVALS, BASE, BLOCKED, PACE, REST, STANDING, account
from sprintlib.explain.model import Driver
from sprintlib.forecast import (
    Change,
    ForecastInputs,
    a_percent,
    forecast,
    item_forecasts,
    percent,
    points,
    what_if,
)
from sprintlib.forecast.model import Forecast
from sprintlib.risks import SprintContext
from tests.risks.contexts import context
from tests.sprints import put, second_sprint
from tests.world import WEB, World


def judged(
    team: World, as_of: str = "03-20 12:00", title: str = "Sprint 2"
) -> tuple[SprintContext, ForecastInputs, Forecast]:
    view = context(team, as_of, title)
    return view, view.inputs, forecast(view.inputs)


def drivers(team: World) -> tuple[tuple[Driver, ...], Forecast]:
    view, inputs, future = judged(team)
    return explain(view, inputs, future), future


def sentence(team: World, as_of: str = "03-20 12:00", title: str = "Sprint 2") -> str:
    _, inputs, future = judged(team, as_of, title)
    return summary(inputs, future)


@pytest.mark.parametrize(("probability", "score"), [(0.384, 38), (0.97, 97), (0.03, 3), (None, None)])
def test_health_is_the_probability_in_points(probability: float | None, score: int | None) -> None:
    assert health(probability) == score


def test_the_bars_sum_to_the_score(team: World) -> None:
    put(team, 30, "Sprint 2", "03-18 10:00", milestone=2)
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    found, future = drivers(team)
    assert [one.name for one in found][:6] == [BASE, PACE, ADDED, ARRIVALS, STANDING, BLOCKED]
    assert round(sum(one.points for one in found), 6) == health(future.probability)
    assert future.probability is not None
    told = log(future.probability / (1 - future.probability))
    assert sum(one.log_odds for one in found) == pytest.approx(told, abs=1e-9)


def test_every_bar_points_at_its_items(team: World) -> None:
    put(team, 30, "Sprint 2", "03-18 10:00", milestone=2)
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    found, _ = drivers(team)
    refs = {one.name: [cited.ref.rpartition("#")[2] for cited in one.evidence] for one in found}
    assert refs[BASE] == ["14", "15", "16", "17", "18"]
    assert refs[PACE] == ["13", "12", "11", "10", "9", "8", "7", "6", "5", "4"]
    assert refs[ADDED] == refs[ARRIVALS] == ["30"]
    assert refs[BLOCKED] == ["14", "15"]
    items = {one.name: one.items for one in found}
    assert len(items[PACE]) == 13  # the citations stop at ten
    assert items[BLOCKED] == ("acme/api#14", "acme/api#15")


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
    assert {one.name: one.log_odds for one in found if one.name in (ADDED, BLOCKED)} == {ADDED: 0.0, BLOCKED: 0.0}


def test_every_bar_says_its_fact_or_what_acting_on_it_would_bring(team: World) -> None:
    put(team, 30, "Sprint 2", "03-18 10:00", milestone=2)
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    found, _ = drivers(team)
    told = {one.name: one.remedy for one in found}
    assert told[BASE] == "Every account starts here."
    assert told[PACE] == "The team closes 0.71 a working day; 0.35 is general for its size."
    assert told[ARRIVALS] == "0.12 items a working day are expected, going by what came so far."
    assert told[STANDING].startswith("Likely the last: acme/api#14, ")
    assert told[REST] == "The score is a whole number and never leaves 3 to 97 while work remains."
    assert told[ADDED].startswith("Taking out the added item (acme/api#30) would bring +")
    assert told[BLOCKED].startswith("Unblocking acme/api#14 (waits for acme/api#15) would bring +")


def test_what_acting_on_a_bar_would_bring_is_what_the_what_if_says(team: World) -> None:
    put(team, 30, "Sprint 2", "03-18 10:00", milestone=2)
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    view, inputs, future = judged(team)
    acted_on = {one.name: one for one in explain(view, inputs, future) if one.change}
    assert list(acted_on) == [ADDED, BLOCKED]
    for one in acted_on.values():
        assert one.expected_gain == what_if(inputs, one.change or Change()).gain
        assert points(one.expected_gain) in one.remedy


def test_a_bar_without_items_has_nothing_to_act_on(team: World) -> None:
    found, _ = drivers(team)
    remedies = {one.name: one.remedy for one in found}
    assert remedies[ADDED] == "Nothing that came in after the start is still open."
    assert remedies[BLOCKED] == "No open item waits for another one."
    assert {one.change for one in found} == {None}


SHARES = st.integers(0, 4096).map(lambda futures: futures / 4096)


@given(st.lists(SHARES, min_size=1, max_size=8), st.integers(30, 970).map(lambda thousandths: thousandths / 1000))
def test_steps_sum_to_the_probability_in_log_odds_and_to_the_score_in_points(
    chances: list[float], probability: float
) -> None:
    steps = account(chances, probability)
    assert len(steps) == len(chances) + 1
    assert sum(step.log_odds for step in steps) == pytest.approx(log(probability / (1 - probability)), abs=1e-9)
    assert round(sum(step.points for step in steps), 6) == health(probability)


def test_an_account_by_hand() -> None:
    base, slower, blocked, rest = account([0.5, 0.25, 0.0], 0.03)
    assert base == pytest.approx((0.0, 50.0))
    assert slower == pytest.approx((log(1 / 3), -25.0), abs=1e-3)
    assert blocked.points == -25.0
    assert blocked.log_odds == pytest.approx(log(0.5 / 4096.5) - log(1 / 3), abs=1e-3)
    assert rest == pytest.approx((log(3 / 97) - log(0.5 / 4096.5), 3.0), abs=1e-3)


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


def test_the_sentence_names_the_items_that_move_it(team: World) -> None:
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    team.pull(20, created="03-16 12:00", body="Closes #16", draft=True)
    _, inputs, future = judged(team)
    chances = {one.ref: percent(one.closes_by_due) for one in item_forecasts(inputs)}
    begun, second = sentence(team).rsplit("; ", 1)
    assert begun == (
        f"Sprint 2 has {a_percent(future.probability)} chance to be done by Fri 27 Mar 2026: 5 of 8 items are open; "
        f"api#14 waits for api#15 ({chances['acme/api#14']} likely in time)"
    )
    named = second.partition(" ")[0]
    assert second == f"{named} has not been started ({chances[f'acme/{named}']} likely in time)."


def test_the_sentence_says_how_far_an_item_is(team: World) -> None:
    for number in (14, 15, 16, 17, 18):
        team.pull(number + 6, created="03-16 12:00", body=f"Closes #{number}", draft=number != 18)
    team.review(24, "approved", "03-19 12:00")
    assert sentence(team).count(" is in progress (") == 2


def test_the_sentence_without_a_due_date(team: World) -> None:
    team.milestone(2, "Sprint 2", created="03-13")
    assert re.fullmatch(
        r"Sprint 2 has no due date: 5 of 8 items are open, the team closes 0.71 a working day; "
        r"\d to \d of them close in the next two weeks\.",
        sentence(team),
    )


def test_the_sentence_after_the_deadline(team: World) -> None:
    told = sentence(team, "03-30 12:00")
    assert told.startswith("Sprint 2 missed its deadline, Fri 27 Mar 2026: 5 of 8 items are open, ")
    assert "even odds that it is done by" in told


def test_the_sentence_when_all_is_done(team: World) -> None:
    assert sentence(team, "03-13 20:00", "Sprint 1") == "Sprint 1: Nothing is open: every item is done or dropped."


def test_the_sentence_without_history(team: World) -> None:
    team.milestone(5, "Apart", repo=WEB, due="03-27")
    put(team, 1, "Apart", "03-16 09:00", WEB, 5)
    assert sentence(team, title="Apart") == (
        "Apart: 1 of 1 item is open, and there is too little history for a forecast."
    )
