"""One repository as the stand-in serves it: small indexes over ready-made JSON fragments."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sprintlib.errors import DatasetError
from sprintlib.standin import payloads, reading
from sprintlib.standin.payloads import API, Payload

T = TypeVar("T")


def dump(value: Any) -> bytes:
    """Compact JSON, so that URL values can be found by their exact bytes."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(slots=True)
class Entry:
    """One element of a list: what it is sorted and filtered by, and its JSON."""

    id: int
    created_at: str
    updated_at: str
    body: bytes
    kind: str = ""
    number: int = 0


@dataclass(slots=True)
class Item:
    """An issue or a pull request with its timeline. `issue` is its entry in the list of issues."""

    number: int
    is_pull: bool
    state: str
    created_at: str
    updated_at: str
    closed_at: str | None
    comments: int
    milestone: Payload | None
    labels: frozenset[str]
    people: dict[str, frozenset[str]]
    base: str
    issue: bytes
    pull: bytes
    pull_detail: bytes
    timeline: list[Entry]
    review_comments: list[Entry]


class Dataset:
    """A repository: items, milestones, runs. Items can be added or replaced while it is served."""

    def __init__(self, full_name: str, extras: Payload | None = None, git_dir: Path | None = None) -> None:
        self.full_name = full_name
        self.extras = extras or {}
        self.git_dir = git_dir
        self.items: dict[int, Item] = {}
        self.version = 0
        self._base_repo: tuple[str, Payload] | None = None
        self._views: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return f"{API}/repos/{self.full_name}"

    def put(self, document: Payload) -> None:
        """Add or replace one item: `{"type", "issue"|"pull", "events", "comments"}`."""
        item = _item(document, self.url)
        self.items[item.number] = item
        if item.is_pull:
            self._remember_base(document["pull"])
        self.version += 1
        self._views.clear()

    def _remember_base(self, pull: Payload) -> None:
        repo = (pull.get("base") or {}).get("repo")
        seen_at = pull.get("updated_at") or ""
        if repo and (self._base_repo is None or seen_at >= self._base_repo[0]):
            self._base_repo = (seen_at, repo)

    def set_extra(self, name: str, value: Any) -> None:
        """Replace `repository`, `milestones`, `workflow_runs`, `releases` or `dependencies`."""
        self.extras[name] = value
        self.version += 1
        self._views.clear()

    def repository(self) -> Payload:
        """The repository object: as stored, else as the newest pull request embeds it, else the least there is."""
        stored = self.extras.get("repository") or (self._base_repo[1] if self._base_repo else None)
        return payloads.repository(self.full_name, stored, self.items.values())

    def milestones(self) -> list[Payload]:
        """Milestones by number, with counts from the items' current state."""
        return self._view("milestones", lambda: payloads.milestones(self.extras.get("milestones"), self._latest()))

    def _latest(self) -> Iterable[Item]:
        return sorted(self.items.values(), key=lambda item: item.updated_at)

    def issue_comments(self) -> list[Entry]:
        """Comments of all items, by id."""
        return self._view("issue_comments", lambda: self._timeline_of(lambda kind: kind == "commented"))

    def review_comments(self) -> list[Entry]:
        """Review comments of all pull requests, by id."""
        return self._view(
            "review_comments",
            lambda: sorted((c for item in self.items.values() for c in item.review_comments), key=lambda c: c.id),
        )

    def issue_events(self) -> list[Entry]:
        """What GitHub's list of issue events holds, newest first."""
        return self._view(
            "issue_events",
            lambda: sorted(
                self._timeline_of(lambda kind: kind not in payloads.NOT_ISSUE_EVENTS),
                key=lambda event: (event.created_at, event.id),
                reverse=True,
            ),
        )

    def _timeline_of(self, wanted: Callable[[str], bool]) -> list[Entry]:
        found = (entry for item in self.items.values() for entry in item.timeline if wanted(entry.kind))
        return sorted(found, key=lambda entry: entry.id)

    def _view(self, name: str, make: Callable[[], list[T]]) -> list[T]:
        if name not in self._views:
            self._views[name] = make()
        found: list[T] = self._views[name]
        return found


def load(path: Path | str) -> list[Dataset]:
    """The repositories at `path` (folder, folder of folders, archive). Raises DatasetError."""
    return [_dataset(raw) for raw in reading.read(Path(path))]


def _dataset(raw: reading.RawDataset) -> Dataset:
    dataset = Dataset(_full_name(raw), raw.extras, raw.git_dir)
    for document in raw.items:
        dataset.put(document)
    return dataset


def _full_name(raw: reading.RawDataset) -> str:
    stored = raw.extras.get("repository", {}).get("full_name")
    if stored:
        return str(stored)
    for document in raw.items:
        url = (document.get("issue") or document.get("pull") or {}).get("url") or ""
        parts = url.partition("/repos/")[2].split("/")
        if len(parts) >= 2:
            return f"{parts[0]}/{parts[1]}"
    owner, _, name = Path(raw.source).name.partition(".tar")[0].partition("_")
    if owner and name:
        return f"{owner}/{name}"
    raise DatasetError(f"{raw.source} does not say which repository it is: name it OWNER_NAME or add repository.json.")


def _item(document: Payload, repository_url: str) -> Item:
    is_pull = "pull" in document
    payload = document["pull" if is_pull else "issue"]
    events = document.get("events") or []
    timeline = [_entry(event, event.get("event", ""), payload["number"]) for event in events]
    if is_pull:
        full = payloads.with_nulls(payload, (*payloads.PULL_NULLS, *payloads.PULL_DETAIL_NULLS))
        issue = payloads.issue_of_pull(full, repository_url, _closed_by(full, events))
        detail = {key: full.pop(key) for key in payloads.PULL_DETAIL if key in full}
    else:
        full, detail = payloads.with_nulls(payload, payloads.ISSUE_NULLS), {}
        issue = full
    return Item(
        number=payload["number"],
        is_pull=is_pull,
        state=payload.get("state", "open"),
        created_at=payload.get("created_at") or "",
        updated_at=payload.get("updated_at") or payload.get("created_at") or "",
        closed_at=payload.get("closed_at"),
        comments=payload.get("comments") or 0,
        milestone=payload.get("milestone"),
        labels=frozenset(label["name"].lower() for label in payload.get("labels") or []),
        people=_people(payload),
        base=(payload.get("base") or {}).get("ref", ""),
        issue=dump(issue),
        pull=dump(full) if is_pull else b"",
        pull_detail=dump(detail) if is_pull else b"",
        timeline=timeline,
        review_comments=[_entry(comment, "", payload["number"]) for comment in document.get("comments") or []],
    )


def _closed_by(pull: Payload, events: list[Payload]) -> Payload | None:
    if pull.get("state") != "closed":
        return None
    return next((event.get("actor") for event in reversed(events) if event.get("event") == "closed"), None)


def _people(payload: Payload) -> dict[str, frozenset[str]]:
    assignees = payload.get("assignees") or []
    return {
        "creator": frozenset([_login(payload.get("user"))]),
        "assignee": frozenset(_login(user) for user in assignees),
    }


def _login(user: Payload | None) -> str:
    return str((user or {}).get("login", "")).lower()


def _entry(payload: Payload, kind: str, number: int) -> Entry:
    created = payload.get("created_at") or payload.get("submitted_at") or ""
    return Entry(
        id=payload.get("id") or 0,
        created_at=created,
        updated_at=payload.get("updated_at") or created,
        body=dump(payload),
        kind=kind,
        number=number,
    )
