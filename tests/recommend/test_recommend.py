"""Actions, with their gain, actor and evidence."""

from typing import Any

import pytest

from sprintlib.forecast import build_inputs, clamp, forecast, probability_in_time
from sprintlib.recommend import Recommendation, interventions, recommend
from sprintlib.risks import find_risks
from tests.risks.contexts import context
from tests.sprints import put
from tests.world import WEB, World


def advice(team: World, as_of: str = "03-20 12:00", title: str = "Sprint 2", **more: Any) -> tuple[Recommendation, ...]:
    view = context(team, as_of, title, **more)
    inputs = build_inputs(view.sprint, {blocked_item.item for blocked_item in view.blocked_items})
    return recommend(view, inputs, forecast(inputs), find_risks(view))


def by_play(found: tuple[Recommendation, ...], play: str) -> list[Recommendation]:
    return [one for one in found if one.evidence[-1].ref == play]


def test_the_playbook_is_complete_and_sourced() -> None:
    entries = interventions()
    assert sorted(entries) == [f"PB-{number:03d}" for number in range(1, 21)]
    assert entries["PB-006"].risk == "blocked"
    cited = entries["PB-006"].cite()
    assert (cited.ref, cited.kind) == ("PB-006", "playbook")
    assert cited.url.startswith("https://docs.github.com/")


def test_the_playbook_is_the_one_that_was_researched(pytestconfig: pytest.Config) -> None:
    original = pytestconfig.rootpath.parent / "shared/data/playbook/interventions.jsonl"
    if not original.is_file():
        pytest.skip("the research folder is not beside this clone")
    shipped = pytestconfig.rootpath / "sprintlib/recommend/playbook.jsonl"
    assert shipped.read_bytes() == original.read_bytes()


def test_a_stale_pull_request_is_given_to_the_one_who_owes_the_move(team: World) -> None:
    team.pull(20, created="03-16 12:00", body="Closes #14")
    team.event(20, "review_requested", "03-17 12:00", subject="bob")
    (one,) = by_play(advice(team), "PB-001")
    assert one.action == "Ask bob for a review of acme/api#20 at the next natural break, or offer 15 minutes as a pair."
    assert (one.id, one.actor) == ("pb-001-acme-api-20-acme-api-14", "bob")
    assert [cited.ref for cited in one.evidence] == ["acme/api#20", "acme/api#14", "PB-001"]
    assert one.expected_gain == pytest.approx(0.027, abs=0.01)  # its item was the likeliest to close already


def test_an_author_is_asked_to_go_through_the_threads(team: World) -> None:
    team.pull(20, created="03-16 12:00", body="Closes #14", author="ann")
    team.review(20, "changes_requested", "03-17 12:00")
    (one,) = by_play(advice(team), "PB-003")
    assert one.action.startswith("Go through the open threads of acme/api#20 with ann:")


def test_nobody_to_ask_is_said_so(team: World) -> None:
    team.pull(20, created="03-16 12:00", body="Closes #14", author=None)
    assert by_play(advice(team), "PB-001")[0].action.startswith(
        "Ask one named maintainer to review or merge acme/api#20"
    )


def test_a_blocker_gets_an_owner_and_the_gain_of_what_it_frees(team: World) -> None:
    for number in (14, 15):
        team.event(number, "blocked_by_added", "03-17 12:00", subject="acme/api#30")
    team.issue(30, created="03-10")
    (one,) = by_play(advice(team), "PB-006")
    assert one.action == (
        "Give acme/api#30 an owner and a date today, and stub its interface so that both sides can move: "
        "acme/api#14 and acme/api#15 wait for it."
    )
    assert one.expected_gain > 0
    assert one.actor is None


def test_freeing_one_of_two_blockers_frees_nothing(team: World) -> None:
    for blocker in (30, 31):
        team.issue(blocker, created="03-10", assignees=["bob"])
        team.event(blocker, "assigned", "03-11", subject="bob")
        team.event(14, "blocked_by_added", "03-17 12:00", subject=f"acme/api#{blocker}")
    assert [(one.expected_gain, one.actor) for one in by_play(advice(team), "PB-006")] == [(0.0, "bob"), (0.0, "bob")]


