"""A small GitHub that projects can happen on: actions change it, and syncing writes what a collector would."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table

from sprintlib.store import schema
from tests.world import World, at

FIRST = at("03-02")

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
    "delete item",
    "delete milestone",
    "delete comment",
    "sync",
)


@dataclass
class _Thing:
    """An item or a milestone as GitHub holds it now."""

    number: int
    created: datetime
    updated: datetime
    values: dict[str, Any] = field(default_factory=dict)
    is_deleted: bool = False


class FakeGitHub:
    """Applies actions and writes to a World what a collector would: payloads when syncing, events as they happened."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now = FIRST
        self.items: dict[int, _Thing] = {}
        self.milestones: dict[int, _Thing] = {}
        self.comments: dict[str, dict[str, Any]] = {}
        self.reviews: dict[int, dict[str, Any]] = {}
        self.events: list[tuple[Any, ...]] = []
        self.runs: list[datetime] = []
        self.gone: set[tuple[Any, ...]] = set()

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
        taken = {thing.values["title"] for thing in self.milestones.values() if not thing.is_deleted}
        wanted = _TITLES[what % len(_TITLES)]
        return wanted if wanted not in taken else f"{wanted}.{self.now:%d%H}"

    def _move_due_date(self, who: int, what: int) -> None:
        self._change(self.milestones, who, due=f"04-{what % 28 + 1:02}")

    def _close_milestone(self, who: int, what: int) -> None:
        self._change(self.milestones, who, closed=self.now)

    def _reopen_milestone(self, who: int, what: int) -> None:
        self._change(self.milestones, who, closed=None)

    def _milestone(self, who: int, what: int) -> None:
        milestone, item = self._pick(self.milestones, what), self._pick(self.items, who)
        if milestone is None or item is None:
            return
        number = milestone.number
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
            if self._is_deleted(comment):
                return
            comment |= {"body": _TEXTS[what % len(_TEXTS)].format(what % 5 + 1), "updated_at": self.now}

    def _review(self, who: int, what: int) -> None:
        item = self._pick(self.items, who)
        if item and item.values["pull"]:
            state = ("approved", "changes_requested")[what % 2]
            self.reviews[len(self.reviews) + 1] = {"number": item.number, "state": state, "submitted": self.now}

    def _dismiss(self, who: int, what: int) -> None:
        key = who % len(self.reviews) + 1 if self.reviews else 0
        if key and self.reviews[key]["state"] != "dismissed":
            review = self.reviews[key]
            if self._is_deleted(review):
                return
            self._tell(self.items[review["number"]], "review_dismissed", review["state"], str(key))
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

    def _delete_item(self, who: int, what: int) -> None:
        if item := self._pick(self.items, who):
            self._delete(item)

    def _delete_milestone(self, who: int, what: int) -> None:
        """Its items lose it without an event and without an update of their own."""
        if milestone := self._pick(self.milestones, who):
            self._delete(milestone)
            for item in self.items.values():
                if item.values["milestone"] == milestone.number:
                    item.values["milestone"] = None

    def _delete(self, thing: _Thing) -> None:
        """What nobody had seen before would be known to nobody: it is collected once more."""
        self._sync(0, 0)
        thing.is_deleted = True

    def _delete_comment(self, who: int, what: int) -> None:
        if self.comments:
            comment = list(self.comments.values())[who % len(self.comments)]
            self._sync(0, 0)
            comment["deleted"] = True

    def _is_deleted(self, part: dict[str, Any]) -> bool:
        """Whether a comment or a review is there no longer."""
        return bool(part.get("deleted")) or self.items[part["number"]].is_deleted

    def _pick(self, things: dict[int, _Thing], who: int) -> _Thing | None:
        picked = things[who % len(things) + 1] if things else None
        return None if picked is None or picked.is_deleted else picked

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
            if milestone.is_deleted:
                self._write_gone(schema.milestone, repository_id=1, number=milestone.number)
            else:
                self._write_milestone(milestone)
        for item in self.items.values():
            if item.is_deleted:
                table = schema.pull_request if item.values["pull"] else schema.issue
                self._write_gone(table, repository_id=1, number=item.number)
            else:
                self._write_item(item)
        for key, comment in self.comments.items():
            if comment.get("deleted"):
                self._write_gone(schema.comment, node_id=key)
            elif not self._is_deleted(comment):
                self.world.comment(**comment, key=key, observed=self.now)
        for key, review in self.reviews.items():
            if self._is_deleted(review):
                continue
            url = f"https://github.com/acme/api/pull/{review['number']}#pullrequestreview-{key}"
            self.world.review(**review, key=f"review{key}", observed=self.now, html_url=url)
        for number, began in enumerate(self.runs, start=1):
            ended = began + timedelta(hours=2)
            self.world.run(number, began, ended if ended <= self.now else None)

    def _write_gone(self, table: Table, **key: Any) -> None:
        """Only the first sync that finds it gone says when."""
        if (table.name, *key.values()) not in self.gone:
            self.gone.add((table.name, *key.values()))
            self.world.gone(table, self.now, **key)

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
