"""A repository of seven items, written by hand in the way a backup holds them: without null keys."""

from typing import Any

from sprintsim.fake_github import Dataset

NAME = "acme/shop"
API = f"https://api.github.com/repos/{NAME}"
HTML = f"https://github.com/{NAME}"


def user(login: str) -> dict[str, Any]:
    return {"login": login, "id": len(login), "url": f"https://api.github.com/users/{login}", "type": "User"}


def milestone(number: int, title: str, **more: Any) -> dict[str, Any]:
    return {"number": number, "id": 900 + number, "title": title, "state": "open", "open_issues": 99, **more}


def event(kind: str, event_id: int, day: int, **more: Any) -> dict[str, Any]:
    return {"event": kind, "id": event_id, "created_at": f"2026-03-{day:02}T10:00:00Z", "actor": user("ann"), **more}


def comment(comment_id: int, day: int, **more: Any) -> dict[str, Any]:
    url = f"{API}/issues/comments/{comment_id}"
    return event("commented", comment_id, day, url=url, body=f"comment {comment_id}", user=user("ann"), **more)


def issue(number: int, day: int, events: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    at = f"2026-03-{day:02}T08:00:00Z"
    payload = {
        "number": number,
        "id": 1000 + number,
        "node_id": f"I_{number}",
        "url": f"{API}/issues/{number}",
        "html_url": f"{HTML}/issues/{number}",
        "title": f"Issue {number}",
        "state": "open",
        "user": user("ann"),
        "labels": [],
        "assignees": [],
        "comments": 0,
        "created_at": at,
        "updated_at": at,
    }
    return {"type": "issue", "issue": payload | more, "events": events or []}


def pull(number: int, day: int, events: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    at = f"2026-03-{day:02}T08:00:00Z"
    repo = {"id": 7, "name": "shop", "full_name": NAME, "url": API, "clone_url": f"{HTML}.git", "forks_count": 3}
    payload = {
        "number": number,
        "id": 2000 + number,
        "node_id": f"PR_{number}",
        "url": f"{API}/pulls/{number}",
        "html_url": f"{HTML}/pull/{number}",
        "diff_url": f"{HTML}/pull/{number}.diff",
        "patch_url": f"{HTML}/pull/{number}.patch",
        "title": f"Pull {number}",
        "state": "open",
        "user": user("bob"),
        "labels": [],
        "assignees": [],
        "draft": False,
        "head": {"ref": "topic", "sha": "a" * 40},
        "base": {"ref": "main", "sha": "b" * 40, "repo": repo},
        "additions": 10,
        "deletions": 2,
        "changed_files": 1,
        "commits": 1,
        "comments": 1,
        "created_at": at,
        "updated_at": at,
    }
    return {"type": "pull", "pull": payload | more, "events": events or [], "comments": []}


def documents() -> list[dict[str, Any]]:
    """Issues 1, 2, 3, 5 and 7, pull requests 4 and 6; milestones 1 (renamed) and 2."""
    closed = {"state": "closed", "closed_at": "2026-03-09T10:00:00Z"}
    changes = comment(52, 6, updated_at="2026-03-20T10:00:00Z")
    return [
        issue(1, 1, [event("milestoned", 11, 1), comment(51, 5), changes], milestone=milestone(1, "Alpha"), comments=2),
        issue(2, 2, [event("labeled", 12, 2)], labels=[{"name": "Bug"}, {"name": "ui"}], **closed) | {"type": "issue"},
        issue(3, 3, milestone=milestone(1, "Alpha (renamed)"), updated_at="2026-03-21T08:00:00Z", **closed),
        pull(
            4,
            4,
            [
                {"event": "committed", "sha": "c" * 40, "message": "Fix", "author": {"name": "Bob"}, "parents": []},
                {"event": "reviewed", "id": 61, "state": "approved", "submitted_at": "2026-03-08T10:00:00Z"},
                event("merged", 13, 9),
                event("closed", 14, 9),
            ],
            merged_at="2026-03-09T10:00:00Z",
            milestone=milestone(2, "Beta", due_on="2026-04-01T00:00:00Z"),
            **closed,
        )
        | {
            "comments": [
                {"id": 71, "url": f"{API}/pulls/comments/71", "body": "why?", "created_at": "2026-03-07T10:00:00Z"},
                {"id": 72, "url": f"{API}/pulls/comments/72", "body": "so", "created_at": "2026-03-06T10:00:00Z"},
            ]
        },
        issue(5, 5, assignees=[user("Cleo")], labels=[{"name": "bug"}]),
        pull(6, 6, [event("subscribed", 15, 6), event("cross-referenced", 0, 7)], user=None, head=None),
        issue(7, 7, milestone=milestone(2, "Beta", due_on="2026-04-01T00:00:00Z"), body=None),
    ]


def dataset() -> Dataset:
    made = Dataset(NAME)
    for document in documents():
        made.put(document)
    return made
