"""An analysis as of t does not move when facts after t do."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sprintlib.analysis import analyze_past
from tests.sprints import AS_OF, put, team_in
from tests.world import World


def baseline(world: World) -> None:
    """What was known at t: a blocked item, a pull request under review, a red branch, a due date seen in time."""
    world.snapshot(2, "03-19", "Sprint 2", due="03-27")
    world.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    world.pull(20, created="03-16 12:00", updated="03-16 12:00", body="Closes #16")
    world.event(20, "review_requested", "03-17 12:00", subject="bob")
    world.run(1, "03-19 12:00", "03-19 12:10", "failure")


LATER = {
    "an item closes": lambda w: (
        w.issue(14, created="03-16 09:00", milestone=2, closed="03-23 10:00"),
        w.event(14, "closed", "03-23 10:00"),
    ),
    "an item comes in": lambda w: put(w, 40, "Sprint 2", "03-24 10:00", milestone=2),
    "an item leaves": lambda w: (
        w.issue(15, created="03-16 09:00", updated="03-25 10:00"),
        w.event(15, "demilestoned", "03-25 10:00", subject="Sprint 2"),
    ),
    "a label is given": lambda w: w.event(17, "labeled", "03-23 10:00", subject="blocked"),
    "somebody is assigned": lambda w: w.event(17, "assigned", "03-23 10:00", subject="bob"),
    "somebody says blocked": lambda w: w.comment(17, "Blocked by #18", "03-23 10:00"),
    "a blocker is removed": lambda w: w.event(14, "blocked_by_removed", "03-23 10:00", subject="acme/api#15"),
    "a review comes": lambda w: w.review(20, "changes_requested", "03-20 12:01"),
    "a commit comes": lambda w: w.commit("b" * 40, "03-20 12:01", number=20),
    "a pull request is opened": lambda w: w.pull(21, created="03-20 13:00", body="Closes #17"),
    "the branch turns green": lambda w: w.run(2, "03-20 12:30", "03-20 12:40", "success"),
    "the deadline moves": lambda w: w.milestone(2, "Sprint 2", created="03-13", due="04-30", updated="03-24"),
    "the milestone closes": lambda w: w.milestone(2, "Sprint 2", created="03-13", due="03-27", closed="04-01"),
    "an item of the finished sprint is reopened": lambda w: (
        w.issue(3, created="03-02 08:00", milestone=1, updated="03-24 10:00"),
        w.event(3, "reopened", "03-24 10:00"),
    ),
    "an item leaves the finished sprint": lambda w: (
        w.issue(4, created="03-02 08:00", closed="03-05 15:00", updated="03-25 10:00"),
        w.event(4, "demilestoned", "03-25 10:00", subject="Sprint 1"),
    ),
    "people comment": lambda w: [w.comment(17, "This is terrible and broken", "03-23 10:00") for _ in range(3)],
    "another milestone opens": lambda w: w.milestone(7, "Sprint 7", created="03-21", due="04-10"),
}


def judged(world: World) -> dict[str, Any]:
    dumped = analyze_past(world.past(AS_OF), world.settings).model_dump(mode="json", exclude={"timings"})
    for milestone in dumped["milestones"]:
        del milestone["timings"], milestone["known_later"]
    return dumped


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(LATER)), unique=True, min_size=1))
def test_what_happens_later_moves_nothing(tmp_path_factory: Any, happenings: list[str]) -> None:
    world = team_in(tmp_path_factory.mktemp("leaks"))
    baseline(world)
    before = judged(world)
    for happening in happenings:
        LATER[happening](world)
    assert judged(world) == before


def test_the_check_would_notice(team: World) -> None:
    """The same happenings before t move the analysis."""
    baseline(team)
    before = judged(team)
    team.event(17, "labeled", "03-18 10:00", subject="blocked")
    assert judged(team) != before
