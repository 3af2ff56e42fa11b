"""GitHub's payload shapes, made from what a backup holds: absent nulls, issue entries of pull requests, and so on."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

Payload = dict[str, Any]

API = "https://api.github.com"

# null keys that a backup leaves out; the first group is common to issues and pull requests
_ITEM_NULLS = ("body", "user", "assignee", "milestone", "closed_at", "active_lock_reason")
_ISSUE_NULLS = (*_ITEM_NULLS, "state_reason", "closed_by", "performed_via_github_app")
_PULL_NULLS = (*_ITEM_NULLS, "merged_at", "merge_commit_sha", "auto_merge")
_PULL_DETAIL_NULLS = ("mergeable", "rebaseable", "merged_by")
_PULL_LINKS = ("self", "html", "issue", "comments", "review_comments", "review_comment", "commits", "statuses")
_UNVERIFIED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None}
_MILESTONE_NULLS = ("description", "due_on", "closed_at", "creator")
# what GET /pulls/{n} has and the list of pull requests has not
_PULL_DETAIL = (
    *("merged", "mergeable", "rebaseable", "mergeable_state", "merged_by", "comments", "review_comments"),
    *("maintainer_can_modify", "commits", "additions", "deletions", "changed_files"),
)
TIMELINE_ONLY_KEYS = ("event", "actor", "commit_id", "commit_url")
# in the timeline, but not in GitHub's lists of issue events
NOT_ISSUE_EVENTS = frozenset(
    {"commented", "reviewed", "committed", "line-commented", "commit-commented", "cross-referenced"}
)


def with_nulls(payload: Mapping[str, Any], keys: Iterable[str]) -> Payload:
    """The payload with the null keys that a backup leaves out."""
    return dict.fromkeys(keys, None) | dict(payload)


def objects(value: Any) -> list[Payload]:
    """The objects of a list that may be absent or hold nulls."""
    return [element for element in value or [] if element]


def issue(payload: Mapping[str, Any], repository_url: str) -> Payload:
    """An issue with its nulls."""
    return _issue_addresses(repository_url, payload["number"]) | _completed(with_nulls(payload, _ISSUE_NULLS))


def pull(payload: Mapping[str, Any], repository_url: str) -> tuple[Payload, Payload]:
    """A pull request with its nulls: its entry in the list, and what its own address adds to that."""
    entry = _completed(with_nulls(payload, _PULL_NULLS))
    for side in ("head", "base"):
        # a fork that was deleted has no repository, a deleted account no user
        there = with_nulls(entry.get(side) or {}, ("repo", "user", "label"))
        entry[side] = there | {"repo": _repository_with_nulls(there["repo"]) if there["repo"] else None}
    addresses = _pull_addresses(repository_url, entry["number"], entry["head"].get("sha"))
    links = {name.removesuffix("_url"): {"href": address} for name, address in addresses.items()}
    links |= {"self": {"href": addresses["url"]}, "html": {"href": entry.get("html_url") or ""}}
    entry = addresses | entry | {"_links": {name: links[name] for name in _PULL_LINKS} | (entry.get("_links") or {})}
    entry.setdefault("merged", entry["merged_at"] is not None)
    detail = dict.fromkeys(_PULL_DETAIL_NULLS) | {key: entry.pop(key) for key in _PULL_DETAIL if key in entry}
    return entry, detail


def _issue_addresses(repository_url: str, number: int) -> dict[str, str]:
    url = f"{repository_url}/issues/{number}"
    return {
        "url": url,
        "repository_url": repository_url,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
    }


def _pull_addresses(repository_url: str, number: int, sha: str | None) -> dict[str, str]:
    url, issue_url = f"{repository_url}/pulls/{number}", f"{repository_url}/issues/{number}"
    return {
        "url": url,
        "issue_url": issue_url,
        "comments_url": f"{issue_url}/comments",
        "review_comments_url": f"{url}/comments",
        "review_comment_url": f"{repository_url}/pulls/comments{{/number}}",
        "commits_url": f"{url}/commits",
        "statuses_url": f"{repository_url}/statuses/{sha}",
    }


def _completed(payload: Payload) -> Payload:
    milestone, labels = payload["milestone"], objects(payload.get("labels"))
    return payload | {
        "milestone": with_nulls(milestone, _MILESTONE_NULLS) if milestone else None,
        "labels": [with_nulls(label, ("description",)) for label in labels],
    }


def event(payload: Mapping[str, Any]) -> Payload:
    """An entry of a timeline with its nulls."""
    if payload.get("event") in NOT_ISSUE_EVENTS:
        return dict(payload)
    return with_nulls(payload, ("actor", "commit_id", "commit_url", "performed_via_github_app"))


def review_comment(comment: Mapping[str, Any], pull_url: str) -> Payload:
    """A review comment with its link to the pull request. GitHub leaves `in_reply_to_id` out where there is none."""
    links = {"self": comment.get("url"), "html": comment.get("html_url"), "pull_request": pull_url}
    own = {key: value for key, value in comment.items() if key != "in_reply_to_id" or value is not None}
    return with_nulls(own, ("user",)) | {
        "pull_request_url": comment.get("pull_request_url") or pull_url,
        "_links": {name: {"href": href} for name, href in links.items()},
    }


def issue_of_pull(pull: Mapping[str, Any], repository_url: str, closed_by: Payload | None) -> Payload:
    """The entry of a pull request in the list of issues."""
    issue: Payload = {
        **_issue_addresses(repository_url, pull["number"]),
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
    return issue | _completed(with_nulls({key: pull[key] for key in shared if key in pull}, _ITEM_NULLS))


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
            "verification": {"verified_at": None} | (event.get("verification") or _UNVERIFIED),
        },
        "author": None,
        "committer": None,
        "parents": event.get("parents", []),
    }


def milestones(stored: list[Payload], embedded: Iterable[tuple[Payload, str]], repository_url: str) -> list[Payload]:
    """Milestones by number, with counts from the current state of the items.

    stored: the dataset's own. embedded: milestone and state of each item, oldest update first; a backup holds no
    milestones, so the newest payload of each number stands for them.
    """
    own = {milestone["number"]: milestone for milestone in stored}
    seen: dict[int, Payload] = {}
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for milestone, state in embedded:
        seen[milestone["number"]] = milestone
        counts[milestone["number"]][state] += 1
    return [
        {"url": f"{repository_url}/milestones/{number}", "state": "open"}
        | with_nulls(milestone, _MILESTONE_NULLS)
        | {"open_issues": counts[number]["open"], "closed_issues": counts[number]["closed"]}
        for number, milestone in sorted((seen | own).items())
    ]


def _repository_with_nulls(repo: Mapping[str, Any]) -> Payload:
    """A repository with its nulls, and with the counts that GitHub gives under two names."""
    counts = {"forks": "forks_count", "watchers": "stargazers_count", "open_issues": "open_issues_count"}
    twins = {short: repo.get(long) or 0 for short, long in counts.items()}
    nulls = dict.fromkeys(("description", "homepage", "language", "mirror_url", "license", "pushed_at"))
    return {"has_discussions": False} | twins | nulls | dict(repo)


def repository(full_name: str, stored: Payload, open_items: int) -> Payload:
    """The repository object, with its count of open items and what is missing filled in."""
    owner, name = full_name.split("/")
    url, html_url = f"{API}/repos/{full_name}", f"https://github.com/{full_name}"
    least: Payload = {
        "id": 0,
        "node_id": "",
        "name": name,
        "full_name": full_name,
        "owner": {"login": owner, "id": 0, "type": "Organization", "url": f"{API}/users/{owner}"},
        "private": False,
        "html_url": html_url,
        "fork": False,
        "url": url,
        "default_branch": "master",
        "created_at": None,
        "updated_at": None,
        "network_count": 0,
        "subscribers_count": 0,
    }
    current = {"clone_url": f"{html_url}.git", "open_issues": open_items, "open_issues_count": open_items}
    return _repository_with_nulls(least | stored) | current
