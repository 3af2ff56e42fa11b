"""A small repository, `acme/shop`, written by hand as GitHub would give it."""

from copy import deepcopy
from typing import Any

from sprintsim.fake_github import Dataset

NAME = "acme/shop"
API = f"https://api.github.com/repos/{NAME}"
HTML = f"https://github.com/{NAME}"
Json = dict[str, Any]

REPOSITORY: Json = {
    "id": 7,
    "node_id": "R_7",
    "name": "shop",
    "full_name": NAME,
    "owner": {"login": "acme", "node_id": "O_1", "type": "Organization"},
    "private": False,
    "html_url": HTML,
    "url": API,
    "clone_url": f"{HTML}.git",
    "default_branch": "main",
    "archived": False,
    "open_issues_count": 3,
    "stargazers_count": 5,
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-03-01T00:00:00Z",
    "pushed_at": "2026-03-01T00:00:00Z",
}


def user(login: str, kind: str = "User") -> Json:
    return {"login": login, "id": len(login), "node_id": f"U_{login}", "type": kind}


def at(day: int, hour: int = 10) -> str:
    return f"2026-03-{day:02}T{hour:02}:00:00Z"


def milestone(number: int = 1, title: str = "Alpha", **more: Any) -> Json:
    return {
        "id": 900 + number,
        "node_id": f"MI_{number}",
        "number": number,
        "title": title,
        "description": "First cut",
        "state": "open",
        "open_issues": 2,
        "closed_issues": 1,
        "html_url": f"{HTML}/milestone/{number}",
        "created_at": at(1),
        "updated_at": at(2),
        "closed_at": None,
        "due_on": "2026-04-01T07:00:00Z",
        **more,
    }


def event(kind: str, event_id: int, day: int, **more: Any) -> Json:
    return {
        "event": kind,
        "id": event_id,
        "node_id": f"E_{event_id}",
        "actor": user("ann"),
        "created_at": at(day),
    } | more


def commented(comment_id: int, number: int, day: int, body: str = "Looks good") -> Json:
    return event(
        "commented",
        comment_id,
        day,
        node_id=f"IC_{comment_id}",
        url=f"{API}/issues/comments/{comment_id}",
        html_url=f"{HTML}/issues/{number}#issuecomment-{comment_id}",
        issue_url=f"{API}/issues/{number}",
        updated_at=at(day),
        user=user("ann"),
        body=body,
    )


def reviewed(review_id: int, number: int, day: int, state: str = "approved") -> Json:
    return {
        "event": "reviewed",
        "id": review_id,
        "node_id": f"PRR_{review_id}",
        "user": user("cleo"),
        "state": state,
        "body": "Nice",
        "commit_id": "c" * 40,
        "submitted_at": at(day),
        "html_url": f"{HTML}/pull/{number}#pullrequestreview-{review_id}",
    }


def committed(sha: str, day: int, message: str = "Fix it") -> Json:
    person = {"name": "Bob B", "email": "bob@example.org", "date": at(day)}
    return {
        "event": "committed",
        "sha": sha,
        "node_id": f"C_{sha[:6]}",
        "message": f"{message}\n",
        "author": person,
        "committer": person,
        "parents": [{"sha": "0" * 40}],
    }


def review_comment(comment_id: int, number: int, day: int) -> Json:
    return {
        "id": comment_id,
        "node_id": f"PRRC_{comment_id}",
        "url": f"{API}/pulls/comments/{comment_id}",
        "html_url": f"{HTML}/pull/{number}#discussion_r{comment_id}",
        "pull_request_url": f"{API}/pulls/{number}",
        "path": "shop/cart.py",
        "user": user("cleo"),
        "body": "Why?",
        "created_at": at(day),
        "updated_at": at(day),
    }


def issue(number: int, day: int, **more: Any) -> Json:
    return {
        "id": 1000 + number,
        "node_id": f"I_{number}",
        "number": number,
        "url": f"{API}/issues/{number}",
        "repository_url": API,
        "html_url": f"{HTML}/issues/{number}",
        "title": f"Issue {number}",
        "body": "Words",
        "user": user("ann"),
        "state": "open",
        "state_reason": None,
        "locked": False,
        "labels": [{"name": "bug"}],
        "assignees": [user("bob")],
        "milestone": None,
        "comments": 0,
        "created_at": at(day),
        "updated_at": at(day),
        "closed_at": None,
    } | more


def pull(number: int, day: int, **more: Any) -> Json:
    return (
        issue(number, day)
        | {
            "id": 2000 + number,
            "node_id": f"PR_{number}",
            "url": f"{API}/pulls/{number}",
            "html_url": f"{HTML}/pull/{number}",
            "diff_url": f"{HTML}/pull/{number}.diff",
            "patch_url": f"{HTML}/pull/{number}.patch",
            "issue_url": f"{API}/issues/{number}",
            "title": f"Pull {number}",
            "user": user("bob"),
            "labels": [],
            "assignees": [],
            "draft": False,
            "merged_at": None,
            "merge_commit_sha": None,
            "requested_reviewers": [user("cleo")],
            "requested_teams": [{"slug": "core"}],
            "head": {
                "ref": "topic",
                "sha": "c" * 40,
                "repo": {"id": 8, "full_name": "bob/shop", "stargazers_count": 1},
            },
            "base": {"ref": "main", "sha": "b" * 40, "repo": deepcopy(REPOSITORY)},
            "merged": False,
            "additions": 10,
            "deletions": 2,
            "changed_files": 1,
            "commits": 1,
        }
        | more
    )


def document(item: Json, events: list[Json] | None = None, comments: list[Json] | None = None) -> Json:
    """An item as a dataset holds it."""
    if "head" in item:
        return {"type": "pull", "pull": item, "events": events or [], "comments": comments or []}
    return {"type": "issue", "issue": item, "events": events or []}


def documents() -> list[Json]:
    """Issues 1 (open, in Alpha), 2 (done), 5 (no user); pulls 3 (merged, in Alpha) and 4 (open, fork gone)."""
    done = {"state": "closed", "closed_at": at(9), "updated_at": at(9)}
    return [
        document(
            issue(1, 1, milestone=milestone(), updated_at=at(5), comments=1),
            [event("milestoned", 11, 1, milestone={"title": "Alpha"}), commented(51, 1, 5)],
        ),
        document(
            issue(2, 2, **done, state_reason="completed"),
            [event("labeled", 12, 2, label={"name": "bug"}), event("closed", 13, 9, state_reason="completed")],
        ),
        document(
            pull(3, 3, **done, milestone=milestone(), merged=True, merged_at=at(9), merge_commit_sha="d" * 40),
            [
                event("milestoned", 14, 3, milestone={"title": "Alpha"}),
                committed("c" * 40, 4),
                reviewed(61, 3, 8),
                event("merged", 15, 9, commit_id="d" * 40),
                event("closed", 16, 9),
            ],
            [review_comment(71, 3, 7)],
        ),
        document(
            pull(4, 4, body=None, head={"ref": "gone", "sha": "e" * 40, "repo": None}, updated_at=at(6)),
            [event("review_requested", 17, 4, requested_reviewer=user("cleo")), committed("e" * 40, 4)],
        ),
        document(issue(5, 5, user=None, body=None), [event("subscribed", 18, 5, actor=None)]),
    ]


def dataset(extra: list[Json] | None = None) -> Dataset:
    """The repository, ready to be served; `extra` documents are added."""
    made = Dataset(NAME)
    made.set_extra("repository", deepcopy(REPOSITORY))
    made.set_extra("milestones", [milestone()])
    for one in [*documents(), *(extra or [])]:
        made.put(one)
    return made
