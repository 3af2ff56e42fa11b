"""What one line of GH Archive tells, whatever its era.

An event embeds the thing it is about as the REST API gave it at that moment, and tells neither the timeline's id of
what happened nor what changed. So it is read as a webhook is: the thing itself, as of its own update time. Which parts
are whole differs by era, and is seen from the parts: what is embedded without what makes it a fact is left out.

Before 2015 issues and comments are numbers only. From 2015 on everything is embedded. From 2025-10-07 on pull requests
are a number and two branches, and pushes list no commits.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from sprintlib.facts.rows import Payload, number_in_url

NUMBERS_ONLY, WHOLE, SHORT = "before 2015", "2015 on", "after 2025-10-07"
ERAS = (NUMBERS_ONLY, WHOLE, SHORT)
LACKS: Mapping[str, str] = {
    NUMBERS_ONLY: "tells issues and comments by number only: text, state, labels and milestones are missing",
    WHOLE: "has no timeline: when labels, milestones and reviewers changed, the items' commits and CI are missing",
    SHORT: "tells pull requests by number and branch only: their title, state, merge and milestone are missing",
}
SHORT_FROM = "2025-10-07"


class EventPart(NamedTuple):
    """One embedded thing: the kind for FactBatch.add, its payload, when it was so, and the item it belongs to."""

    kind: str
    payload: Payload
    at: str
    number: int | None = None

    @property
    def told_at(self) -> datetime:
        """Raises ValueError for what is no time."""
        return datetime.fromisoformat(self.at)


def era_of(event: Payload) -> str:
    """The era by the form of the event and, as the last change left that alone, by its time."""
    if not isinstance(event.get("repo"), Mapping):
        return NUMBERS_ONLY
    created_at = event.get("created_at")
    return SHORT if isinstance(created_at, str) and created_at >= SHORT_FROM else WHOLE


def repository_of(event: Payload) -> tuple[int | None, str | None]:
    """Id and OWNER/NAME of the repository that an event is about, each None where it is not told."""
    told = event.get("repo") or event.get("repository")
    if not isinstance(told, Mapping):
        return None, None
    key, name, owner = told.get("id"), told.get("name"), told.get("owner")
    if isinstance(name, str) and "/" not in name:
        name = f"{owner}/{name}" if isinstance(owner, str) else None
    return key if isinstance(key, int) else None, name if isinstance(name, str) else None


def parts_of(event: Payload) -> Iterator[EventPart]:
    """The embedded things that become facts. Raises one of NOT_UNDERSTOOD for a form that no era has."""
    told: Payload = event["payload"]
    match event["type"]:
        case "IssuesEvent":
            yield from _item("issue", told.get("issue"))
        case "IssueCommentEvent":
            yield from _item("issue", told.get("issue"))
            yield from _comment("comment", told.get("comment"))
        case "PullRequestEvent":
            yield from _item("pull", told.get("pull_request"))
        case "PullRequestReviewEvent":
            yield from _item("pull", told.get("pull_request"))
            yield from _review(told)
        case "PullRequestReviewCommentEvent":
            yield from _item("pull", told.get("pull_request"))
            yield from _comment("review_comment", told.get("comment"))
        case "ReleaseEvent":
            release: Payload = told.get("release") or {}
            if _is_whole(release, "tag_name"):
                yield EventPart("release", release, release.get("published_at") or release["created_at"])


def _item(kind: str, item: Payload | None) -> Iterator[EventPart]:
    if not item or not _is_whole(item, "title"):
        return
    if item.get("milestone"):
        yield EventPart("embedded_milestone", item["milestone"], item["updated_at"])
    if kind == "pull" or "pull_request" not in item:
        yield EventPart(kind, item, item["updated_at"])


def _comment(kind: str, comment: Payload | None) -> Iterator[EventPart]:
    if not comment or not _is_whole(comment, "body"):
        return
    url = comment.get("pull_request_url") if kind == "review_comment" else comment["issue_url"]
    if url is None:  # before 2013 there was the link only
        url = comment["_links"]["pull_request"]["href"]
    yield EventPart(kind, comment, comment.get("updated_at") or comment["created_at"], number_in_url(url))


def _review(told: Payload) -> Iterator[EventPart]:
    review, pull = told.get("review"), told.get("pull_request")
    if review and pull and _is_whole(review, "state") and review.get("submitted_at"):
        yield EventPart("timeline", {**review, "event": "reviewed"}, review["submitted_at"], pull["number"])


def _is_whole(thing: Payload | None, what: str) -> bool:
    """Whether a thing is embedded and not only named; `what` is a field that GitHub gives with every whole one."""
    return isinstance(thing, Mapping) and what in thing
