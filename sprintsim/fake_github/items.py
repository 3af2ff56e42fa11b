"""Issues and pull requests as ready-made JSON fragments, with the few fields that lists are sorted and filtered by."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sprintlib.errors import DatasetError
from sprintsim.fake_github import payloads
from sprintsim.fake_github.payloads import Payload

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


def dump(value: Any) -> bytes:
    """Compact JSON, so that URL values can be found by their exact bytes."""
    # a lone surrogate has no UTF-8 form; GitHub's own answers never hold one
    return _encode(value).encode(errors="replace")


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
    """An issue or a pull request with its timeline.

    `issue` is its entry in the list of issues. `pull` is its entry in the list of pull requests, and `pull_detail`
    what GET /pulls/{n} adds to that; both are empty for an issue.
    """

    number: int
    is_pull: bool
    state: str
    created_at: str
    updated_at: str
    comments: int
    milestone: Payload | None
    labels: frozenset[str]
    creator: str
    assignees: frozenset[str]
    base: str
    issue: bytes
    pull: bytes
    pull_detail: bytes
    timeline: list[Entry]
    review_comments: list[Entry]

    def document(self) -> Payload:
        """The item in the format of a dataset, to be changed and put back."""
        events = [json.loads(entry.body) for entry in self.timeline]
        if not self.is_pull:
            return {"type": "issue", "issue": json.loads(self.issue), "events": events}
        pull = json.loads(self.pull) | json.loads(self.pull_detail)
        comments = [json.loads(entry.body) for entry in self.review_comments]
        return {"type": "pull", "pull": pull, "events": events, "comments": comments}


def item(document: Mapping[str, Any], repository_url: str) -> Item:
    """One item of a dataset: `{"issue"|"pull": payload, "events": [...], "comments": [...]}`. Raises DatasetError."""
    is_pull = "pull" in document
    payload = document.get("pull" if is_pull else "issue")
    if not isinstance(payload, dict) or not isinstance(payload.get("number"), int):
        raise DatasetError("An item of a dataset needs an 'issue' or a 'pull' with a number: fetch the dataset again.")
    number, events = payload["number"], payloads.objects(document.get("events"))
    comments, pull_url = payloads.objects(document.get("comments")), f"{repository_url}/pulls/{number}"
    if is_pull:
        pull, detail = payloads.pull(payload, repository_url)
        issue = payloads.issue_of_pull(payload, repository_url, _closed_by(payload, events))
    else:
        pull, detail = {}, {}
        issue = payloads.issue(payload, repository_url)
    return Item(
        number=number,
        is_pull=is_pull,
        state=payload.get("state") or "open",
        created_at=payload.get("created_at") or "",
        updated_at=payload.get("updated_at") or payload.get("created_at") or "",
        comments=payload.get("comments") or 0,
        milestone=payload.get("milestone"),
        labels=frozenset(str(label.get("name")).lower() for label in payloads.objects(payload.get("labels"))),
        creator=_login(payload.get("user")),
        assignees=frozenset(_login(user) for user in payloads.objects(payload.get("assignees"))),
        base=(payload.get("base") or {}).get("ref", ""),
        issue=dump(issue),
        pull=dump(pull) if is_pull else b"",
        pull_detail=dump(detail) if is_pull else b"",
        timeline=[_entry(payloads.event(event), number) for event in events],
        review_comments=[_entry(payloads.review_comment(comment, pull_url), number) for comment in comments],
    )


def _closed_by(pull: Payload, events: list[Payload]) -> Payload | None:
    if pull.get("state") != "closed":
        return None
    return next((event.get("actor") for event in reversed(events) if event.get("event") == "closed"), None)


def _login(user: Payload | None) -> str:
    return str((user or {}).get("login", "")).lower()


def _entry(payload: Payload, number: int) -> Entry:
    created = payload.get("created_at") or payload.get("submitted_at") or ""
    return Entry(
        id=payload.get("id") or 0,
        created_at=created,
        updated_at=payload.get("updated_at") or created,
        body=dump(payload),
        kind=payload.get("event") or "",
        number=number,
    )
