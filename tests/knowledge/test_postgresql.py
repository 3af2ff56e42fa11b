"""The same search on PostgreSQL, with its own full text."""

from sqlalchemy import Engine

from sprintlib.history.texts import read_texts
from sprintlib.knowledge import search
from sprintlib.knowledge.store import IndexChanges, write_chunks
from tests.world import World, at

HOSTS = frozenset({"github.com"})


def test_indexing_and_searching(on_postgresql: Engine) -> None:
    world = World(on_postgresql)
    world.issue(14, title="Payment intents", body="Everything stands on it.")
    world.comment(14, "The sandbox of the provider is down.", "03-18 10:00")
    world.commit("abc1234def5678abc1234def5678abc1234def56", "03-18 12:00", None, "Retry refunds")
    world.flush()
    texts = list(read_texts(on_postgresql, world.settings))
    assert write_chunks(on_postgresql, texts, HOSTS) == IndexChanges(3, 0, 0)
    assert write_chunks(on_postgresql, texts, HOSTS) == IndexChanges(0, 0, 0)
    assert search(on_postgresql, world.settings, "sandbox")[0].excerpt == "The sandbox of the provider is down."
    assert search(on_postgresql, world.settings, "what is abc1234?")[0].ref == "acme/api@abc1234"
    assert search(on_postgresql, world.settings, "#14")[0].kind == "issue"
    assert search(on_postgresql, world.settings, "sandbox", as_of=at("03-17 10:00")) == []
    for query in ("", "*", "a & | b", "'quote", "auth.py OR ("):
        assert isinstance(search(on_postgresql, world.settings, query), list)
