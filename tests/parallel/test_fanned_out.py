"""What fans out says the same on a cluster as here."""

import shutil
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import Engine, select

from sprintlib import archive
from sprintlib.embedding import installed
from sprintlib.evaluate import backtest, read_dataset
from sprintlib.knowledge import build_index
from sprintlib.reports import run_due
from sprintlib.settings import load, parse
from sprintlib.store import open_store, schema
from sprintlib.store.schema import metadata, vector
from tests.archive import events
from tests.evaluate.folder import write_simulated
from tests.parallel.cluster import Cluster

pytestmark = pytest.mark.slow


def rows(engine: Engine) -> dict[str, list[str]]:
    """All facts; when they were fetched is no part of them."""
    found = {}
    with engine.connect() as connection:
        for name in ("issue", "pull_request", "event", "comment", "review", "commit"):
            table = metadata.tables[name]
            columns = [column for column in table.c if column.name not in ("observed_at", "id")]
            found[name] = sorted(map(repr, connection.execute(select(*columns)).all()))
    return found


def test_hours_of_the_archive(cluster: Cluster, tmp_path: Path) -> None:
    home = parse({"home": tmp_path, "project": {"name": "acme", "repositories": ["acme/shop"]}})
    told = events.of_the_shop()
    files = [events.write(tmp_path / f"{number}.json.gz", told[number::3]) for number in range(3)]
    sources = [(path.name, partial(nullcontext, path)) for path in files]
    found, counted = [], []
    for scheduler in (None, cluster.address):
        engine = open_store(f"sqlite:///{tmp_path / f'{len(found)}.db'}")
        summary = archive.collect(engine, home.project, home.project.repositories, sources, scheduler=scheduler)
        found.append(rows(engine))
        counted.append({**summary.as_dict(), "seconds": 0})
        engine.dispose()
    assert found[0] == found[1]
    assert counted[0] == counted[1]
    assert found[0]["issue"]


@pytest.mark.parametrize("refit", [False, True])
def test_a_backtest(cluster: Cluster, tmp_path: Path, refit: bool) -> None:
    write_simulated(tmp_path, organisations=2, teams=4)
    dataset = read_dataset(tmp_path)
    here = backtest(dataset, refit=refit)
    assert asdict(backtest(dataset, refit=refit, scheduler=cluster.address)) == asdict(here)


@pytest.mark.skipif(not installed(), reason="the packages of locks/knowledge.txt are not installed")
def test_embeddings(cluster: Cluster, startup: Path, tmp_path: Path) -> None:
    found = []
    for name, scheduler in (("here", None), ("there", cluster.address)):
        shutil.copytree(startup, tmp_path / name)
        settings = load(tmp_path / name)
        engine = open_store(settings.database_url)
        with engine.begin() as connection:  # a few hundred texts are enough
            few = select(schema.comment.c.id).order_by(schema.comment.c.id).limit(150)
            connection.execute(schema.comment.delete().where(schema.comment.c.id.not_in(few)))
        summary = build_index(engine, settings, scheduler=scheduler)
        assert summary.embedded == summary.chunks > 256  # more than one batch
        with engine.connect() as connection:
            found.append(
                connection.execute(select(vector.c.chunk_id, vector.c.value).order_by(vector.c.chunk_id)).all()
            )
        engine.dispose()
    assert found[0] == found[1]


def test_reports_that_are_due(cluster: Cluster, startup: Path, tmp_path: Path) -> None:
    shutil.copytree(startup, tmp_path / "home")
    settings = load(tmp_path / "home")
    settings = settings.model_copy(update={"backup": settings.backup.model_copy(update={"daily": False})})
    said: list[str] = []
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    results = run_due(settings, said.append, now, explain=False, scheduler=cluster.address)
    assert results
    assert all(one.ok and Path(one.message).is_file() for one in results), said
    assert [line.partition(": ")[0] for line in said[-len(results) :]] == [one.milestone for one in results]


def test_frames_travel_whole(cluster: Cluster) -> None:
    from sprintlib.parallel import in_order, open_executor

    frame = pl.DataFrame({"a": [1, 2], "at": [datetime(2026, 1, 1, tzinfo=UTC)] * 2})
    with open_executor(cluster.address) as executor:
        (back,) = in_order(executor, pl.DataFrame.clone, [(frame,)])
    assert back.equals(frame)
