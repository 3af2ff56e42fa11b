"""Citations hold, by a check that shares no code with the product's; benchmarks/citations.py is the same at large."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sprintlib.github.dataset import ingest_dataset
from sprintlib.settings import parse
from sprintlib.store import open_store
from sprintsim.simulation import write_startup
from tests.agents.audit import LIES, Result, audited
from tests.world import World, at


@pytest.mark.slow
def test_what_is_shown_is_stored_and_lies_are_caught(team: World, tmp_path: Path) -> None:
    write_startup(tmp_path / "github", 3, date(2026, 11, 23))
    engine = open_store(f"sqlite:///{tmp_path / 'startup.db'}")
    names = ingest_dataset(engine, tmp_path / "github", "Mooring")
    startup = parse({"home": tmp_path, "project": {"name": "Mooring", "repositories": names}})
    result = Result()
    wednesday = [("2.4 Checkout", datetime(2026, 11, day, 12, tzinfo=UTC)) for day in (16, 18)]
    assert sum(1 for _ in audited(engine, startup, wednesday, 3, result)) == 2
    moments = [("Sprint 2", at("03-18 12:00")), ("Sprint 2", at("03-20 12:00")), ("Sprint 1", at("03-12 12:00"))]
    assert sum(1 for _ in audited(team.engine, team.settings, moments, 7, result)) == 3
    assert result.differing == 0
    for audit in result.audits.values():
        assert (audit.foreign, audit.unfounded) == ([], [])
        assert audit.ids > 200
    assert result.audits["truthful"].numbers > 30
    assert result.kept["true"] >= 0.9 * result.said["true"] > 40
    assert sum(result.said[how] for how in LIES) > 40
    assert result.passed == []
