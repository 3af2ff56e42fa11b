"""Actions, with their gain, actor and evidence."""

from dataclasses import replace

import pytest

from sprintlib.forecast import Change, forecast, what_if
from sprintlib.recommend import Advice, Recommendation, candidates, interventions, recommend, short_id
from sprintlib.risks import find_risks
from tests.risks.contexts import context
from tests.sprints import put
from tests.world import WEB, World


def whole(team: World, as_of: str = "03-20 12:00", title: str = "Sprint 2", target: float | None = None) -> Advice:
    view = context(team, as_of, title)
    if target is not None:
        view = replace(view, target=target)
    return recommend(view, view.inputs, forecast(view.inputs), find_risks(view))


def advice(team: World, as_of: str = "03-20 12:00", title: str = "Sprint 2") -> tuple[Recommendation, ...]:
    return whole(team, as_of, title).recommendations


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
    assert one.change == Change(review=("acme/api#14",))
    assert one.effort == 0.25
    assert (one.why or "").startswith("api#14 waits for a first review (")


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
    (one,) = by_play(whole(team, target=0.04).recommendations, "PB-006")
    assert one.action == (
        "Give acme/api#30 an owner and a date today, and stub its interface so that both sides can move: "
        "acme/api#14 and acme/api#15 wait for it."
    )
    assert (one.expected_gain or 0) > 0.01
    assert one.change == Change(unblock=("acme/api#14", "acme/api#15"))
    assert one.actor is None


def test_freeing_one_of_two_blockers_frees_nothing_and_both_are_offered(team: World) -> None:
    for blocker in (30, 31):
        team.issue(blocker, created="03-10", assignees=["bob"])
        team.event(blocker, "assigned", "03-11", subject="bob")
        team.event(14, "blocked_by_added", "03-17 12:00", subject=f"acme/api#{blocker}")
    (one,) = by_play(whole(team, target=0.04).recommendations, "PB-006")
    assert one.action == "Agree dates for acme/api#30 and acme/api#31 today: acme/api#14 waits for all of them."
    assert (one.effort, one.change) == (1.0, Change(unblock=("acme/api#14",)))
    assert (one.expected_gain or 0) > 0.01


def test_a_blocking_pull_request_elsewhere_is_reviewed_first(team: World) -> None:
    team.pull(5, created="03-10", repo=WEB, author="cleo")
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/web#5")
    (one,) = by_play(whole(team, target=0.04).recommendations, "PB-007")
    assert one.action == "Review acme/web#5 first and write Depends-On in both: acme/api#14 waits for it."
    assert one.actor == "cleo"


def test_what_came_in_later_is_traded(team: World) -> None:
    for number in (30, 31, 32):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
    for number in (14, 15, 16, 17, 18):
        team.pull(number + 6, created="03-16 18:00", body=f"Closes #{number}")
        team.review(number + 6, "approved", "03-19 12:00")
    found = whole(team, target=0.55).recommendations
    (one,) = by_play(found, "PB-009")
    assert one.action.startswith("Trade scope: agree with the lead to move out acme/api#3")
    assert by_play(found, "PB-010") == []


def test_too_much_work_is_cut_by_the_items_least_likely_to_be_done(team: World) -> None:
    found = whole(team)
    (one,) = by_play(found.recommendations, "PB-010")
    assert one.action.startswith("Cut to what the goal needs: agree with the lead to take out or move acme/api#1")
    assert (one.expected_gain or 0) > 0.2
    assert (one.why or "").count("has not been started (") == 3
    assert found.plan is not None
    assert [step.id for step in found.plan.actions] == [one.id]


def test_what_is_taken_out_goes_with_its_pull_request(team: World) -> None:
    team.pull(20, created="03-10 11:00", body="Closes #14")
    found = [one.change for one in advice(team) if one.change and one.change.drop]
    assert [("acme/api#14" in one.drop) == ("acme/api#20" in one.drop) for one in found] == [True]


def test_the_first_actions_are_the_plan_and_reach_the_target(team: World) -> None:
    team.pull(20, created="03-16 12:00", body="Closes #14")
    team.event(20, "review_requested", "03-17 12:00", subject="bob")
    found = whole(team, target=0.5)
    assert found.plan is not None
    assert found.plan.reached
    first = [one.id for one in found.recommendations[: len(found.plan.actions)]]
    assert first == [step.id for step in found.plan.actions]
    together = Change()
    for step in found.plan.actions:
        together = together.and_also(step.change)
    view = context(team)
    assert what_if(view.inputs, together).after.probability == found.plan.probability


def test_nothing_is_cut_where_the_target_is_reached(team: World) -> None:
    found = whole(team, target=0.05)
    assert found.plan is not None
    assert (found.plan.reached, found.plan.actions) == (True, ())
    assert [one for one in found.recommendations if one.change and one.change.drop] == []
    assert found.plan.statement.endswith("and the target is 5%.")


