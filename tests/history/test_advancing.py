"""A state that is brought forward equals one that is loaded from scratch, whatever happened in between."""

from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from sprintlib.facts.changes import changes_after, forget_changes, position
from sprintlib.history import LoadedHistory, advance, load_history, load_state
from sprintlib.store import schema
from tests.leaks import ACTIONS, CAREFUL, START, emptied
from tests.small_github import Action, FakeGitHub
from tests.world import World, at


def assert_equal(advanced: Any, loaded: Any) -> None:
    """Every field of two states, or of parts of them."""
    for field in fields(advanced):
        one, other = getattr(advanced, field.name), getattr(loaded, field.name)
        if isinstance(one, pl.DataFrame):
            assert one.schema == other.schema, field.name
            assert one.equals(other), f"{field.name}:\n{one}\n{other}"
        elif field.name == "listed":
            assert set(one) == set(other)
            assert all(one[name].equals(other[name]) for name in one)
        elif is_dataclass(one):
            assert_equal(one, other)
        else:
            assert one == other, field.name


@given(st.lists(st.tuples(st.lists(ACTIONS, max_size=6), st.integers(0, 40)), min_size=1, max_size=6))
@settings(CAREFUL, max_examples=20)
def test_a_state_brought_forward_equals_one_loaded_from_scratch(steps: list[tuple[list[Action], int]]) -> None:
    """Steps: what happens, and how many hours behind GitHub's clock the state is afterwards."""
    world = emptied("advancing")
    github = FakeGitHub(world)
    for action in START:
        github.act(action)
    moment = github.now
    history = load_history(world.engine, world.settings, moment)
    for actions, behind in steps:
        for action in actions:
            github.act(action)
        github.act(("sync", 1, 0, 0))
        world.flush()
        moment = max(moment, github.now - timedelta(hours=behind))
        history = advance(history, world.engine, world.settings, moment)
        assert_equal(history.state, load_state(world.engine, world.settings, moment))


def brought_forward(world: World, history: LoadedHistory, moment: str | datetime = "03-10") -> LoadedHistory:
    world.flush()
    when = at(moment) if isinstance(moment, str) else moment
    found = advance(history, world.engine, world.settings, when)
    assert_equal(found.state, load_state(world.engine, world.settings, when))
    return found


@pytest.fixture
def history(world: World) -> LoadedHistory:
    world.milestone(1, "Beta", due="03-20")
    for number in (1, 2, 3):
        world.issue(number, milestone=1)
        world.event(number, "milestoned", "03-02 10:00", "Beta")
    world.flush()
    return load_history(world.engine, world.settings, at("03-09"))


def test_what_differs_is_told(world: World, history: LoadedHistory) -> None:
    world.event(2, "closed", "03-09 08:00", detail="completed")
    world.issue(2, milestone=1, closed="03-09 08:00")
    world.issue(3, milestone=1)  # written again as it was
    found = brought_forward(world, history)
    assert found.touched is not None
    assert found.touched.items == {1: frozenset({2})}
    assert found.touched.milestones == {}
    again = brought_forward(world, found)
    assert again.touched is not None
    assert again.touched.size == 0


def test_a_milestone_that_comes_after_its_items(world: World, history: LoadedHistory) -> None:
    world.issue(4, milestone=2)
    found = brought_forward(world, history)
    world.milestone(2, "Gamma", created="03-04")
    world.event(3, "renamed", "03-09 11:00", "New title", "Item 3")
    found = brought_forward(world, found, "03-11")
    assert found.state.milestones["title"].to_list() == ["Beta", "Gamma"]


def test_a_title_that_is_proved_later_places_items_that_nobody_touched(world: World, history: LoadedHistory) -> None:
    world.issue(5)
    world.event(5, "milestoned", "03-05", "Old name")
    world.event(5, "demilestoned", "03-06", "Old name")
    found = brought_forward(world, history)
    assert found.state.unresolved.height == 1
    world.title(1, "Old name", "03-05")
    assert brought_forward(world, found, "03-11").state.unresolved.is_empty()


def test_a_commit_that_was_on_a_branch_first(world: World, history: LoadedHistory) -> None:
    world.pull(6)
    world.commit("a" * 40, "03-08")
    found = brought_forward(world, history)
    world.commit("a" * 40, "03-08", 6)
    world.commit("b" * 40, "03-12", 6)
    found = brought_forward(world, found, "03-11")
    assert found.state.commits["number"].to_list() == [6]
    assert brought_forward(world, found, "03-13").state.commits["number"].to_list() == [6, 6]


def test_what_github_has_no_longer_leaves_the_state(world: World, history: LoadedHistory) -> None:
    world.gone(schema.issue, "03-09 10:00", repository_id=1, number=3)
    found = brought_forward(world, history)
    assert found.touched is None
    assert found.state.items["number"].to_list() == [1, 2]
    world.gone(schema.milestone, "03-12", repository_id=1, number=1)
    found = brought_forward(world, found, "03-11")
    assert found.state.memberships["left_at"].null_count() == 2
    assert brought_forward(world, found, "03-13").state.memberships.drop_nulls("left_at").height == 3


def test_who_is_too_far_behind_loads_everything(world: World, history: LoadedHistory) -> None:
    world.issue(7)
    world.flush()
    with world.engine.begin() as connection:
        forget_changes(connection, 0)
        assert changes_after(connection, history.position) is None
        assert position(connection) == 0
    found = brought_forward(world, history)
    assert found.touched is None
    assert found.state.items.height == 4


def test_an_earlier_moment_is_loaded(world: World, history: LoadedHistory) -> None:
    assert brought_forward(world, history, "03-05").touched is None


def test_what_nobody_touched_is_not_read_again(world: World, history: LoadedHistory) -> None:
    """The number of rows read depends on what changed, not on what there is."""
    for number in range(10, 200):
        world.issue(number)
        world.event(number, "labeled", "03-03", "bug")
    found = brought_forward(world, history)
    world.event(11, "labeled", "03-09", "blocked")
    world.flush()
    asked: list[str] = []
    event.listen(world.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    advance(found, world.engine, world.settings, at("03-11"))
    of_events = [query for query in asked if "FROM event" in query]
    assert of_events
    assert all("event.number IN" in query or "min(event.observed_at)" in query for query in of_events)
