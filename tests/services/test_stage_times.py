"""How work flows through a team: merged pull requests by stage, and open work by how long it stands there."""

from datetime import UTC, datetime

import pytest

from sprintlib.project import ProjectHandle
from sprintlib.services import Flow, flow
from tests.world import World

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def seen(team: World) -> Flow:
    team.flush()
    return flow(ProjectHandle(team.settings, team.engine, lambda: NOW), NOW, "Sprint 2")


def open_pull(team: World, number: int, **more: object) -> None:
    team.pull(number, created="03-17 12:00", milestone=2, **more)
    team.event(number, "milestoned", "03-17 12:00", subject="Sprint 2")


def test_work_in_progress_stands_in_its_stage_since_that_began(team: World):
    open_pull(team, 91)
    open_pull(team, 92)
    team.comment(92, "please rename it", "03-18 12:00", author="ben")
    open_pull(team, 93)
    team.review(93, "approved", "03-19 12:00", author="ben")
    team.event(14, "assigned", "03-18 00:00", subject="ann", actor="ann")
    found = {one.ref: (one.stage, one.days) for one in seen(team).ageing}
    assert found == {
        "acme/api#14": ("coding", 2.5),
        "acme/api#91": ("pickup", 3.0),
        "acme/api#92": ("review", 2.0),
        "acme/api#93": ("merge", 1.0),
    }


def test_the_longest_comes_first(team: World):
    open_pull(team, 91)
    open_pull(team, 92)
    team.comment(92, "please rename it", "03-18 12:00", author="ben")
    assert [one.ref for one in seen(team).ageing] == ["acme/api#91", "acme/api#92"]


@pytest.mark.parametrize(("merged", "known"), [(4, (None, None)), (5, (1.0, 1.0))])
def test_percentiles_need_five_pull_requests(team: World, merged: int, known: tuple[float | None, float | None]):
    for number in range(101, 101 + merged):
        team.pull(number, created="03-17 09:00", closed="03-18 09:00", merged="03-18 09:00")
        team.event(number, "merged", "03-18 09:00")
        team.event(number, "closed", "03-18 09:00")
    found = seen(team)
    assert [one.cycle for one in found.merged] == [1.0] * merged
    assert (found.of("cycle").n, found.of("cycle").p50, found.of("cycle").p85) == (merged, *known)
    assert (found.of("review").n, found.of("review").p50) == (0, None)
