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
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

import polars as pl
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from sprintlib.history.past import Past
from sprintlib.store import open_store
from sprintlib.store.schema import metadata
from tests.folders import until_the_end
from tests.world import IDS, World, at

FIRST = at("03-02")
# (frame, key, columns that identities or our own clock decide)
FRAMES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("repositories", ("repo",), ("observed_at",)),
    ("milestones", ("repo", "number"), ("title", "title_then")),
    ("items", ("ref",), ("milestone",)),
    ("events", ("repo", "number", "happened_at", "kind", "subject"), ()),
    ("comments", ("html_url",), ()),
    ("reviews", ("html_url",), ()),
    ("commits", ("sha", "number"), ()),
    ("runs", ("id", "attempt"), ()),
    ("dependencies", ("repo", "number", "blocker"), ()),
)


def assert_no_leak(before: Past, after: Past) -> None:
    """Every frame of two pasts agrees."""
    assert before.as_of == after.as_of
    for name, key, exempt in FRAMES:
        assert_same(getattr(before, name), getattr(after, name), list(key), exempt, name)
    members = [pl.concat([past.memberships, past.unresolved]).drop("milestone") for past in (before, after)]
    assert_same(*members, key=["repo", "number", "entered_at"], name="memberships")
    # whether a closing was a drop may be known later, which the item's own row says; that it closed may not
    courses = [
        past.transitions.with_columns(pl.col("to").replace({"done": "closed", "dropped": "closed"}))
        for past in (before, after)
    ]
    assert_same(*courses, key=["repo", "number", "at"], name="transitions")


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


# ------------------------------------------------------------------ a small GitHub


Action = tuple[str, int, int, int]
_TITLES = ("0.3", "0.4", "0.5", "next")
_LABELS = ("bug", "blocked")
_REASONS = ("completed", "not_planned", "duplicate", None)
_TEXTS = ("plain", "Depends on #{}", "Blocked by acme/web#{}", "after #{} lands", "no longer blocked by #{}")
KINDS = (
    "open issue",
    "open pull",
    "open milestone",
    "rename milestone",
    "move due date",
    "close milestone",
    "reopen milestone",
    "milestone",
    "demilestone",
    "close",
    "merge",
    "reopen",
    "label",
    "unlabel",
    "assign",
    "rename",
    "edit",
    "comment",
    "edit comment",
    "review",
    "dismiss",
    "draft",
    "push",
    "run",
    "block",
    "unblock",
    "sync",
)


@dataclass
class _Thing:
    """An item or a milestone as GitHub holds it now."""

    number: int
    created: datetime
    updated: datetime
    values: dict[str, Any] = field(default_factory=dict)


