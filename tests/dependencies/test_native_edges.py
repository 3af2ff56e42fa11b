"""Edges that GitHub keeps itself are those that the simulation recorded, at any moment."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sprintlib.dependencies import find_dependencies
from sprintlib.github import ingest_dataset
from sprintlib.history import load_state
from sprintlib.settings import parse
from sprintlib.store import open_store
from sprintsim.simulation import EventLog, write_startup

TODAY, SEEDS, MOMENTS = date(2026, 11, 23), (1, 2, 3), 20
Pair = tuple[str, str]


def test_native_edges_are_all_there_and_no_others(tmp_path: Path) -> None:
    compared = 0
    for seed in SEEDS:
        folder = tmp_path / str(seed)
        event_log = write_startup(folder, seed, TODAY)
        engine = open_store(f"sqlite:///{tmp_path / f'{seed}.db'}")
        names = ingest_dataset(engine, folder, "startup")
        settings = parse({"home": tmp_path, "project": {"name": "startup", "repositories": names}})
        for moment in moments():
            past = load_state(engine, settings, moment)
            edges = find_dependencies(past)
            told = {(row["waiting"], row["blocker"]) for row in edges.to_dicts() if "native" in row["sources"]}
            open_then = set(past.items.filter(state="open")["ref"])
            expected = {pair for pair in recorded(event_log, names, moment) if pair[0] in open_then}
            assert told == expected
            compared += len(expected)
        engine.dispose()
    assert compared > 30


def moments() -> Iterator[datetime]:
    """Days of the last weeks, at noon."""
    last = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC) - timedelta(days=1)
    return (last - timedelta(days=4 * number) for number in range(MOMENTS))


def recorded(event_log: EventLog, names: list[str], moment: datetime) -> Iterator[Pair]:
    """Who waits for whom by then, by what people did in the simulation."""
    full = {name.rpartition("/")[2]: name for name in names}
    for one in event_log.happenings:
        if one.kind == "blocked_by_added" and one.other and one.at <= moment:
            yield f"{full[one.repo]}#{one.number}", f"{full[one.other[0]]}#{one.other[1]}"
