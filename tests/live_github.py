"""A GitHub on which things happen: each action changes what the local server answers, and gives the webhooks of it."""

import hmac
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sprintsim.fake_github import Dataset
from tests.github import shop

SECRET = "It's a Secret to Everybody"
Json = dict[str, Any]
Delivery = tuple[str, Json]
KINDS = (
    "open",
    "comment",
    "mention",
    "close",
    "reopen",
    "milestone",
    "demilestone",
    "label",
    "rename",
    "review",
    "merge",
    "block",
)


def signed(event: str, body: bytes, guid: str = "", secret: str = SECRET) -> dict[str, str]:
    """The headers of a delivery as GitHub sends them."""
    return {
        "content-type": "application/json",
        "x-github-event": event,
        "x-github-delivery": guid or hmac.new(b"guid", body, "sha256").hexdigest()[:36],
        "x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest(),
    }


class LiveGitHub:
    """One repository. now: GitHub's clock, which each action moves on by whole seconds, or not at all."""

    def __init__(self, dataset: Dataset, now: datetime) -> None:
        self.dataset = dataset
        self.now = now
        self._ids = count(100_000)
        self.open_milestone: Json = next(m for m in dataset.milestones() if m["state"] == "open")

    def act(self, kind: str, who: int = 0, seconds: int = 1) -> list[Delivery]:
        """Do one thing with the item that `who` chooses. Returns the webhooks, in order; none where nothing happens."""
        self.now += timedelta(seconds=seconds)
        numbers = sorted(self.dataset.items)
        do: Callable[[int], list[Delivery]] = getattr(self, f"_{kind}")
        return do(numbers[who % len(numbers)])

    def _open(self, _number: int) -> list[Delivery]:
        number = max(self.dataset.items) + 1
        payload = shop.issue(number, 1, created_at=self._time(), updated_at=self._time(), labels=[], assignees=[])
        payload |= {key: value.replace(shop.NAME, self.dataset.full_name) for key, value in _addresses(payload).items()}
        self.dataset.put(shop.document(payload))
        return [self._told(number, "opened")]

    def _mention(self, number: int) -> list[Delivery]:
        """A comment that names the next item, whose timeline tells of it while its update time stays."""
        numbers = sorted(self.dataset.items)
        other = numbers[(numbers.index(number) + 1) % len(numbers)]
        told = self._comment(number, f"As in #{other}")
        document = self.dataset.items[other].document()
        is_known = any(
            (entry.get("source") or {}).get("issue", {}).get("number") == number for entry in document["events"]
        )
        if not is_known:
            entry = {
                "event": "cross-referenced",
                "actor": shop.user("ann"),
                "created_at": self._time(),
                "source": {"type": "issue", "issue": self._issue(number)},
            }
            self.dataset.put(document | {"events": [*document["events"], entry]})
        return told

    def _comment(self, number: int, text: str = "") -> list[Delivery]:
        key = next(self._ids)
        entry = shop.commented(key, number, 1, text or f"Comment {key}") | {"created_at": self._time()}
        entry |= {"updated_at": self._time()}
        entry |= {name: value.replace(shop.NAME, self.dataset.full_name) for name, value in _addresses(entry).items()}
        document = self._changed(number, entry)
        self._item(document)["comments"] = (self._item(document).get("comments") or 0) + 1
        self.dataset.put(document)
        comment = {key: value for key, value in entry.items() if key not in ("event", "actor")}
        return [("issue_comment", {**self._frame("created"), "issue": self._issue(number), "comment": comment})]

    def _close(self, number: int) -> list[Delivery]:
        if self.dataset.items[number].state == "closed":
            return []
        is_pull = self.dataset.items[number].is_pull
        entry = self._event("closed") | ({} if is_pull else {"state_reason": "completed"})
        document = self._changed(number, entry, state="closed", closed_at=self._time())
        if not is_pull:
            self._item(document)["state_reason"] = "completed"
        self.dataset.put(document)
        return [self._told(number, "closed")]

    def _reopen(self, number: int) -> list[Delivery]:
        item = self.dataset.items[number]
        if item.state == "open" or (item.is_pull and json.loads(item.pull)["merged_at"]):
            return []
        document = self._changed(number, self._event("reopened"), state="open", closed_at=None)
        if not item.is_pull:
            self._item(document)["state_reason"] = "reopened"
        self.dataset.put(document)
        return [self._told(number, "reopened")]

    def _milestone(self, number: int) -> list[Delivery]:
        if self.dataset.items[number].milestone:
            return []
        milestone = deepcopy(self.open_milestone)
        entry = self._event("milestoned", milestone={"title": milestone["title"]})
        self.dataset.put(self._changed(number, entry, milestone=milestone))
        return [self._told(number, "milestoned", milestone=milestone)]

    def _demilestone(self, number: int) -> list[Delivery]:
        milestone = self.dataset.items[number].milestone
        if not milestone:
            return []
        entry = self._event("demilestoned", milestone={"title": milestone["title"]})
        self.dataset.put(self._changed(number, entry, milestone=None))
        return [self._told(number, "demilestoned", milestone=milestone)]

    def _label(self, number: int) -> list[Delivery]:
        if "urgent" in self.dataset.items[number].labels:
            return []
        document = self._changed(number, self._event("labeled", label={"name": "urgent"}))
        item = self._item(document)
        item["labels"] = [*item["labels"], {"name": "urgent"}]
        self.dataset.put(document)
        return [self._told(number, "labeled", label={"name": "urgent"})]

    def _rename(self, number: int) -> list[Delivery]:
        before = self._item(self.dataset.items[number].document())["title"]
        title = f"Title {next(self._ids)}"
        entry = self._event("renamed", rename={"from": before, "to": title})
        self.dataset.put(self._changed(number, entry, title=title))
        return [self._told(number, "edited", changes={"title": {"from": before}})]

    def _review(self, number: int) -> list[Delivery]:
        if not self.dataset.items[number].is_pull:
            return []
        key = next(self._ids)
        review = shop.reviewed(key, number, 1) | {"submitted_at": self._time()}
        review["html_url"] = review["html_url"].replace(shop.NAME, self.dataset.full_name)
        self.dataset.put(self._changed(number, review))
        told = {key: value for key, value in review.items() if key != "event"}
        return [
            ("pull_request_review", {**self._frame("submitted"), "review": told, "pull_request": self._pull(number)})
        ]

    def _merge(self, number: int) -> list[Delivery]:
        item = self.dataset.items[number]
        if not item.is_pull or item.state == "closed":
            return []
        sha = f"{next(self._ids):040x}"
        self.dataset.put(self._changed(number, self._event("merged", commit_id=sha)))
        times = {"closed_at": self._time(), "merged_at": self._time(), "merged": True, "merge_commit_sha": sha}
        self.dataset.put(self._changed(number, self._event("closed"), state="closed", **times))
        return [self._told(number, "closed")]

    def _block(self, number: int) -> list[Delivery]:
        if self.dataset.items[number].is_pull:
            return []
        blockers = self.dataset.extras.get("dependencies", {})
        other = min(self.dataset.items)
        if other == number or str(number) in blockers:
            return []
        blocker = {"number": other, "html_url": f"https://github.com/{self.dataset.full_name}/issues/{other}"}
        self.dataset.set_extra("dependencies", {**blockers, str(number): [blocker]})
        entry = self._event("blocked_by_added", blocking_issue=blocker)
        document = self._changed(number, entry, issue_dependencies_summary={"total_blocked_by": 1, "blocked_by": 1})
        self.dataset.put(document)
        told = {"blocked_issue": self._issue(number), "blocking_issue": blocker}
        return [("issue_dependencies", {**self._frame("blocked_by_added"), **told})]

    # ------------------------------------------------------------------ payloads

    def _told(self, number: int, action: str, **more: Any) -> Delivery:
        if self.dataset.items[number].is_pull:
            return "pull_request", {**self._frame(action), "number": number, "pull_request": self._pull(number), **more}
        return "issues", {**self._frame(action), "issue": self._issue(number), **more}

    def _frame(self, action: str) -> Json:
        return {"action": action, "repository": self.dataset.repository(), "sender": shop.user("ann")}

    def _issue(self, number: int) -> Json:
        found: Json = json.loads(self.dataset.items[number].issue)
        return found

    def _pull(self, number: int) -> Json:
        item = self.dataset.items[number]
        found: Json = json.loads(item.pull) | json.loads(item.pull_detail)
        return found

    def _event(self, kind: str, **more: Any) -> Json:
        return shop.event(kind, next(self._ids), 1) | {"created_at": self._time()} | more

    def _changed(self, number: int, entry: Json, **values: Any) -> Json:
        """The item's document with one more entry in its timeline, and updated now."""
        document = self.dataset.items[number].document()
        document["events"] = [*document["events"], entry]
        self._item(document).update(values, updated_at=self._time())
        return document

    def _item(self, document: Json) -> Json:
        found: Json = document[document["type"]]
        return found

    def _time(self) -> str:
        return self.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _addresses(payload: Json) -> dict[str, str]:
    return {key: value for key, value in payload.items() if key.endswith("url") and isinstance(value, str)}
