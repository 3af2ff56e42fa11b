"""A home with the startup of `sprint demo` in its store: the same facts every time, without a server between."""

from datetime import UTC, date, datetime
from pathlib import Path

from sprintlib.demo import PROJECT, REPOSITORIES
from sprintlib.github import ingest_dataset
from sprintlib.store import open_store
from sprintsim.simulation import write_startup

SEED = 4
TODAY = date(2026, 11, 23)
AS_OF = "2026-11-23T08:00:00Z"
SETTINGS = (
    f'[project]\nname = "{PROJECT}"\nrepositories = ["{REPOSITORIES[0]}", "{REPOSITORIES[1]}", "{REPOSITORIES[2]}"]\n'
    'time_zone = "UTC"\n'
)


def startup_home(folder: Path) -> Path:
    """Simulate the startup into a folder and collect it: sprint.toml and data/sprint.db."""
    (folder / "sprint.toml").write_text(SETTINGS, encoding="utf-8")
    write_startup(folder / "github", SEED, TODAY)
    engine = open_store(f"sqlite:///{folder / 'data' / 'sprint.db'}")
    ingest_dataset(engine, folder / "github", PROJECT, datetime(2026, 11, 23, 8, tzinfo=UTC))
    engine.dispose()
    return folder


__all__ = ["AS_OF", "SEED", "TODAY", "startup_home"]
