"""The cheapest actions that reach a probability."""

from sprintlib.forecast import build_inputs, clamp, probability_in_time
from sprintlib.recommend import Plan, cheapest
from sprintlib.risks import find_risks
from tests.risks.contexts import context
from tests.world import World


def plan(team: World, target: float) -> Plan | None:
    view = context(team)
    inputs = build_inputs(view.sprint, {blocked_item.item for blocked_item in view.blocked_items})
    return cheapest(view, inputs, find_risks(view), target)


def test_nothing_is_to_be_done_where_the_target_is_reached(team: World) -> None:
    found = plan(team, 0.2)
    assert found is not None
    assert (found.reached, found.cost, found.actions) == (True, 0.0, ())


def test_the_fewest_items_are_dropped(team: World) -> None:
    found = plan(team, 0.55)
    assert found is not None
    (one,) = found.actions
    assert found.reached
    assert one.action.startswith("Cut to what the goal needs: agree with the lead to take out or move ")
    work = build_inputs(context(team).sprint).work
    assert found.probability == clamp(probability_in_time(work.without(one.items)) or 0)
    assert clamp(probability_in_time(work.without(one.items[:-1])) or 0) < 0.55


def test_a_review_is_cheaper_than_dropping(team: World) -> None:
    team.pull(20, created="03-16 12:00", body="Closes #14", author="ann")
    team.event(20, "review_requested", "03-17 12:00", subject="bob")
    now = probability_in_time(build_inputs(context(team).sprint).work)
    found = plan(team, clamp(now or 0) + 0.01)
    assert found is not None
    assert [(one.items, one.actor, one.cost) for one in found.actions] == [
        (("acme/api#20", "acme/api#14"), "bob", 0.25)
    ]


def test_the_best_is_told_where_the_target_is_out_of_reach(team: World) -> None:
    found = plan(team, 0.96)
    assert found is not None
    assert not found.reached
    assert 0.5 < found.probability < 0.96
    assert 1 <= len(found.actions) <= 3
    assert found.statement.startswith("Nothing found reaches >95% today. The first ")
