"""GraphQL over the same datasets: queries are executed by graphql-core against GitHub's schema, or the part of it here.

Things are given as dictionaries with `__typename`, by which unions are told apart; lists that are paged are functions.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, build_schema, graphql_sync

from sprintsim.fake_github.dataset import Dataset
from sprintsim.fake_github.items import Item

OWN_SCHEMA = Path(__file__).with_name("schema.graphql")
Node = dict[str, Any]
Find = Callable[[str], Dataset | None]
_THREAD = "thread:"
_KINDS = {"commented": "ISSUE_COMMENT", "cross-referenced": "CROSS_REFERENCED_EVENT"}
_KINDS_OF_PULLS = {"reviewed": "PULL_REQUEST_REVIEW", "committed": "PULL_REQUEST_COMMIT"}


@lru_cache(maxsize=2)
def schema_at(path: Path) -> GraphQLSchema:
    """The schema in a file, plain or zipped; GitHub's own is taken as it is."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        import gzip

        content = gzip.decompress(content)
    return build_schema(content.decode(), assume_valid=True, assume_valid_sdl=True)


def execute(
    schema: Path | None, query: str, variables: Mapping[str, Any], find: Find, rate: Mapping[str, int]
) -> dict[str, Any]:
    """Data and errors, as GitHub answers. rate: cost, limit, remaining, and reset in epoch seconds."""
    root = {
        "repository": lambda _info, owner, name, **_: _repository(find(f"{owner}/{name}".lower())),
        "node": lambda _info, id: _thread_called(id, find),
        "rateLimit": {
            **rate,
            "resetAt": datetime.fromtimestamp(rate["reset"], UTC).isoformat(),
            "used": rate["limit"] - rate["remaining"],
            "nodeCount": 1,
        },
    }
    result = graphql_sync(schema_at(schema or OWN_SCHEMA), query, root, variable_values=dict(variables))
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [{**error.formatted, "type": "INTERNAL"} for error in result.errors]
    return answer


def _repository(dataset: Dataset | None) -> Node | None:
    if dataset is None:
        return None

    def one(pulls: bool) -> Callable[..., Node | None]:
        def find(_info: Any, number: int) -> Node | None:
            item = dataset.items.get(number)
            return _item(dataset, item) if item and item.is_pull == pulls else None

        return find

    def several(pulls: bool) -> Callable[..., Node]:
        def page(_info: Any, first: int, after: str | None = None, **_: Any) -> Node:
            return _page(dataset.newest_first(pulls), first, after, lambda item: _item(dataset, item))

        return page

    about = dataset.repository()
    return {
        "__typename": "Repository",
        "databaseId": about["id"],
        "issues": several(False),
        "pullRequests": several(True),
        "issue": one(False),
        "pullRequest": one(True),
    }


def _page(things: Sequence[Any], first: int, after: str | None, shape: Callable[[Any], Node]) -> Node:
    start = int(base64.b64decode(after)) if after else 0
    end = min(start + first, len(things))
    return {
        "totalCount": len(things),
        "nodes": [shape(thing) for thing in things[start:end]],
        "pageInfo": {
            "hasNextPage": end < len(things),
            "endCursor": base64.b64encode(str(end).encode()).decode() if end > start else None,
        },
    }


def _item(dataset: Dataset, item: Item) -> Node:
    document = item.document()
    told = document["pull" if item.is_pull else "issue"]
    kinds = _KINDS | (_KINDS_OF_PULLS if item.is_pull else {})
    entries = [entry for entry in document["events"] if entry.get("event") in kinds]

    def timeline(_info: Any, first: int, after: str | None = None, **more: Any) -> Node:
        wanted = more.get("itemTypes") or kinds.values()
        return _page([entry for entry in entries if kinds[entry["event"]] in wanted], first, after, _entry)

    def threads(_info: Any, first: int, after: str | None = None) -> Node:
        return _page(_threads(dataset, document), first, after, dict)

    made = {
        "__typename": "PullRequest" if item.is_pull else "Issue",
        "id": told["node_id"],
        "number": item.number,
        "url": told["html_url"],
        "updatedAt": told["updated_at"],
        "timelineItems": timeline,
        "comments": {"totalCount": told.get("comments") or 0},
    }
    if item.is_pull:
        made |= {
            "additions": told.get("additions") or 0,
            "deletions": told.get("deletions") or 0,
            "changedFiles": told.get("changed_files") or 0,
            "reviewThreads": threads,
        }
    return made


