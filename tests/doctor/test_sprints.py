"""What the doctor says of the source of sprints."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from sprintlib.doctor.sprints import check_sprints
from sprintlib.github import sync
from sprintlib.settings import Settings, parse
from sprintlib.store import open_store
from sprintsim.fake_github import running
from tests.github import shop
from tests.github.boards import board
from tests.github.conftest import HASTE

TODAY = date(2026, 3, 20)


@pytest.fixture
def collected(tmp_path: Path) -> Settings:
    """The shop with its one milestone, due on 1 April, and a board."""
    dataset = shop.dataset()
    dataset.set_extra("milestones", [shop.milestone(due_on="2026-04-01T00:00:00Z")])
    dataset.set_extra("boards", [board()])
    with running([dataset], clock=lambda: datetime(2026, 3, 17, tzinfo=UTC)) as url:
        made = of(tmp_path, url, source="projects", project="acme/3")
        engine: Engine = open_store(made.database_url)
        sync(engine, made, None, retry_policy=HASTE)
        engine.dispose()
    return made


def of(home: Path, url: str, **sprints: Any) -> Settings:
    github = {"api_url": url, "details_days": 3650, "clone": False}
    return parse(
        {
            "home": home,
            "project": {"name": "acme", "repositories": [shop.NAME]},
            "github": github,
            "sprints": sprints,
        }
    )


def told(settings: Settings, today: date = TODAY) -> tuple[str, str]:
    check = check_sprints(settings, today)
    return check.state, check.message


def test_milestones(collected: Settings) -> None:
    found = of(collected.home, collected.github.api_url)
    assert told(found) == ("ok", "milestones: 1 open with a due date; Alpha is due 2026-04-01")
    assert told(found, date(2026, 4, 2)) == ("ok", "milestones: 1 open with a due date; Alpha was due 2026-04-01")
    other = found.model_copy(update={"project": found.project.model_copy(update={"repositories": ("acme/other",)})})
    assert told(other) == ("info", "milestones: no open one has a due date")


def test_iterations(collected: Settings) -> None:
    source = "iterations of the GitHub Project acme/3"
    assert told(collected) == ("ok", f"{source}: Sprint 2 is open until 2026-03-29")
    assert told(collected, date(2026, 5, 1)) == ("warn", f"{source}: no one of 2 includes 2026-05-01")
    other = of(collected.home, "http://127.0.0.1:9", source="projects", project="acme/4")
    assert told(other) == ("warn", "iterations of the GitHub Project acme/4: none is known")


def test_a_cadence(tmp_path: Path) -> None:
    found = of(tmp_path, "http://127.0.0.1:9", source="cadence", start="2026-03-02", length="2 weeks")
    assert told(found) == ("ok", "a cadence of 14 days: Sprint 2026-03-16 is open until 2026-03-29")
    assert told(found, date(2026, 3, 29))[1] == "a cadence of 14 days: Sprint 2026-03-16 is open until 2026-03-29"
    assert told(found, date(2026, 3, 1)) == ("warn", "a cadence of 14 days: the first sprint begins on 2026-03-02")
