"""Simulated startups and archives in a store of their own, for the benchmarks beside this one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from sprintlib.github.dataset import ingest_dataset
from sprintlib.settings import Settings, parse
from sprintlib.store import open_store
from sprintsim.simulation import write_startup

STARTUP = ["sprint-demo/api", "sprint-demo/web", "sprint-demo/mobile"]
TODAY = date(2026, 11, 23)  # of the startups
END = datetime(2026, 11, 22, 23, tzinfo=UTC)  # when their outcomes are looked up
_COLLECTED = datetime(2026, 12, 1, tzinfo=UTC)


@contextmanager
def stored(name: str, repositories: list[str], dataset: Path) -> Iterator[tuple[Engine, Settings]]:
    """A data set, collected into a store that lives as long as the context."""
    with TemporaryDirectory() as folder:
        engine = open_store(f"sqlite:///{Path(folder) / 'sprint.db'}")
        settings = parse({"home": folder, "project": {"name": name, "repositories": repositories}})
        ingest_dataset(engine, dataset, name, _COLLECTED)
        try:
            yield engine, settings
        finally:
            engine.dispose()


@contextmanager
def startup(seed: int) -> Iterator[tuple[Engine, Settings]]:
    """A simulated startup, collected."""
    with TemporaryDirectory() as folder:
        write_startup(Path(folder), seed, TODAY)
        with stored(f"startup-{seed}", STARTUP, Path(folder)) as found:
            yield found


def seeds(text: str) -> range:
    """`161-190`: all of them, both ends included."""
    first, last = text.split("-")
    return range(int(first), int(last) + 1)
