"""Webhooks, refreshes and syncs of one history, in any order, with repeats and losses, end in the store of one sync."""

import json
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from sprintlib import inbox
from sprintlib.github import sync
from sprintlib.settings import Settings, parse
from sprintlib.store import open_store, schema
from sprintlib.worker import RefreshThread, Worker
from sprintsim.fake_github import running
from tests.github import shop
from tests.github.conftest import HASTE, NOW
from tests.github.stores import FACTS, contents, differences
from tests.leaks import CAREFUL
from tests.live_github import KINDS, Delivery, LiveGitHub, signed

# a picture a day is a matter of the day; a title's proof is any item that showed it
TABLES = [table for table in FACTS if table is not schema.snapshot]
_HAPPENS = st.tuples(st.sampled_from(KINDS), st.integers(0, 9), st.integers(0, 2))
_DOES = st.tuples(st.sampled_from(("deliver", "deliver", "repeat", "refresh", "sync")), st.integers(0, 9), st.just(0))
STEPS = st.lists(st.one_of(_HAPPENS, _HAPPENS, _DOES), min_size=4, max_size=18)


class Live:
    """A worker on a store, and the GitHub it follows."""

    def __init__(self, engine: Engine, settings: Settings, github: LiveGitHub) -> None:
        self.engine, self.settings, self.github = engine, settings, github
        self.sent: list[Delivery] = []
        self.waiting: list[Delivery] = []
        self._asked = False
        self._refreshes = RefreshThread(engine, settings, HASTE)

    def take(self, step: tuple[str, int, int]) -> None:
        kind, who, seconds = step
        if kind == "deliver":
            self.deliver(who)
        elif kind == "repeat" and self.sent:
            self.put(self.sent[who % len(self.sent)])
        elif kind == "refresh":
            self.refresh()
        elif kind == "sync":
            self.sync()
        elif kind in KINDS:
            # GitHub's clock goes on between an answer and what happens next
            self.waiting += self.github.act(kind, who, max(seconds, int(self._asked)))
            self._asked = False

    def deliver(self, which: int) -> None:
        if self.waiting:
            self.put(self.waiting.pop(which % len(self.waiting)))

    def put(self, delivery: Delivery) -> None:
        self.sent.append(delivery)
        event, payload = delivery
        body = json.dumps(payload).encode()
        # each time under another id: the body tells that it is the same
        inbox.receive(self.engine, f"guid-{len(self.sent)}", event, signed(event, body), body)
        worker = Worker(self.engine, self.settings)
        for one in inbox.claim(self.engine, worker.holder):
            inbox.apply_delivery(self.engine, self.settings, one)
            inbox.finish(self.engine, [one.id], worker.holder)

    def refresh(self) -> None:
        self._asked = True
        while self._refreshes.step():
            pass

    def sync(self) -> None:
        self._asked = True
        sync(self.engine, self.settings, None, retry_policy=HASTE)


@contextmanager
def live() -> Iterator[Live]:
    folder = Path(tempfile.mkdtemp(prefix="sprint-live-"))
    github = LiveGitHub(shop.dataset(), NOW)
    try:
        with running([github.dataset], clock=lambda: github.now) as url:
            engine = open_store(f"sqlite:///{folder / 'live' / 'sprint.db'}")
            yield Live(engine, settings_for(folder / "live", url), github)
            engine.dispose()
    finally:
        shutil.rmtree(folder)


def settings_for(home: Path, url: str) -> Settings:
    github = {"api_url": url, "details_days": 3650, "clone": False}
    return parse({"home": home, "project": {"name": "acme", "repositories": [shop.NAME]}, "github": github})


def fresh(home: Path, url: str) -> dict[str, Any]:
    """What one sync of all of it stores."""
    engine = open_store(f"sqlite:///{home / 'sprint.db'}")
    sync(engine, settings_for(home, url), None, retry_policy=HASTE)
    found = contents(engine, TABLES, without=("proof",))
    engine.dispose()
    return found


def assert_same_as_fresh(world: Live) -> None:
    with tempfile.TemporaryDirectory() as folder:
        whole = fresh(Path(folder), world.settings.github.api_url)
    assert not differences(contents(world.engine, TABLES, without=("proof",)), whole)


@pytest.mark.slow
@given(STEPS, st.booleans(), st.randoms(use_true_random=False))
@settings(CAREFUL, max_examples=12)
def test_any_interleaving_ends_in_the_store_of_one_sync(
    steps: list[tuple[str, int, int]], lost: bool, chance: random.Random
) -> None:
    with live() as world:
        for step in steps:
            world.take(step)
        if not lost:
            chance.shuffle(world.waiting)
            while world.waiting:
                world.deliver(0)
        world.sync()
        assert_same_as_fresh(world)


def test_webhooks_and_refreshes_alone_tell_all_about_the_items() -> None:
    """Without another sync: what is told of items, reviews, events and comments is what GitHub has."""
    with live() as world:
        world.sync()
        for kind in KINDS:
            for who in (0, 3):
                world.take((kind, who, 1))
        while world.waiting:
            world.deliver(0)
        world.refresh()
        with tempfile.TemporaryDirectory() as folder:
            whole = fresh(Path(folder), world.settings.github.api_url)
        found = contents(world.engine, TABLES, without=("proof",))
    ours = {name: rows for name, rows in found.items() if name not in ("milestone", "project", "organization")}
    assert not differences(ours, {name: whole[name] for name in ours})


def test_a_payload_and_a_timeline_tell_one_event() -> None:
    with live() as world:
        world.sync()
        before = contents(world.engine, [schema.event, schema.review])
        world.take(("review", 3, 1))
        world.take(("close", 0, 1))
        for _ in range(2):
            world.waiting = [*world.waiting, *world.waiting]
            while world.waiting:
                world.deliver(0)
            world.refresh()
            world.sync()
        after = contents(world.engine, [schema.event, schema.review])
    assert {name: sum((after[name] - before[name]).values()) for name in after} == {"event": 1, "review": 1}
