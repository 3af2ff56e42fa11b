"""What the project's own finished sprints add to the forecast."""

import pytest
from scipy.special import expit, logit

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast import Change, ForecastInputs, build_inputs, forecast, what_if
from sprintlib.forecast.sprint_history import SprintHistory, sprint_history
from sprintlib.history import Sprint, find_sprints
from tests.sprints import AS_OF, first_sprint, put, second_sprint, two_sprints
from tests.world import World, at

CALENDAR = WorkingCalendar()


def sprint(world: World, title: str = "Sprint 2", as_of: str = AS_OF) -> Sprint:
    return find_sprints(world.past(as_of), CALENDAR, title)[0]


def inputs(world: World, as_of: str = AS_OF) -> ForecastInputs:
    return build_inputs(sprint(world, as_of=as_of))


def test_finished_sprints_are_those_whose_deadline_passed(world: World) -> None:
    past = two_sprints(world).past(AS_OF)
    (one,) = SprintHistory(past, CALENDAR).finished
    assert (one.title, one.delivered) == ("Sprint 1", 10)
    assert (one.start, one.deadline) == (at("03-03"), at("03-14"))
    later = SprintHistory(world.past("03-30 12:00"), CALENDAR)
    assert [(found.title, found.delivered) for found in later.finished] == [("Sprint 1", 10), ("Sprint 2", 3)]


def test_sprints_without_a_date_or_items_are_no_record(world: World) -> None:
    first_sprint(world)
    world.milestone(3, "Ideas", created="03-01", closed="03-10")
    world.milestone(4, "Empty", created="03-01", due="03-10")
    put(world, 40, "Ideas", "03-02 08:00", milestone=3)
    assert [found.title for found in SprintHistory(world.past(AS_OF), CALENDAR).finished] == ["Sprint 1"]


def test_what_was_closed_too_late_was_not_delivered(world: World) -> None:
    first_sprint(world)
    put(world, 40, "Sprint 1", "03-02 08:00", milestone=1, closed="03-14 00:00")
    assert SprintHistory(world.past(AS_OF), CALENDAR).finished[0].delivered == 10


def test_both_layers_have_half_of_the_log_odds(world: World) -> None:
    found = inputs(two_sprints(world))
    assert found.delivery_logit is not None
    by_pace = 0.608  # of the mechanistic layer alone
    told = forecast(found)
    assert told.delivered_by == "layered"
    assert told.probability_delivered == pytest.approx(expit((logit(by_pace) + found.delivery_logit) / 2), abs=0.002)


def test_a_sprint_that_delivered_speaks_for_the_next(world: World) -> None:
    two_sprints(world)
    good = inputs(world).delivery_logit
    for number in range(40, 46):
        put(world, number, "Sprint 1", "03-02 08:00", milestone=1)  # never done
    bad = inputs(world).delivery_logit
    assert good is not None
    assert bad is not None
    assert good > bad + 0.3


@pytest.mark.parametrize("due", [None, "03-18"])
def test_without_time_left_the_mechanistic_layer_is_alone(world: World, due: str | None) -> None:
    found = inputs(two_sprints(world, due=due))
    assert found.delivery_logit is None
    assert forecast(found).delivered_by == "mechanistic"


def test_under_the_guard_nothing_is_said(world: World) -> None:
    second_sprint(world)
    assert inputs(world).delivery_logit is None


def test_delivered_is_never_rarer_than_everything_closed(world: World) -> None:
    for number in range(40, 60):  # Sprint 1 ended badly
        put(world, number, "Sprint 1", "03-02 08:00", milestone=1)
    two_sprints(world)
    for moment in ("03-18 12:00", AS_OF, "03-25 12:00", "03-27 12:00"):
        found = forecast(inputs(world, moment))
        assert found.probability is not None
        assert (found.probability_delivered or 0) >= found.probability


def test_a_what_if_changes_the_mechanistic_half(world: World) -> None:
    found = what_if(inputs(two_sprints(world)), Change(drop=("acme/api#18",)))
    assert (found.after.probability_delivered or 0) > (found.before.probability_delivered or 1)


def test_one_record_serves_all_sprints_of_a_past(world: World) -> None:
    past = two_sprints(world).past(AS_OF)
    assert sprint_history(past, CALENDAR) is sprint_history(past, WorkingCalendar())
    assert sprint_history(past, CALENDAR) is not sprint_history(world.past(AS_OF), CALENDAR)
