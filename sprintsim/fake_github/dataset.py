"""One repository as the stand-in serves it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sprintsim.fake_github import payloads
from sprintsim.fake_github.hooks import Hooks
from sprintsim.fake_github.items import Entry, Item, item
from sprintsim.fake_github.payloads import API, Payload

T = TypeVar("T")


class Dataset:
    """A repository: items, milestones, runs. Everything can be added to or replaced while it is served."""

    def __init__(self, full_name: str, git_dir: Path | None = None) -> None:
        self.full_name = full_name
        self.former_names: set[str] = set()
        self.git_dir = git_dir
        self.items: dict[int, Item] = {}
        self.extras: Payload = {}
        self.version = 0
        self.hooks = Hooks()
        self._base_repo: tuple[str, Payload] = ("", {})
        self._views: dict[str, Any] = {}

    @property
    def url(self) -> str:
        """The repository's address at GitHub; answers carry the stand-in's own."""
        return f"{API}/repos/{self.full_name}"

    def put(self, document: Payload) -> None:
        """Add or replace one item: `{"issue"|"pull": payload, "events": [...], "comments": [...]}`.

        Raises DatasetError. `dataset.items[n].document()` gives an item in this form.
        """
        put = item(document, self.url)
        self.items[put.number] = put
        repo = (document.get("pull", {}).get("base") or {}).get("repo")
        if repo and put.updated_at >= self._base_repo[0]:
            self._base_repo = (put.updated_at, repo)
        self._changed()

    def remove(self, number: int) -> None:
        """An item was deleted, or transferred to another repository: it is listed and shown no longer."""
        del self.items[number]
        self._changed()

    def rename(self, full_name: str) -> None:
        """The repository is called so from now on; its former names lead here as GitHub's do, by 301 to its id.

        Addresses inside items are left as they are: GitHub changes them at once, a dataset holds what it was given.
        """
        self.former_names.add(self.full_name)
        self.former_names.discard(full_name)
        about = {**self.repository(), "full_name": full_name, "name": full_name.partition("/")[2]}
        self.full_name = full_name
        self.set_extra("repository", about | {"html_url": f"https://github.com/{full_name}", "url": self.url})

    def set_extra(self, name: str, value: Any) -> None:
        """Replace `repository`, `milestones`, `workflow_runs`, `releases`, `dependencies` or `boards`, as in files."""
        self.extras[name] = value
        self._changed()

    def _changed(self) -> None:
        self.version += 1
        self._views.clear()

    def repository(self) -> Payload:
        """The repository object: as stored, else as the newest pull request embeds it, else the least there is."""
        open_items = sum(item.state == "open" for item in self._items())
        return payloads.repository(self.full_name, self.extras.get("repository") or self._base_repo[1], open_items)

    def milestones(self) -> list[Payload]:
        """Milestones by number, with counts from the items' current state."""

        def collect() -> list[Payload]:
            embedded = [(item.milestone, item.state) for item in self._items(newest_last=True) if item.milestone]
            return payloads.milestones(self.extras.get("milestones") or [], embedded, self.url)

        return self._view("milestones", collect)

    def newest_first(self, pulls: bool) -> list[Item]:
        """Pull requests, or issues, by when they were made."""
        items = [item for item in self._items() if item.is_pull == pulls]
        return self._view(f"newest {pulls}", lambda: sorted(items, key=lambda one: one.created_at, reverse=True))

    def issue_comments(self) -> list[Entry]:
        """Comments of all items, by id."""
        return self._view("issue_comments", lambda: _by_id(self._timeline_of(lambda kind: kind == "commented")))

    def review_comments(self) -> list[Entry]:
        """Review comments of all pull requests, by id."""
        return self._view(
            "review_comments", lambda: _by_id([comment for item in self._items() for comment in item.review_comments])
        )

    def issue_events(self) -> list[Entry]:
        """What GitHub's list of issue events holds, newest first."""

        def collect() -> list[Entry]:
            events = self._timeline_of(lambda kind: kind not in payloads.NOT_ISSUE_EVENTS)
            return sorted(events, key=lambda event: (event.created_at, event.id), reverse=True)

        return self._view("issue_events", collect)

    def _items(self, newest_last: bool = False) -> list[Item]:
        items = list(self.items.values())
        return sorted(items, key=lambda item: item.updated_at) if newest_last else items

    def _timeline_of(self, wanted: Callable[[str], bool]) -> list[Entry]:
        return [entry for item in self._items() for entry in item.timeline if wanted(entry.kind)]

    def _view(self, name: str, collect: Callable[[], list[T]]) -> list[T]:
        """A list that is kept until the dataset changes."""
        if name not in self._views:
            self._views[name] = collect()
        view: list[T] = self._views[name]
        return view


def _by_id(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.id)
