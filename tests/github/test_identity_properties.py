"""Whatever changes, and at whatever request of a sync, the next one holds what a new collection holds."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from time import sleep
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from sprintlib.github import comparing, endpoints, items, lists, sync
from sprintlib.github.client import Client
from sprintlib.history import ProjectState, load_state
from sprintlib.settings import Settings, parse
from sprintlib.store import open_store
from sprintlib.store.schema import metadata
from sprintsim.fake_github import Dataset, running
from tests.folders import until_the_end
from tests.github import pair, shop
from tests.github.conftest import HASTE
from tests.github.pair import API, SPRINT, WEB, planned

_KINDS = ("delete", "transfer", "add", "touch", "new node id", "delete milestone", "rename", "become a pull request")
# (what happens, to which one, before which request of the second sync)
Change = tuple[str, int, int]
CHANGES = st.lists(st.tuples(st.sampled_from(_KINDS), st.integers(0, 9), st.integers(0, 25)), min_size=1, max_size=4)
FEW = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


class Clockwork:
    """Changes the repositories at chosen requests."""

    def __init__(self) -> None:
        self.requests = 0
        self.due: list[tuple[int, Callable[[], None]]] = []

    def tick(self) -> None:
        ready = [change for at, change in self.due if at <= self.requests]
        self.due = [(at, change) for at, change in self.due if at > self.requests]
        self.requests += 1
        for change in ready:
            change()


CLOCKWORK = Clockwork()


@pytest.fixture(autouse=True, scope="module")
def _small_pages() -> Iterator[None]:
    """Two entries a page, so that a small repository has many; and a look at the clockwork before each request."""
    usual = Client.get

    def get(self: Client, *arguments: Any, **options: Any) -> Any:
        CLOCKWORK.tick()
        return usual(self, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        for module in (comparing, endpoints, items, lists):
            patch.setattr(module, "PAGE_SIZE", 2)
        patch.setattr(Client, "get", get)
        yield


@cache
def _store(name: str) -> tuple[Engine, Path]:
    folder = until_the_end("identity")
    return open_store(f"sqlite:///{folder}/{name}.db"), folder


def _emptied(name: str) -> tuple[Engine, Path]:
    engine, folder = _store(name)
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    return engine, folder


def _settings(url: str, home: Path, *repositories: str) -> Settings:
    github = {"api_url": url, "details_days": 3650, "clone": False}
    return parse({"home": home, "project": {"name": "acme", "repositories": repositories}, "github": github})


class Story:
    """What happens to the two repositories."""

    def __init__(self) -> None:
        self.api, self.web = pair.both()
        for number in range(5, 9):
            self.api.put(planned(API, number, done=number % 2 == 0))
        two = (shop.milestone(1, SPRINT), shop.milestone(7, "Old plan"))
        self.api.set_extra("milestones", [pair.of(API, one) for one in two])
        self.api.put(planned(API, 9, 7, "Old plan"))
        self.changes = 0

    def now(self) -> str:
        self.changes += 1
        return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"

    def change(self, kind: str, which: int) -> None:
        """One change. GitHub says of nothing but an update that it happened."""
        dataset, repo = (self.web, WEB) if which % 3 == 2 else (self.api, API)
        # not one that was just transferred: where nobody saw its event, nobody can know when it came
        there = sorted(number for number in dataset.items if number <= 40)
        number = there[which % len(there)] if there else None
        if kind == "add":
            new = max([20, *self.api.items, *self.web.items]) + 1
            dataset.put(planned(repo, new, created_at=self.now(), updated_at=self.now()))
        elif kind == "delete milestone":
            self.api.set_extra("milestones", [pair.of(API, shop.milestone(1, SPRINT))])
            if 9 in self.api.items:
                document = self.api.items[9].document()
                (document.get("issue") or document["pull"])["milestone"] = None
                self.api.put(document)
        elif kind == "rename":
            dataset.rename(f"corp{which}/{dataset.full_name.partition('/')[2]}")
        elif number is not None:
            self._change_item(kind, dataset, repo, number)

    def _change_item(self, kind: str, dataset: Dataset, repo: str, number: int) -> None:
        document = dataset.items[number].document()
        issue = document.get("issue")
        if kind == "delete" or (kind == "transfer" and issue):  # GitHub transfers no pull requests
            dataset.remove(number)
            if kind == "transfer":
                other, place = (self.api, API) if dataset is self.web else (self.web, WEB)
                now = self.now()
                opened = issue["created_at"]
                moved = planned(place, max([40, *other.items]) + 1, created_at=opened, updated_at=now)
                moved["events"].append(shop.event("transferred", 500_000 + self.changes, 1) | {"created_at": now})
                other.put(moved)
        elif kind == "become a pull request" and issue:
            pull = pair.of(repo, shop.pull(number, 1, milestone=issue["milestone"], updated_at=self.now()))
            dataset.put({"type": "pull", "pull": pull, "events": document["events"], "comments": []})
        elif issue:
            name, value = ("node_id", f"new_{number}") if kind == "new node id" else ("title", f"Again {number}")
            dataset.put({**document, "issue": {**issue, name: value, "updated_at": self.now()}})


def told(past: ProjectState) -> dict[str, pl.DataFrame]:
    """What there is: items with their state and milestone, milestones, and who is inside."""
    inside = past.memberships.filter(pl.col("left_at").is_null())
    return {
        "items": past.items.select("ref", "kind", "title", "state", "milestone").sort("ref"),
        "milestones": past.milestones.select("repo", "number", "title").sort("repo", "number"),
        "inside": inside.select("repo", "number", "milestone").sort("repo", "number"),
    }


def assert_equal(one: dict[str, pl.DataFrame], other: dict[str, pl.DataFrame]) -> None:
    for name, frame in one.items():
        assert frame.equals(other[name]), f"{name}: {frame.rows()} is not {other[name].rows()}"


@pytest.mark.slow
@given(CHANGES)
@example([("delete", 1, 0), ("add", 0, 0)])  # one too many and one too few
@example([("delete", 0, 12)])  # while its list is read
@example([("rename", 0, 9), ("delete", 1, 20)])
@example([("delete milestone", 0, 3), ("become a pull request", 1, 0)])
@FEW
def test_what_is_held_is_what_is_listed_and_the_past_stays(changes: list[Change]) -> None:
    story = Story()
    with running([story.api, story.web]) as url:
        kept, home = _emptied("kept")
        chosen = _settings(url, home, API, WEB)
        sync(kept, chosen, None, retry_policy=HASTE)
        before = datetime.now(UTC)
        first = load_state(kept, chosen, before)
        sleep(2)  # the server's clock tells whole seconds, and is up to one behind
        CLOCKWORK.requests = 0
        CLOCKWORK.due = [(at, lambda kind=kind, which=which: story.change(kind, which)) for kind, which, at in changes]
        sync(kept, chosen, None, retry_policy=HASTE)
        for _, change in CLOCKWORK.due:
            change()
        CLOCKWORK.due = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(comparing, "AT_LEAST_EVERY", timedelta(0))  # a day later
            sync(kept, chosen, None, retry_policy=HASTE)
        fresh, other_home = _emptied("fresh")
        anew = _settings(url, other_home, story.api.full_name, story.web.full_name)
        sync(fresh, anew, None, retry_policy=HASTE)
        now = datetime.now(UTC) + timedelta(seconds=1)
        held, listed = load_state(kept, chosen, now), load_state(fresh, anew, now)
    assert_equal(told(held), told(listed))
    assert held.holdings.incomplete == ()
    again = load_state(kept, chosen, before)
    today = {story.api.full_name: API, story.web.full_name: WEB}
    then = again.items.with_columns(pl.col("repo").replace(today), pl.col("ref").str.replace(r"^[^#]+", ""))
    was = first.items.with_columns(pl.col("ref").str.replace(r"^[^#]+", ""))
    same = ["repo", "ref", "state", "milestone"]
    assert then.select(same).sort(same).rows() == was.select(same).sort(same).rows()
