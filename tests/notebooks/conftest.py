"""A small home for notebooks to run in."""

from pathlib import Path

import pytest

from tests.sprints import team_in


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sprints, an item that is blocked, and settings as a user has them."""
    folder = tmp_path_factory.mktemp("home")
    world = team_in(folder)
    world.event(14, "blocked_by_added", "03-17 12:00", subject="acme/api#15")
    world.issue(15, created="03-16 09:00", milestone=2, title="<script>alert(1)</script>")
    world.flush()
    world.engine.dispose()
    (folder / "sprint.toml").write_text('[project]\nname = "acme"\nrepositories = ["acme/api", "acme/web"]\n')
    return folder
