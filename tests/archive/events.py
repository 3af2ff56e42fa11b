"""Lines of GH Archive about `acme/shop`, in the three forms that there have been, made after GitHub's description."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.github import shop

Json = dict[str, Any]
REPO = {"id": 7, "name": shop.NAME, "url": shop.API}


def event(kind: str, payload: Json, day: int = 9, **more: Any) -> Json:
    """As from 2015 on."""
    made = {"id": f"9{day}", "type": kind, "actor": {"id": 3, "login": "ann"}, "repo": REPO, "payload": payload}
    return {**made, "public": True, "created_at": shop.at(day)} | more


def old_event(kind: str, payload: Json, **more: Any) -> Json:
    """As before 2015: the repository is `repository`, its owner is told apart, and the actor is a name."""
    repository = {"id": 7, "name": "shop", "owner": "acme", "url": shop.HTML, "has_issues": True}
    made = {"type": kind, "actor": "ann", "actor_attributes": {"login": "ann"}, "repository": repository}
    return {**made, "payload": payload, "public": True, "created_at": "2013-04-05T10:00:00-07:00"} | more


def elsewhere(number: int) -> Json:
    return event("WatchEvent", {"action": "started"}, repo={"id": 1000 + number, "name": f"else/where{number}"})


def of_the_shop() -> list[Json]:
    """Everything that an archive tells of the shop's documents, as from 2015 on; ten lines."""
    lines = []
    for document in shop.documents():
        kind = document["type"]
        item = document[kind]
        name, key = ("PullRequestEvent", "pull_request") if kind == "pull" else ("IssuesEvent", "issue")
        lines.append(event(name, {"action": "opened", "number": item["number"], key: item}))
        issue = item if kind == "issue" else {**item, "pull_request": {"url": item["url"]}}
        for entry in document["events"]:
            if entry["event"] == "commented":
                lines.append(event("IssueCommentEvent", {"action": "created", "issue": issue, "comment": entry}))
            if entry["event"] == "reviewed":
                told = {"action": "created", "review": entry, "pull_request": item}
                lines.append(event("PullRequestReviewEvent", told))
        for comment in document.get("comments", ()):
            told = {"action": "created", "comment": comment, "pull_request": item}
            lines.append(event("PullRequestReviewCommentEvent", told))
    return [*lines, event("PushEvent", {"ref": "refs/heads/main", "commits": []}), elsewhere(1)]


def write(path: Path, lines: list[Json | bytes]) -> Path:
    content = b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    path.write_bytes(gzip.compress(content))
    return path


@contextmanager
def opened(path: Path) -> Iterator[Path | None]:
    """As a source of `archive.collect`."""
    yield path
