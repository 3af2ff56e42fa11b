"""The same facts give the same past on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import Engine

from sprintlib.history.state import ProjectState
from sprintlib.store import open_store
from tests.world import World


def told(engine: Engine) -> ProjectState:
    world = World(engine)
    world.milestone(1, "a", due="04-01", closed="03-08")
    world.issue(1, milestone=1, body="blocked by #2", updated="03-20")
    world.issue(1, milestone=1, body="as seen", updated="03-03", observed="03-04")
    world.event(1, "milestoned", "03-02 09:00", "a", observed="03-03")
    world.pull(2, merged="03-04 10:00:00.123456")
    world.comment(1, "hello", "03-03")
    world.review(2, "approved", "03-03")
    world.commit("a" * 40, "03-03", 2)
    world.run(1, "03-03", "03-03 00:10")
    world.blocked_by(1, "acme/web#3", "03-04")
    world.snapshot(1, "03-05", "a")
    return world.past("03-10")


def values(past: ProjectState) -> Iterator[tuple[str, Any]]:
    """Everything that a past holds, by name."""
    for whole in (past, past.holdings):
        names = (one.name for one in fields(whole) if one.name not in ("holdings", "listed"))
        yield from ((name, getattr(whole, name)) for name in names)
    yield from past.listed.items()


def test_the_same_past(on_postgresql: Engine, tmp_path: Path) -> None:
    on_sqlite = open_store(f"sqlite:///{tmp_path / 'sprint.db'}")
    one, other = told(on_postgresql), told(on_sqlite)
    on_sqlite.dispose()
    frames = dict(values(one))
    for name, theirs in values(other):
        mine = frames[name]
        if not isinstance(mine, pl.DataFrame):
            assert mine == theirs, name
            continue
        assert mine.equals(theirs), name
        assert mine.schema == theirs.schema, name
    assert one.items["body"].to_list() == ["as seen", None]