def _threads(dataset: Dataset, document: Mapping[str, Any]) -> list[Node]:
    """Comments on code, each with its answers."""
    number = document["pull"]["number"]
    threads: dict[Any, list[Mapping[str, Any]]] = {}
    for comment in document["comments"]:
        threads.setdefault(comment.get("in_reply_to_id") or comment["id"], []).append(comment)
    return [
        {
            "__typename": "PullRequestReviewThread",
            "id": f"{_THREAD}{dataset.full_name}:{number}:{first}",
            "comments": _listed(comments),
        }
        for first, comments in threads.items()
    ]


def _listed(comments: list[Mapping[str, Any]]) -> Callable[..., Node]:
    return lambda _info, first, after=None, **_: _page(comments, first, after, _remark)


def _thread_called(name: str, find: Find) -> Node | None:
    full_name, number, _ = name.removeprefix(_THREAD).rsplit(":", 2)
    dataset = find(full_name.lower())
    item = dataset.items.get(int(number)) if dataset else None
    if dataset is None or item is None:
        return None
    return next((one for one in _threads(dataset, item.document()) if one["id"] == name), None)


def _entry(entry: Mapping[str, Any]) -> Node:
    return _ENTRIES[entry["event"]](entry)


def _actor(user: Mapping[str, Any] | None) -> Node | None:
    """Bots have no mark in their name here, and a deleted account is null."""
    if not user or user.get("login") == "ghost":
        return None
    name = user["login"]
    is_bot = name.endswith("[bot]") or user.get("type") == "Bot"
    return {"__typename": "Bot" if is_bot else user.get("type") or "User", "login": name.removesuffix("[bot]")}


def _commented(entry: Mapping[str, Any]) -> Node:
    return _comment({**entry, "user": entry.get("user") or entry.get("actor")}) | {"__typename": "IssueComment"}


def _remark(comment: Mapping[str, Any]) -> Node:
    return _comment(comment) | {"__typename": "PullRequestReviewComment", "path": comment.get("path") or ""}


def _comment(comment: Mapping[str, Any]) -> Node:
    return {
        "id": comment["node_id"],
        "fullDatabaseId": comment["id"],
        "author": _actor(comment.get("user")),
        "body": comment.get("body") or "",
        "url": comment.get("html_url"),
        "createdAt": comment["created_at"],
        "updatedAt": comment.get("updated_at") or comment["created_at"],
    }


def _reviewed(entry: Mapping[str, Any]) -> Node:
    return {
        "__typename": "PullRequestReview",
        "id": entry["node_id"],
        "fullDatabaseId": entry["id"],
        "author": _actor(entry.get("user")),
        "state": entry["state"].upper(),
        "body": entry.get("body") or "",
        "url": entry.get("html_url"),
        "submittedAt": entry.get("submitted_at"),
        "commit": {"oid": entry["commit_id"]} if entry.get("commit_id") else None,
    }


def _committed(entry: Mapping[str, Any]) -> Node:
    commit = {
        "oid": entry["sha"],
        "message": entry["message"],
        "author": entry.get("author"),
        "committer": entry.get("committer"),
        "parents": {"nodes": [{"oid": parent["sha"]} for parent in entry.get("parents") or ()]},
    }
    return {"__typename": "PullRequestCommit", "id": entry["node_id"], "commit": commit}


def _referenced(entry: Mapping[str, Any]) -> Node:
    issue = entry["source"]["issue"]
    return {
        "__typename": "CrossReferencedEvent",
        "id": entry.get("node_id") or "CRE",
        "createdAt": entry["created_at"],
        "actor": _actor(entry.get("actor")),
        "source": {
            "__typename": "PullRequest" if issue.get("pull_request") else "Issue",
            "id": issue.get("node_id"),
            "number": issue.get("number"),
            "url": issue.get("html_url"),
            "repository": {"databaseId": (issue.get("repository") or {}).get("id")},
        },
    }


_ENTRIES = {
    "commented": _commented,
    "reviewed": _reviewed,
    "committed": _committed,
    "cross-referenced": _referenced,
}
