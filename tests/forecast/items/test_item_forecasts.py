"""Whether each open item of a sprint closes in time."""

import pytest

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast import build_inputs, item_forecasts
from sprintlib.forecast.model import ItemForecast
from sprintlib.history import find_sprints
from tests.sprints import AS_OF, put, second_sprint, two_sprints
from tests.world import World

CALENDAR = WorkingCalendar()


def told(world: World, as_of: str = AS_OF, blocked: tuple[str, ...] = ()) -> dict[str, ItemForecast]:
    sprint = find_sprints(world.past(as_of), CALENDAR, "Sprint 2")[0]
    return {found.ref: found for found in item_forecasts(build_inputs(sprint, blocked))}


def test_every_open_item_of_the_sprint_has_a_probability(world: World) -> None:
    found = told(two_sprints(world))
    assert list(found) == [f"acme/api#{number}" for number in (14, 15, 16, 17, 18)]
    first = found["acme/api#14"]
    assert (first.kind, first.stage, first.inside, first.blocked) == ("issue", "untouched", True, False)
    assert (first.basis, first.n_history, first.reason) == ("prior", 13, None)
    assert first.closes_by_due == pytest.approx(0.78, abs=0.03)


def test_a_pull_request_that_carries_an_item_is_told_beside_it(world: World) -> None:
    two_sprints(world)
    world.pull(30, created="03-19 09:00", body="Closes #15")
    found = told(world)
    assert list(found)[:3] == ["acme/api#14", "acme/api#15", "acme/api#30"]
    carrier = found["acme/api#30"]
    assert (carrier.kind, carrier.inside, carrier.carries, carrier.stage) == ("pull", False, ("acme/api#15",), "opened")
    assert found["acme/api#15"].stage == "opened"
    assert (found["acme/api#15"].closes_by_due or 0) > (found["acme/api#14"].closes_by_due or 1)


def test_the_further_an_item_the_likelier_it_closes(world: World) -> None:
    two_sprints(world)
    for number, item in ((30, 15), (31, 16), (32, 17)):
        world.pull(number, created="03-19 09:00", body=f"Closes #{item}", draft=number == 30)
    world.review(32, "APPROVED", "03-19 15:00")
    found = told(world)
    stages = [found[f"acme/api#{number}"].stage for number in (14, 15, 16, 17)]
    assert stages == ["untouched", "begun", "opened", "approved"]
    chances = [found[f"acme/api#{number}"].closes_by_due or 0 for number in (14, 15, 16, 17)]
    assert chances == sorted(chances)


def test_a_blocked_item_is_less_likely(world: World) -> None:
    two_sprints(world)
    free, blocked = told(world), told(world, blocked=("acme/api#14",))
    assert blocked["acme/api#14"].blocked
    assert (blocked["acme/api#14"].closes_by_due or 1) < (free["acme/api#14"].closes_by_due or 0)


@pytest.mark.parametrize(
    ("due", "as_of", "reason"),
    [
        (None, AS_OF, "The milestone has no due date"),
        ("03-18", AS_OF, "The deadline passed on Wed 18 Mar 2026."),
    ],
)
def test_without_time_left_there_is_a_reason(world: World, due: str | None, as_of: str, reason: str) -> None:
    found = told(two_sprints(world, due=due), as_of)["acme/api#14"]
    assert found.closes_by_due is None
    assert (found.reason or "").startswith(reason)


def test_too_few_closings_are_refused(world: World) -> None:
    second_sprint(world)
    found = told(world)["acme/api#14"]
    assert (found.closes_by_due, found.basis) == (None, "insufficient-data")
    assert found.reason == ("Only 3 items closed in the 90 days before; a probability of single items needs 5.")


def test_a_team_that_closes_little_is_believed_less(world: World) -> None:
    quick = told(two_sprints(world))["acme/api#14"].closes_by_due
    for number in range(40, 70):
        put(world, number, "Sprint 1", "03-02 08:00", milestone=1)
    slow = told(world)["acme/api#14"].closes_by_due
    assert (slow or 1) < (quick or 0)
