"""The same facts on PostgreSQL, where a server is installed."""

from pathlib import Path

from sqlalchemy import Engine

from sprintlib.github import ingest_dataset, sync
from tests.github import shop
from tests.github.conftest import HASTE, MakeSettings
from tests.github.stores import CURSORS, FACTS, contents, differences
from tests.github.test_dataset import write


def test_datasets(on_postgresql: Engine, engine: Engine, tmp_path: Path):
    folder = write(tmp_path / "shop", shop.documents(), repository=shop.REPOSITORY, milestones=[shop.milestone()])
    for store in (on_postgresql, on_postgresql, engine):
        ingest_dataset(store, folder, "acme")
    assert differences(contents(on_postgresql), contents(engine)) == {}


def test_sync(on_postgresql: Engine, engine: Engine, url: str, make_settings: MakeSettings, tmp_path: Path):
    for store, home in ((on_postgresql, tmp_path / "one"), (engine, tmp_path / "two")):
        sync(store, make_settings(url, home=home), None, retry_policy=HASTE)
        again = sync(store, make_settings(url, home=home), None, retry_policy=HASTE)
        assert (again.requests, again.not_modified) == (9, 9)
    assert differences(contents(on_postgresql, [*FACTS, *CURSORS]), contents(engine, [*FACTS, *CURSORS])) == {}
