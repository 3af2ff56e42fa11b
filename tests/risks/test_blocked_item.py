"""Items that wait for another item."""

from sprintlib.risks.blocked_item import detect
from tests.risks.contexts import context
from tests.sprints import API, WEB
from tests.world import World


def test_a_block_in_the_same_repository(team: World) -> None:
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    (risk,) = detect(context(team))
    assert risk.kind == "blocked_item"
    assert risk.statement == (
        'acme/api#14 "Item 14" has waited 3 working days for acme/api#15 "Item 15", which nobody is assigned to.'
    )
    assert (risk.severity, risk.actor, risk.items) == ("high", None, ("acme/api#14", "acme/api#15"))
    assert {one.ref for one in risk.evidence} == {"acme/api#14", "acme/api#15"}
    assert risk.rule.startswith(
        "An open item has been blocked by another open item for more than 1 working day (here by GitHub"
    )


def test_an_assigned_blocker_names_who_can_act(team: World) -> None:
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    team.event(15, "assigned", "03-18", subject="bob")
    (risk,) = detect(context(team))
    assert (risk.severity, risk.actor) == ("medium", "bob")
    assert risk.statement.endswith("where bob can act next.")


def test_a_block_across_repositories_from_text(team: World) -> None:
    team.issue(5, created="03-10", repo=WEB, title="Endpoint")
    team.comment(14, "Blocked by acme/web#5 for now.", "03-18 12:00", author="cleo")
    (risk,) = detect(context(team))
    assert (risk.kind, risk.severity) == ("cross_repository_block", "high")
    assert 'for acme/web#5 "Endpoint" in another repository' in risk.statement
    said = risk.evidence[-1]
    assert (said.kind, said.ref) == ("comment", "acme/api#14")
    assert said.note == "Blocked by acme/web#5 for now."
    assert "#issuecomment-" in said.url


def test_a_block_of_its_pull_request_is_a_block_of_the_item(team: World) -> None:
    team.pull(20, created="03-17 12:00", body="Closes #14")
    team.event(20, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    (risk,) = detect(context(team))
    assert risk.items == ("acme/api#14", "acme/api#15")


def test_the_wait_begins_when_the_blocker_exists(team: World) -> None:
    team.issue(30, created="03-19 06:00")
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#30")
    assert detect(context(team, blocked_days=1.5)) == []


def test_a_closed_blocker_blocks_nothing(team: World) -> None:
    team.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#11")
    assert detect(context(team)) == []


def test_a_fresh_block_is_no_risk_yet(team: World) -> None:
    team.event(14, "blocked_by_added", "03-20 09:00", subject="acme/api#15")
    assert detect(context(team)) == []


def test_a_label_without_a_blocker_is_told_as_such(team: World) -> None:
    team.event(14, "labeled", "03-17 12:00", subject="blocked")
    (risk,) = detect(context(team))
    assert risk.statement == (
        'acme/api#14 "Item 14" has waited 3 working days with a label that says blocked, but nothing says by what.'
    )
    assert risk.items == ("acme/api#14",)


def test_a_blocker_outside_the_project_is_not_ours_to_judge(team: World) -> None:
    team.event(14, "blocked_by_added", "03-17 12:00", subject="other/lib#7")
    assert detect(context(team)) == []


def test_what_waits_outside_the_sprint_is_no_risk_of_the_sprint(team: World) -> None:
    team.issue(40, created="03-10", repo=API)
    team.event(40, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    assert detect(context(team)) == []
