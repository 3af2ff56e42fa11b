"""GitHub's payload shapes, made from what a backup holds: absent nulls, issue entries of pull requests, and so on."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sprintlib.standin.dataset import Item

Payload = dict[str, Any]

API = "https://api.github.com"

ISSUE_NULLS = ("state_reason", "milestone", "assignee", "closed_at", "closed_by", "active_lock_reason", "body", "user")
PULL_NULLS = ("milestone", "assignee", "closed_at", "merged_at", "active_lock_reason", "body", "user", "auto_merge")
PULL_DETAIL_NULLS = ("mergeable", "rebaseable", "merged_by")
# what GET /pulls/{n} has and the list of pull requests has not
PULL_DETAIL = (
    "merged",
    "mergeable",
    "rebaseable",
    "mergeable_state",
    "merged_by",
    "comments",
    "review_comments",
    "maintainer_can_modify",
    "commits",
    "additions",
    "deletions",
    "changed_files",
)
TIMELINE_ONLY_KEYS = ("event", "actor", "commit_id", "commit_url")
# in the timeline, but not in GitHub's lists of issue events
NOT_ISSUE_EVENTS = frozenset(
    {"commented", "reviewed", "committed", "line-commented", "commit-commented", "cross-referenced"}
)


def with_nulls(payload: Mapping[str, Any], keys: Iterable[str]) -> Payload:
    """The payload with the null keys that a backup leaves out."""
    return dict.fromkeys(keys, None) | dict(payload)


def issue_of_pull(pull: Mapping[str, Any], repository_url: str, closed_by: Payload | None) -> Payload:
    """The entry of a pull request in the list of issues."""
    url = f"{repository_url}/issues/{pull['number']}"
    issue: Payload = {
        "url": url,
        "repository_url": repository_url,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "state_reason": None,
        "closed_by": closed_by,
        "performed_via_github_app": None,
        "pull_request": {
            "url": pull.get("url", f"{repository_url}/pulls/{pull['number']}"),
            "html_url": pull.get("html_url"),
            "diff_url": pull.get("diff_url"),
            "patch_url": pull.get("patch_url"),
            "merged_at": pull.get("merged_at"),
        },
    }
    shared = (
        *("html_url", "id", "node_id", "number", "title", "user", "labels", "state", "locked", "assignee", "assignees"),
        *("milestone", "comments", "created_at", "updated_at", "closed_at", "author_association", "active_lock_reason"),
        *("draft", "body", "reactions"),
    )
    return issue | {key: pull[key] for key in shared if key in pull}


def issue_comment(event: Mapping[str, Any]) -> Payload:
    """A comment, from a `commented` entry of the timeline."""
    comment = {key: value for key, value in event.items() if key not in TIMELINE_ONLY_KEYS}
    return {"user": None, "performed_via_github_app": None} | comment


def review(event: Mapping[str, Any], pull_url: str, html_url: str) -> Payload:
    """A review, from a `reviewed` entry of the timeline. Its state is upper case here."""
    return {
        "id": event.get("id"),
        "node_id": event.get("node_id"),
        "user": event.get("user"),
        "body": event.get("body") or "",
        "state": str(event.get("state", "COMMENTED")).upper(),
        "html_url": event.get("html_url") or html_url,
        "pull_request_url": event.get("pull_request_url") or pull_url,
        "author_association": event.get("author_association", "NONE"),
        "submitted_at": event.get("submitted_at"),
        "commit_id": event.get("commit_id"),
        "_links": {
            "html": {"href": event.get("html_url") or html_url},
            "pull_request": {"href": event.get("pull_request_url") or pull_url},
        },
    }


def commit(event: Mapping[str, Any], repository_url: str) -> Payload:
    """A commit of a pull request, from a `committed` entry of the timeline; GitHub users are unknown there."""
    sha = event.get("sha")
    git_url = event.get("url") or f"{repository_url}/git/commits/{sha}"
    return {
        "url": f"{repository_url}/commits/{sha}",
        "sha": sha,
        "node_id": event.get("node_id"),
        "html_url": event.get("html_url"),
        "comments_url": f"{repository_url}/commits/{sha}/comments",
        "commit": {
            "url": git_url,
            "author": event.get("author"),
            "committer": event.get("committer"),
            "message": event.get("message", ""),
            "comment_count": 0,
            "tree": event.get("tree"),
            "verification": event.get("verification"),
        },
        "author": None,
        "committer": None,
        "parents": event.get("parents", []),
    }


def milestones(stored: list[Payload] | None, items: Iterable["Item"]) -> list[Payload]:
    """Milestones by number with recomputed counts. `items` come oldest update first: the newest payload wins.

    A backup holds no milestones, so they are put together from what its items embed.
    """
    found = {milestone["number"]: milestone for milestone in stored or []}
    known = set(found)
    counts: dict[int, Counter[str]] = {}
    for item in items:
        if not item.milestone:
            continue
        number = item.milestone["number"]
        if number not in known:
            found[number] = item.milestone
        counts.setdefault(number, Counter())[item.state] += 1
    return [
        with_nulls(milestone, ("description", "due_on", "closed_at", "creator"))
        | {
            "open_issues": counts.get(number, Counter())["open"],
            "closed_issues": counts.get(number, Counter())["closed"],
        }
        for number, milestone in sorted(found.items())
    ]


def repository(full_name: str, stored: Payload | None, items: Iterable["Item"]) -> Payload:
    """The repository object, with its count of open items recomputed and what is missing filled in."""
    owner, name = full_name.split("/")
    url, html_url = f"{API}/repos/{full_name}", f"https://github.com/{full_name}"
    least: Payload = {
        "id": 0,
        "name": name,
        "full_name": full_name,
        "owner": {"login": owner, "id": 0, "type": "Organization", "url": f"{API}/users/{owner}"},
        "private": False,
        "html_url": html_url,
        "description": None,
        "fork": False,
        "url": url,
        "clone_url": f"{html_url}.git",
        "default_branch": "master",
        "created_at": None,
        "updated_at": None,
        "pushed_at": None,
    }
    open_items = sum(item.state == "open" for item in items)
    counts = {"open_issues": open_items, "open_issues_count": open_items}
    return least | (stored or {}) | {"clone_url": f"{html_url}.git"} | counts
