"""Forecasts under supposed changes: literal gains, the order that changes must keep, and the words."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast import (
    Change,
    ForecastInputs,
    apply_change,
    build_inputs,
    forecast,
    probability_in_time,
    what_if,
)
from sprintlib.history import find_sprints
from tests.folders import until_the_end
from tests.sprints import AS_OF, second_sprint, team_in, two_sprints
from tests.world import World

OPEN = tuple(f"acme/api#{number}" for number in range(14, 19))
DUE = date(2026, 3, 27)


def inputs(world: World, as_of: str = AS_OF, blocked: tuple[str, ...] = ()) -> ForecastInputs:
    (sprint,) = find_sprints(world.past(as_of), WorkingCalendar(), "Sprint 2")
    return build_inputs(sprint, blocked)


@cache
def known() -> ForecastInputs:
    """Five items open, one of them blocked, a week to go."""
    return inputs(team_in(until_the_end("whatif")), blocked=(OPEN[0],))


def then(change: Change) -> float:
    found = what_if(known(), change).after.probability
    assert found is not None
    return found


def test_nothing_supposed_changes_nothing() -> None:
    found = what_if(known(), Change())
    assert found.before == found.after == forecast(known())
    assert (found.gain, found.gain_error) == (0.0, 0.0)


def test_dropping_two_items_is_worth_so_much() -> None:
    found = what_if(known(), Change(drop=OPEN[3:]))
    assert found.before.probability == pytest.approx(0.261, abs=0.01)
    assert found.after.probability == pytest.approx(0.341, abs=0.01)  # the blocked one is left, and costs time
    assert found.gain == pytest.approx(found.after.probability - found.before.probability, abs=1e-9)
    assert found.assumptions[0] == "acme/api#17, acme/api#18: out today, and nothing comes in instead."
    assert "what the model expects" in found.assumptions[-1]


def test_the_error_of_a_gain_is_that_of_paired_futures() -> None:
    found = what_if(known(), Change(drop=OPEN[4:]))
    assert found.gain_error is not None
    assert found.before_error == pytest.approx(0.0067, abs=0.0002)
    assert 0 < found.gain_error < (found.before_error or 0) + (found.after_error or 0)


def test_dropping_everything_is_done() -> None:
    found = what_if(known(), Change(drop=OPEN))
    assert (found.after.probability, found.after.reason) == (0.97, "Nothing is open: every item is done or dropped.")
    assert found.after_error == 0.0


def test_another_due_date_moves_probability_and_leaves_the_dates_alone() -> None:
    found = what_if(known(), Change(due_on=DUE + timedelta(days=7)))
    assert found.gain is not None
    assert found.gain > 0.2
    assert found.after.dates == found.before.dates
    assert found.assumptions[0].startswith("Due Fri 3 Apr 2026 instead of Fri 27 Mar 2026;")
    assert then(Change(due_on=DUE - timedelta(days=2))) < then(Change())


def test_a_due_date_gives_an_undated_milestone_a_number(world: World) -> None:
    found = what_if(inputs(two_sprints(world, due=None)), Change(due_on=DUE))
    assert (found.before.probability, found.gain, found.gain_error) == (None, None, None)
    assert found.after.probability == pytest.approx(0.537, abs=0.01)  # with a date the items are planned ones
    assert found.assumptions[0].startswith("Due Fri 27 Mar 2026; items")


def test_people_change_the_pace_in_proportion() -> None:
    assert known().developers == pytest.approx(1.0)
    more = apply_change(known(), Change(people=1)).work.pace
    assert more.mean == pytest.approx(2 * known().work.pace.mean)
    assert more.shape == known().work.pace.shape


def test_half_the_time_away_is_half_the_pace_of_one() -> None:
    left = known().work.days_left
    assert left == pytest.approx(5.5)
    half = apply_change(known(), Change(away_days=left / 2)).work.pace
    assert half.mean == pytest.approx(known().work.pace.mean / 2)


def test_nobody_left_leaves_no_chance() -> None:
    assert then(Change(people=-3)) == 0.03


def test_too_little_history_has_no_number_under_a_change_either(world: World) -> None:
    second_sprint(world)
    found = what_if(inputs(world), Change(drop=OPEN[:2]))
    assert (found.before.probability, found.after.probability, found.gain) == (None, None, None)


def test_the_words_name_people_and_pull_requests() -> None:
    told = what_if(known(), Change(unblock=OPEN[:1], review=OPEN[1:2], people=1, away_days=2)).assumptions
    assert told == (
        "acme/api#14: no longer blocked from today on; still to be done at the team's pace.",
        "acme/api#15: ended within 1 working day, beside the team's pace.",
        "1 more at work beside about 1 active people, at full pace from today: newcomers rarely are.",
        "One of about 1 active people away for 2 working days of the 5.5 working days left; everybody closes the same "
        "share, spread evenly.",
        "All else as in the forecast, with the same 4,096 futures before and after: this is what the model expects, "
        "not what such changes were seen to do.",
    )


def chance_under(change: Change) -> float:
    found = probability_in_time(apply_change(known(), change).work)
    assert found is not None
    return found


some = st.sets(st.sampled_from(OPEN)).map(lambda refs: tuple(sorted(refs)))
changes = st.builds(
    Change,
    drop=some,
    unblock=some,
    review=some,
    due_on=st.one_of(st.none(), st.integers(-3, 20).map(lambda days: DUE + timedelta(days=days))),
    people=st.integers(-1, 2),
    away_days=st.sampled_from([0.0, 1.0, 4.0]),
)


@settings(deadline=None, max_examples=40)
@given(changes, st.sampled_from(OPEN))
def test_dropping_one_more_never_lowers_the_probability(change: Change, ref: str) -> None:
    assert chance_under(replace(change, drop=(*change.drop, ref))) >= chance_under(change)


@settings(deadline=None, max_examples=40)
@given(changes, st.sampled_from(OPEN))
def test_unblocking_one_more_never_lowers_the_probability(change: Change, ref: str) -> None:
    assert chance_under(replace(change, unblock=(*change.unblock, ref))) >= chance_under(change)


@settings(deadline=None, max_examples=40)
@given(changes, st.integers(1, 10))
def test_more_days_never_lower_the_probability(change: Change, days: int) -> None:
    later = (change.due_on or DUE) + timedelta(days=days)
    assert chance_under(replace(change, due_on=later)) >= chance_under(change)


@settings(deadline=None, max_examples=40)
@given(changes)
def test_more_people_and_fewer_days_away_never_lower_the_probability(change: Change) -> None:
    assert chance_under(replace(change, people=change.people + 1)) >= chance_under(change)
    assert chance_under(replace(change, away_days=0.0)) >= chance_under(change)