def test_what_would_reach_the_target_is_said_where_no_action_does(team: World) -> None:
    for number in range(30, 50):
        put(team, number, "Sprint 2", "03-13 10:00", milestone=2)
    found = whole(team, target=0.6).plan
    assert found is not None
    assert not found.reached
    later, less = found.alternatives
    assert later.words.startswith("a due date of ")
    assert less.words.startswith("taking out ")
    view = context(team)
    for one in found.alternatives:
        assert what_if(view.inputs, one.change).after.probability == one.probability >= 0.6
        assert what_if(view.inputs, one.change).gain == one.expected_gain
        assert one.words in found.statement.replace("A due", "a due")


def test_an_overdue_sprint_is_told_which_date_would_do(team: World) -> None:
    found = whole(team, "03-30 12:00")
    assert found.plan is not None
    assert found.plan.statement.startswith("The deadline has passed, so no action reaches 80%. A due date of ")
    (date,) = found.plan.alternatives
    assert date.change.due_on is not None
    assert f"{date.change.due_on:%m-%d}" > "03-30"


def test_a_fix_of_the_last_days_is_not_taken_out(team: World) -> None:
    put(team, 30, "Sprint 2", "03-18 10:00", milestone=2)
    team.pull(31, created="03-19 10:00", milestone=2)
    team.event(31, "milestoned", "03-19 10:00", subject="Sprint 2")
    assert [one for one in advice(team) if one.change and "acme/api#31" in one.change.drop] == []


def test_every_gain_is_what_the_what_if_says(team: World) -> None:
    team.pull(20, created="03-16 12:00", body="Closes #14")
    team.event(15, "blocked_by_added", "03-17 12:00", subject="acme/api#16")
    view = context(team)
    gains = [(one.expected_gain, one.change) for one in advice(team) if one.expected_gain is not None]
    assert len(gains) >= 2
    assert [gain for gain, _ in gains] == [what_if(view.inputs, change or Change()).gain for _, change in gains]


def test_a_short_id_stays() -> None:
    assert short_id("pb-006-acme-api-44") == short_id("pb-006-acme-api-44")
    assert len({short_id(f"pb-006-acme-api-{number}") for number in range(500)}) == 500
    assert all(len(short_id(str(number))) == 5 and short_id(str(number)).isalpha() for number in range(50))


def test_a_red_branch_is_urgent_though_the_model_cannot_weigh_it(team: World) -> None:
    team.run(2, "03-19 12:00", "03-19 12:10", "failure")
    found = advice(team)
    (one,) = by_play(found, "PB-013")
    assert one.expected_gain is None
    assert one.action.startswith("Stop the line: Workflow 'tests' has been red on main of acme/api")
    assert [cited.ref for cited in one.evidence] == ["acme/api run 2", "PB-013"]


def test_unassigned_work_near_the_deadline_is_given_out(team: World) -> None:
    view = context(team, "03-26 12:00")
    (one,) = (one for one in candidates(view, find_risks(view)) if one.play == "PB-011")
    assert one.action.startswith("Agree today who takes acme/api#14, acme/api#15, acme/api#16 and 2 more")
    assert one.change is None


def test_without_a_due_date_actions_stay_and_have_no_gain(team: World) -> None:
    team.milestone(2, "Sprint 2", created="03-13")
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    assert [(one.evidence[-1].ref, one.expected_gain) for one in advice(team)] == [("PB-006", None)]


def test_once_the_deadline_has_passed_there_is_no_gain(team: World) -> None:
    assert {one.expected_gain for one in advice(team, "03-30 12:00")} == {None}


def test_at_most_six_the_first_three_about_different_items(team: World) -> None:
    for number, item in enumerate(range(14, 19), start=20):
        team.pull(number, created="03-16 12:00", body=f"Closes #{item}")
    for number in range(30, 36):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
        team.event(number, "blocked_by_added", "03-18 12:00", subject=f"acme/api#{number + 10}")
        team.issue(number + 10, created="03-10")
    found = advice(team)
    assert len(found) <= 6
    assert len({one.id for one in found}) == len(found)
    touched = [ref for one in found[:3] if one.change for ref in one.change.refs]
    assert len(touched) == len(set(touched))
    assert all(one.expected_gain is None or round(100 * one.expected_gain) > 0 for one in found)


def test_nothing_open_needs_no_action(team: World) -> None:
    assert advice(team, "03-13 20:00", "Sprint 1") == ()


def test_long_names_stay_within_the_column(team: World) -> None:
    for number in range(30, 50):
        put(team, number, "Sprint 2", "03-18 10:00", milestone=2)
    assert max(len(one.id) for one in advice(team)) <= 96