class FakeGitHub:
    """Applies actions and writes to a World what a collector would: payloads when syncing, events as they happened."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now = FIRST
        self.items: dict[int, _Thing] = {}
        self.milestones: dict[int, _Thing] = {}
        self.comments: dict[str, dict[str, Any]] = {}
        self.reviews: dict[str, dict[str, Any]] = {}
        self.events: list[tuple[Any, ...]] = []
        self.runs: list[datetime] = []

    def act(self, action: Action) -> None:
        """One action: (kind, hours since the last, and two numbers that choose whom and what it concerns)."""
        kind, hours, who, what = action
        self.now += timedelta(hours=hours)
        getattr(self, f"_{kind.replace(' ', '_')}")(who, what)

    def _open_issue(self, who: int, what: int, pull: bool = False) -> None:
        number = len(self.items) + 1
        values = {"title": f"Item {number}", "body": "", "milestone": None, "closed": None, "reason": None}
        values |= {"pull": pull, "draft": what % 2 == 0, "merged": None, "labels": set(), "blockers": set()}
        self.items[number] = _Thing(number, self.now, self.now, values)
        if what % 3 == 0:
            self._milestone(number - 1, what)

    def _open_pull(self, who: int, what: int) -> None:
        self._open_issue(who, what, pull=True)

    def _open_milestone(self, who: int, what: int) -> None:
        number = len(self.milestones) + 1
        title = self._free_title(what)
        self.milestones[number] = _Thing(number, self.now, self.now, {"title": title, "due": None, "closed": None})

    def _rename_milestone(self, who: int, what: int) -> None:
        self._change(self.milestones, who, title=self._free_title(what))

    def _free_title(self, what: int) -> str:
        """A title that no milestone has now; earlier ones may come back."""
        taken = {thing.values["title"] for thing in self.milestones.values()}
        wanted = _TITLES[what % len(_TITLES)]
        return wanted if wanted not in taken else f"{wanted}.{self.now:%d%H}"

    def _move_due_date(self, who: int, what: int) -> None:
        self._change(self.milestones, who, due=f"04-{what % 28 + 1:02}")

    def _close_milestone(self, who: int, what: int) -> None:
        self._change(self.milestones, who, closed=self.now)

    def _reopen_milestone(self, who: int, what: int) -> None:
        self._change(self.milestones, who, closed=None)

    def _milestone(self, who: int, what: int) -> None:
        if not self.milestones or not (item := self._pick(self.items, who)):
            return
        number = what % len(self.milestones) + 1
        if item.values["milestone"] != number:
            self._demilestone(who, what)
            self._tell(item, "milestoned", self.milestones[number].values["title"])
            item.values["milestone"] = number

    def _demilestone(self, who: int, what: int) -> None:
        item = self._pick(self.items, who)
        if item and item.values["milestone"]:
            self._tell(item, "demilestoned", self.milestones[item.values["milestone"]].values["title"])
            item.values["milestone"] = None

    def _close(self, who: int, what: int) -> None:
        item = self._pick(self.items, who)
        if item and not item.values["closed"]:
            reason = None if item.values["pull"] else _REASONS[what % len(_REASONS)]
            # GitHub's older events carry no reason, its payloads do
            self._tell(item, "closed", None, reason if what % 2 else None)
            item.values |= {"closed": self.now, "reason": reason}

    def _merge(self, who: int, what: int) -> None:
        item = self._pick(self.items, who)
        if item and item.values["pull"] and not item.values["closed"]:
            self._tell(item, "merged")
            self._tell(item, "closed")
            item.values |= {"closed": self.now, "merged": self.now}

    def _reopen(self, who: int, what: int) -> None:
        item = self._pick(self.items, who)
        if item and item.values["closed"] and not item.values["merged"]:
            self._tell(item, "reopened")
            item.values |= {"closed": None, "reason": None}

    def _label(self, who: int, what: int) -> None:
        item, name = self._pick(self.items, who), _LABELS[what % len(_LABELS)]
        if item and name not in item.values["labels"]:
            item.values["labels"].add(name)
            self._tell(item, "labeled", name)

    def _unlabel(self, who: int, what: int) -> None:
        item, name = self._pick(self.items, who), _LABELS[what % len(_LABELS)]
        if item and name in item.values["labels"]:
            item.values["labels"].remove(name)
            self._tell(item, "unlabeled", name)

    def _assign(self, who: int, what: int) -> None:
        if item := self._pick(self.items, who):
            self._tell(item, "assigned", f"person{what % 3}")

    def _rename(self, who: int, what: int) -> None:
        if item := self._pick(self.items, who):
            title = f"Title {what} {_TEXTS[what % len(_TEXTS)].format(what % 5 + 1)}"
            if title != item.values["title"]:
                self._tell(item, "renamed", title, item.values["title"])
                item.values["title"] = title

    def _edit(self, who: int, what: int) -> None:
        self._change(self.items, who, body=_TEXTS[what % len(_TEXTS)].format(what % 5 + 1))

    def _comment(self, who: int, what: int) -> None:
        if item := self._pick(self.items, who):
            key = f"comment{len(self.comments)}"
            text = _TEXTS[what % len(_TEXTS)].format(what % 5 + 1)
            self.comments[key] = {"number": item.number, "body": text, "created": self.now, "updated_at": self.now}
            item.updated = self.now

    def _edit_comment(self, who: int, what: int) -> None:
        if self.comments:
            comment = list(self.comments.values())[who % len(self.comments)]
            comment |= {"body": _TEXTS[what % len(_TEXTS)].format(what % 5 + 1), "updated_at": self.now}

    def _review(self, who: int, what: int) -> None:
        item = self._pick(self.items, who)
        if item and item.values["pull"]:
            key = f"review{len(self.reviews)}"
            state = ("approved", "changes_requested")[what % 2]
            self.reviews[key] = {"number": item.number, "state": state, "submitted": self.now}

    def _dismiss(self, who: int, what: int) -> None:
        review = list(self.reviews.values())[who % len(self.reviews)] if self.reviews else None
        if review and review["state"] != "dismissed":
            self._tell(self.items[review["number"]], "review_dismissed", review["state"])
            review["state"] = "dismissed"

    def _draft(self, who: int, what: int) -> None:
        item = self._pick(self.items, who)
        if item and item.values["pull"]:
            self._tell(item, "ready_for_review" if item.values["draft"] else "convert_to_draft")
            item.values["draft"] = not item.values["draft"]

    def _push(self, who: int, what: int) -> None:
        item = self._pick(self.items, who)
        if item and item.values["pull"]:
            self.world.commit(f"{len(self.events):020}{self.now:%Y%m%d%H%M%S}", self.now, item.number)
            self._change(self.items, who, head_sha=f"{self.now:%Y%m%d%H%M%S}")

    def _run(self, who: int, what: int) -> None:
        self.runs.append(self.now)

    def _block(self, who: int, what: int) -> None:
        item, blocker = self._pick(self.items, who), f"acme/web#{what % 3 + 1}"
        if item and blocker not in item.values["blockers"]:
            item.values["blockers"].add(blocker)
            self._tell(item, "blocked_by_added", blocker)

    def _unblock(self, who: int, what: int) -> None:
        item = self._pick(self.items, who)
        if item and item.values["blockers"]:
            self._tell(item, "blocked_by_removed", item.values["blockers"].pop())

    def _pick(self, things: dict[int, _Thing], who: int) -> _Thing | None:
        return things[who % len(things) + 1] if things else None

    def _change(self, things: dict[int, _Thing], who: int, **values: Any) -> None:
        thing = self._pick(things, who)
        if thing and any(thing.values.get(name) != value for name, value in values.items()):
            thing.values |= values
            thing.updated = self.now

    def _tell(self, item: _Thing, kind: str, subject: str | None = None, detail: str | None = None) -> None:
        item.updated = self.now
        self.events.append((item.number, kind, self.now, subject, detail))

    def _sync(self, who: int, what: int) -> None:
        """Write everything as it is now, fetched now."""
        for number, kind, when, subject, detail in self.events:
            self.world.event(number, kind, when, subject, detail, observed=self.now)
        self.events.clear()
        for milestone in self.milestones.values():
            self._write_milestone(milestone)
        for item in self.items.values():
            self._write_item(item)
        for key, comment in self.comments.items():
            self.world.comment(**comment, key=key, observed=self.now)
        for key, review in self.reviews.items():
            self.world.review(**review, key=key, observed=self.now, html_url=f"https://github.com/{key}")
        for number, began in enumerate(self.runs, start=1):
            ended = began + timedelta(hours=2)
            self.world.run(number, began, ended if ended <= self.now else None)

    def _write_milestone(self, thing: _Thing) -> None:
        values = {"number": thing.number, "title": thing.values["title"], "due": thing.values["due"]}
        times = {"created": thing.created, "updated": thing.updated, "closed": thing.values["closed"]}
        self.world.milestone(**values, **times, observed=self.now)
        self.world.title(thing.number, thing.values["title"], thing.updated)
        self.world.snapshot(
            thing.number,
            self.now,
            thing.values["title"],
            "closed" if thing.values["closed"] else "open",
            thing.values["due"],
        )

    def _write_item(self, thing: _Thing) -> None:
        values = {key: thing.values[key] for key in ("title", "body", "milestone", "closed")}
        values |= {"updated": thing.updated, "state_reason": thing.values["reason"], "observed": self.now}
        if thing.values["pull"]:
            pull = {key: thing.values.get(key) for key in ("draft", "merged", "head_sha")}
            self.world.pull(thing.number, thing.created, **pull, **values)
        else:
            self.world.issue(thing.number, thing.created, **values)


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

    before: Past
    after: Past
    actions: tuple[list[Action], list[Action], list[Action]]

    def __iter__(self) -> Iterator[Past]:
        return iter((self.before, self.after))

    def __repr__(self) -> str:
        return f"made of {self.actions}"


_ACTION = st.tuples(
    st.sampled_from(KINDS), st.integers(min_value=0, max_value=30), st.integers(0, 5), st.integers(0, 11)
)
_START: list[Action] = [
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
    common = draw(st.lists(_ACTION, min_size=3, max_size=most))
    one, other = (draw(st.lists(_ACTION, max_size=most)) for _ in range(2))
    return Twins(_past(common, one, "one"), _past(common, other, "other"), (common, one, other))


def _past(common: list[Action], later: list[Action], name: Literal["one", "other"]) -> Past:
    world = _emptied(name)
    github = FakeGitHub(world)
    for action in [*_START, *common]:
        github.act(action)
    moment = github.now
    for kind, hours, who, what in [*later, ("sync", 1, 0, 0)]:
        github.act((kind, max(hours, 1), who, what))
    return world.past(moment)


@cache
def _stores(name: str) -> World:
    folder = until_the_end("leaks")
    return World(open_store(f"sqlite:///{folder / name}.db"), folder)


def _emptied(name: str) -> World:
    """A store used again and again: making one takes longer than filling it."""
    world = _stores(name)
    with world.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            if table.name not in ("repository", "alembic_version"):
                connection.execute(table.delete())
    assert len(IDS) == 2
    return world