def test_a_blocking_pull_request_elsewhere_is_reviewed_first(team: World) -> None:
    team.pull(5, created="03-10", repo=WEB, author="cleo")
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/web#5")
    (one,) = by_play(advice(team), "PB-007")
    assert one.action == "Review acme/web#5 first and write Depends-On in both: acme/api#14 waits for it."
    assert one.actor == "cleo"


def test_creep_is_swapped_for_as_few_items_as_are_enough(team: World) -> None:
    for number in (30, 31, 32):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
    (one,) = by_play(advice(team), "PB-009")
    assert one.expected_gain > 0.1
    assert one.action.startswith("Trade scope: move out acme/api#30")
    assert by_play(advice(team), "PB-010") == []


def test_what_is_taken_out_goes_with_its_pull_request(team: World) -> None:
    for number in (30, 31):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
        team.pull(number + 10, created="03-18 11:00", milestone=2, body=f"Closes #{number}")
        team.event(number + 10, "milestoned", "03-18 11:00", subject="Sprint 2")
    (one,) = by_play(advice(team), "PB-009")
    inputs = build_inputs(context(team).sprint)
    after = probability_in_time(inputs.work.without([f"acme/api#{number}" for number in (30, 31, 40, 41)]))
    assert one.expected_gain == pytest.approx(clamp(after) - forecast(inputs).probability)


def test_too_much_work_is_cut(team: World) -> None:
    (one,) = by_play(advice(team), "PB-010")
    assert one.action == (
        "Cut to what the goal needs: let the lead choose 3 items, such as acme/api#14, acme/api#15 and acme/api#16."
    )
    assert one.expected_gain == pytest.approx(0.34, abs=0.02)


def test_the_gain_is_the_difference_of_two_forecasts(team: World) -> None:
    (one,) = by_play(advice(team), "PB-010")
    inputs = build_inputs(context(team).sprint)
    after = probability_in_time(inputs.work.without(["acme/api#14", "acme/api#15", "acme/api#16"]))
    assert one.expected_gain == pytest.approx(clamp(after) - forecast(inputs).probability)


def test_a_red_branch_is_urgent_though_the_model_cannot_weigh_it(team: World) -> None:
    team.run(2, "03-19 12:00", "03-19 12:10", "failure")
    found = advice(team)
    (one,) = by_play(found, "PB-013")
    assert one.expected_gain is None
    assert one.action.startswith("Stop the line: Workflow 'tests' has been red on main of acme/api")
    assert [cited.ref for cited in one.evidence] == ["acme/api run 2", "PB-013"]


def test_unassigned_work_near_the_deadline_is_given_out(team: World) -> None:
    (one,) = by_play(advice(team, "03-26 12:00"), "PB-011")
    assert one.action.startswith("Agree today who takes acme/api#14, acme/api#15, acme/api#16 and 2 more")
    assert one.expected_gain is None


def test_without_a_due_date_actions_stay_and_have_no_gain(team: World) -> None:
    team.milestone(2, "Sprint 2", created="03-13")
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    assert [(one.evidence[-1].ref, one.expected_gain) for one in advice(team)] == [("PB-006", None)]


def test_once_the_deadline_has_passed_there_is_no_gain(team: World) -> None:
    assert {one.expected_gain for one in advice(team, "03-30 12:00")} == {None}


def test_at_most_six_by_gain_without_doubles(team: World) -> None:
    for number, item in enumerate(range(14, 19), start=20):
        team.pull(number, created="03-16 12:00", body=f"Closes #{item}")
    for number in range(30, 36):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
        team.event(number, "blocked_by_added", "03-18 12:00", subject=f"acme/api#{number + 10}")
        team.issue(number + 10, created="03-10")
    found = advice(team)
    gains = [one.expected_gain for one in found]
    assert len(found) == 6
    assert gains == sorted(gains, reverse=True)
    assert len({one.id for one in found}) == 6


def test_nothing_open_needs_no_action(team: World) -> None:
    assert advice(team, "03-13 20:00", "Sprint 1") == ()


def test_long_names_stay_within_the_column(team: World) -> None:
    for number in range(30, 50):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
    assert max(len(one.id) for one in advice(team)) <= 96
