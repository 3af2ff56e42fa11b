"""Stores to write facts into."""

from pathlib import Path

import pytest

from sprintlib.store import open_store
from tests.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty project."""
    return World(open_store(f"sqlite:///{tmp_path / 'sprint.db'}"), tmp_path)
