"""A team with one sprint behind it and one under way."""

from pathlib import Path

import pytest

from tests.sprints import team_in
from tests.world import World


@pytest.fixture
def team(tmp_path: Path) -> World:
    """Both sprints of tests.sprints in acme/api."""
    return team_in(tmp_path)
