"""The same search on PostgreSQL, with its own full text."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from sprintlib.history.texts import read_texts
from sprintlib.knowledge import search
from sprintlib.knowledge.store import Changes, write_chunks
from sprintlib.store import open_store
from tests.store.conftest import postgresql
from tests.world import World, at

__all__ = ["postgresql"]
HOSTS = frozenset({"github.com"})


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = open_store(request.getfixturevalue("postgresql"))
    yield engine
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    engine.dispose()


def test_indexing_and_searching(engine: Engine) -> None:
    world = World(engine)
    world.issue(14, title="Payment intents", body="Everything stands on it.")
    world.comment(14, "The sandbox of the provider is down.", "03-18 10:00")
    world.commit("abc1234def5678abc1234def5678abc1234def56", "03-18 12:00", None, "Retry refunds")
    world.flush()
    texts = list(read_texts(engine, world.settings))
    assert write_chunks(engine, texts, HOSTS) == Changes(3, 0, 0)
    assert write_chunks(engine, texts, HOSTS) == Changes(0, 0, 0)
    assert search(engine, world.settings, "sandbox")[0].excerpt == "The sandbox of the provider is down."
    assert search(engine, world.settings, "what is abc1234?")[0].ref == "acme/api@abc1234"
    assert search(engine, world.settings, "#14")[0].kind == "issue"
    assert search(engine, world.settings, "sandbox", as_of=at("03-17 10:00")) == []
    for query in ("", "*", "a & | b", "'quote", "auth.py OR ("):
        assert isinstance(search(engine, world.settings, query), list)
