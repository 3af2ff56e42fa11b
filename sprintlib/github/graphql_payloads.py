"""What GraphQL says of a thing, in the form in which REST says it, as far as facts are made from it. Pure functions."""

from collections.abc import Mapping
from typing import Any

from sprintlib.facts.rows import Payload

Node = Mapping[str, Any]


# the one bot that REST does not mark
_UNMARKED = "Copilot"


def user(actor: Node | None) -> Payload | None:
    """An account: REST marks a bot in its name, GraphQL by its type."""
    if actor is None:
        return None
    name, kind = actor["login"], actor["__typename"]
    is_marked = kind != "Bot" or name == _UNMARKED or name.endswith("[bot]")
    return {"login": name if is_marked else f"{name}[bot]", "type": kind}


def timeline_entry(node: Node) -> Payload:
    """An entry of a timeline; KeyError for a kind that was not asked for."""
    return _ENTRIES[node["__typename"]](node)


def review_comment(node: Node) -> Payload:
    """A comment on a line of code."""
    return {**_comment(node), "path": node["path"]}


def size(pull: Node) -> Payload:
    """What REST tells with a single pull request only."""
    return {
        "number": pull["number"],
        "updated_at": pull["updatedAt"],
        "additions": pull["additions"],
        "deletions": pull["deletions"],
        "changed_files": pull["changedFiles"],
        "comments": pull["comments"]["totalCount"],
    }


def _comment(node: Node) -> Payload:
    return {
        "id": int(node["fullDatabaseId"]),
        "node_id": node["id"],
        "user": user(node["author"]),
        "body": node["body"],
        "html_url": node["url"],
        "created_at": node["createdAt"],
        "updated_at": node["updatedAt"],
    }


def _commented(node: Node) -> Payload:
    return {"event": "commented", **_comment(node)}


def _reviewed(node: Node) -> Payload:
    return {
        "event": "reviewed",
        "id": int(node["fullDatabaseId"]),
        "node_id": node["id"],
        "user": user(node["author"]),
        "state": node["state"].lower(),
        "body": node["body"],
        "commit_id": (node["reviewed"] or {}).get("oid"),
        "html_url": node["url"],
        "submitted_at": node["submittedAt"],
    }


def _committed(node: Node) -> Payload:
    commit = node["commit"]
    return {
        "event": "committed",
        "sha": commit["oid"],
        "message": commit["message"],
        "author": commit["author"],
        "committer": commit["committer"],
        "parents": [{"sha": parent["oid"]} for parent in commit["parents"]["nodes"]],
    }


def _referenced(node: Node) -> Payload:
    source = node["source"]
    repository = {"repository": {"id": source["repository"]["databaseId"]}}
    issue = {"number": source["number"], "node_id": source["id"], "html_url": source["url"], **repository}
    told = {"event": "cross-referenced", "actor": user(node["actor"]), "created_at": node["createdAt"]}
    return {**told, "source": {"type": "issue", "issue": issue}}


_ENTRIES = {
    "IssueComment": _commented,
    "PullRequestReview": _reviewed,
    "PullRequestCommit": _committed,
    "CrossReferencedEvent": _referenced,
}
