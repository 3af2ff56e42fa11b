"""A home folder whose notebooks show hand-made analyses, so that reports are tested without an analysis."""

from pathlib import Path

import pytest

from sprintlib import settings as settings_module
from sprintlib.settings import Settings

ZOO = Path(__file__).parent / "zoo"


@pytest.fixture(scope="session")
def vega_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The charting script, put together once for all tests."""
    return tmp_path_factory.mktemp("vega")


@pytest.fixture
def settings(tmp_path: Path, vega_cache: Path) -> Settings:
    """Settings of a project called demo, in whose home the zoo's notebooks find the charting script."""
    (tmp_path / "vega").symlink_to(vega_cache)
    (tmp_path / "sprint.toml").write_text(
        '[project]\nname = "demo"\nrepositories = ["sprint-demo/api", "sprint-demo/web"]\n'
        "[backup]\ndaily = false\n"
        '[llm]\nhost = "http://127.0.0.1:9"\n',  # no model answers there, whatever runs on this machine
        encoding="utf-8",
    )
    return settings_module.load(tmp_path)
