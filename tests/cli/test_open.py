"""The right page of the dashboards, in a browser."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from sprintlib.cli.main import sprint
from sprintlib.dashboards.widgets.pages import find_page, pages
from sprintlib.errors import SettingsError
from tests.conftest import ROOT

SETTINGS = '[project]\nname = "shop"\nrepositories = ["acme/api"]\ntime_zone = "UTC"\n'


def run(home: Path, *arguments: str) -> str:
    (home / "sprint.toml").write_text(SETTINGS)
    done = CliRunner().invoke(sprint, ["open", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output.strip()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_page_has_its_address(home: Path) -> None:
    start = "http://127.0.0.1:8866/voila/render/"
    assert run(home, "--print") == f"{start}overview.ipynb"
    assert run(home, "dependencies", "--print") == f"{start}dependencies.ipynb"
    asked = ("--milestone", "2.4 & more", "--as-of", "2026-11-20", "--port", "9000")
    assert run(home, "milestone", *asked, "--print") == (
        "http://127.0.0.1:9000/voila/render/milestone.ipynb?milestone=2.4+%26+more&as_of=2026-11-20"
    )


def test_nothing_is_served(home: Path) -> None:
    (home / "sprint.toml").write_text(SETTINGS)
    with pytest.raises(SettingsError, match=r"Nothing is served on port 1: run 'sprint dashboards' first"):
        CliRunner().invoke(sprint, ["open", "--port", "1"], catch_exceptions=False)


def test_a_page_is_a_notebook_and_a_module_of_one_name() -> None:
    assert set(pages()) == {path.stem for path in (ROOT / "dashboards").glob("*.ipynb")}
    assert find_page("no such page").name == "overview"
    assert {name for name, page in pages().items() if not page.has_milestone} == {"health", "overview", "reports"}
    assert {name for name, page in pages().items() if not page.has_day} == {"health", "reports"}
