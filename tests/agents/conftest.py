"""A team with one sprint behind it and one under way, in which something is blocked and something waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sprintlib.agents import AnalysisContext, Workflow, open_workflow
from tests.sprints import put, team_in
from tests.world import World


@pytest.fixture
def team(tmp_path: Path) -> World:
    """Sprint 2 of tests.sprints with a blocked item, a stale pull request and one item added."""
    world = team_in(tmp_path)
    world.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    world.pull(20, created="03-16 12:00", title="Cache the cart", body="Closes #16", author="ann")
    world.event(20, "review_requested", "03-17 12:00", subject="bob")
    put(world, 30, "Sprint 2", "03-18 10:00", milestone=2)
    world.comment(14, "The cart needs the new tax table first.", "03-18 09:00", author="cleo")
    world.flush()
    return world


@pytest.fixture
def analysis_context(team: World) -> AnalysisContext:
    return AnalysisContext(team.engine, team.settings)


@pytest.fixture
def chain(analysis_context: AnalysisContext) -> Iterator[Workflow]:
    with open_workflow(analysis_context) as chain:
        yield chain
