"""Nothing may see the future: the check, and random projects to try it on.

`pasts` gives two pasts of one project at the same moment t. Up to t both projects are one; after it each goes its
own way. Whatever is computed from the first must equal what is computed from the second, except identities (which
number an old title belonged to) and the columns a row lists in `known_later`.

To hold a function of yours to it:

    @given(pasts())
    @CAREFUL
    def test_my_feature_sees_no_future(pair: Twins) -> None:
        before, after = pair
        assert_same(my_feature(before), my_feature(after), key=["ref"])
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import polars as pl
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from sprintlib.history.state import ProjectState
from sprintlib.store import open_store
from sprintlib.store.schema import metadata
from tests.folders import until_the_end
from tests.small_github import KINDS, Action, FakeGitHub
from tests.world import IDS, World

# (frame, key, columns that identities or our own clock decide)
FRAMES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("repositories", ("repo",), ("observed_at", "heard_at")),
    ("milestones", ("repo", "number"), ("title", "title_then")),
    ("items", ("ref",), ("milestone",)),
    ("events", ("repo", "number", "happened_at", "kind", "subject"), ()),
    ("comments", ("html_url",), ()),
    ("reviews", ("html_url",), ()),
    ("commits", ("sha", "number"), ()),
    ("runs", ("id", "attempt"), ()),
    ("dependencies", ("repo", "number", "blocker"), ()),
)


def assert_no_leak(before: ProjectState, after: ProjectState) -> None:
    """Every frame of two pasts agrees."""
    assert before.as_of == after.as_of
    for name, key, exempt in FRAMES:
        assert_same(getattr(before, name), getattr(after, name), list(key), exempt, name)
    gone = [past.holdings.gone for past in (before, after)]
    assert_same(*gone, key=["ref"], exempt=("milestone",), name="gone")
    went = [past.holdings.presence.filter(pl.col("gone_at") <= past.as_of) for past in (before, after)]
    assert_same(*went, key=["repository_id", "number"], name="presence")
    members = [pl.concat([past.memberships, past.unresolved]).drop("milestone") for past in (before, after)]
    assert_same(*members, key=["repo", "number", "entered_at"], name="memberships")
    # whether a closing was a drop may be known later, which the item's own row says; that it closed may not
    throughput = [
        past.transitions.with_columns(pl.col("to").replace({"done": "closed", "dropped": "closed"}))
        for past in (before, after)
    ]
    # an item may open, close and open again in one moment: its changes then differ by their order
    place = pl.int_range(pl.len()).over("repo", "number")
    throughput = [course.with_columns(place.alias("place")) for course in throughput]
    assert_same(*throughput, key=["repo", "number", "place"], name="transitions")


def assert_same(
    one: pl.DataFrame, other: pl.DataFrame, key: Sequence[str], exempt: Sequence[str] = (), name: str = "frame"
) -> None:
    """Equal rows, apart from columns that are exempt or that either row lists in `known_later`."""
    rows = [{tuple(row[column] for column in key): row for row in found.to_dicts()} for found in (one, other)]
    assert len(rows[0]) == one.height, f"{name}: {key} is no key"
    assert sorted(rows[0], key=str) == sorted(rows[1], key=str), f"{name}: other rows"
    for place, row in rows[0].items():
        twin = rows[1][place]
        marked = {*exempt, "known_later", *(row.get("known_later") or ()), *(twin.get("known_later") or ())}
        moved = {column: (row[column], twin[column]) for column in row if row[column] != twin[column]}
        assert not moved.keys() - marked, f"{name} {place}: {moved}"


# ------------------------------------------------------------------ strategies


# no shrinking: on a failure it takes minutes; the failing actions are printed instead
CAREFUL = settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Twins:
    """Two pasts at one moment, and the actions that made them."""

    before: ProjectState
    after: ProjectState
    actions: tuple[list[Action], list[Action], list[Action]]

    def __iter__(self) -> Iterator[ProjectState]:
        return iter((self.before, self.after))

    def __repr__(self) -> str:
        return f"made of {self.actions}"


ACTIONS = st.tuples(
    st.sampled_from(KINDS), st.integers(min_value=0, max_value=30), st.integers(0, 5), st.integers(0, 11)
)
START: list[Action] = [
    ("open milestone", 1, 0, 0),
    ("open milestone", 1, 0, 1),
    ("open issue", 1, 0, 3),
    ("open pull", 1, 0, 4),
    ("comment", 1, 0, 0),
    ("review", 1, 1, 0),
]


@st.composite
def pasts(draw: st.DrawFn, most: int = 25) -> Twins:
    """Two pasts at one moment of projects that differ only after it. At most `most` actions before and after."""
    common = draw(st.lists(ACTIONS, min_size=3, max_size=most))
    one, other = (draw(st.lists(ACTIONS, max_size=most)) for _ in range(2))
    return Twins(_past(common, one, "one"), _past(common, other, "other"), (common, one, other))


def _past(common: list[Action], later: list[Action], name: Literal["one", "other"]) -> ProjectState:
    world = emptied(name)
    github = FakeGitHub(world)
    for action in [*START, *common]:
        github.act(action)
    moment = github.now
    for kind, hours, who, what in [*later, ("sync", 1, 0, 0)]:
        github.act((kind, max(hours, 1), who, what))
    return world.past(moment)


@cache
def _stores(name: str) -> World:
    folder = until_the_end("leaks")
    return World(open_store(f"sqlite:///{folder / name}.db"), folder)


def emptied(name: str) -> World:
    """A store used again and again: making one takes longer than filling it."""
    world = _stores(name)
    with world.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            if table.name not in ("repository", "alembic_version"):
                connection.execute(table.delete())
    assert len(IDS) == 2
    return world
