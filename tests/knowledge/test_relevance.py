"""How much of a question a text holds."""

import pytest

from sprintlib.history.texts import read_texts
from sprintlib.knowledge import FLOOR, relevances, search
from sprintlib.knowledge.store import write_chunks
from tests.world import World, at


@pytest.fixture
def indexed(talk: World) -> World:
    write_chunks(talk.engine, read_texts(talk.engine, talk.settings), frozenset({"github.com"}))
    return talk


def best(world: World, query: str) -> float:
    hits = search(world.engine, world.settings, query, at("03-20"))
    with world.engine.connect() as connection:
        return max(relevances(connection, query, hits).values(), default=0.0)


def test_a_text_with_every_word_holds_everything(indexed: World) -> None:
    assert best(indexed, "sandbox of the provider") == 1.0
    assert best(indexed, "sandboxes") == 1.0  # endings do not count


def test_one_word_of_several_is_not_enough(indexed: World) -> None:
    assert best(indexed, "weather in the sandbox") == 0.0
    assert best(indexed, "sandbox provider kangaroo") < 1.0


def test_nothing_is_held_of_what_nothing_says(indexed: World) -> None:
    assert best(indexed, "asdfgh") == 0.0
    assert FLOOR > 0.5
