"""From one GitHub payload to one row of a fact table. Pure functions; every time is UTC.

People appear as logins; GitHub's placeholder for deleted accounts (`ghost`) and a missing user are both None.
Git's own author names are kept with commits, addresses are not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

Payload = Mapping[str, Any]
Row = dict[str, Any]

# timeline entries that are rows of another table, not of `event`
NOT_EVENTS = frozenset({"commented", "reviewed", "committed", "line-commented", "commit-commented"})
_HTML_ITEM = re.compile(r"https?://[^/]+/([^/]+/[^/]+)/(?:issues|pull)/(\d+)")
_API_ITEM = re.compile(r"/repos/([^/]+/[^/]+)/(?:issues|pulls)/(\d+)")


WEBHOOK, ARCHIVE = "webhook", "archive"
# These tell of a thing what was so at its own update time, and may come late.
TOLD = frozenset({WEBHOOK, ARCHIVE})


@dataclass(frozen=True)
class Origin:
    """Where payloads came from.

    source: `rest`, `dataset`, `git`, WEBHOOK or ARCHIVE. observed_at: when they were fetched; of the last two, when
    what they say was so.
    """

    repository_id: int
    source: str
    observed_at: datetime

    @property
    def columns(self) -> Row:
        return {"source": self.source, "observed_at": self.observed_at}

    def of_repository(self, **values: Any) -> Row:
        """A row that belongs to this repository."""
        return {"repository_id": self.repository_id, **values, **self.columns}


def moment(text: str | None) -> datetime | None:
    """An RFC 3339 time, or None."""
    return datetime.fromisoformat(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def login(user: Payload | None) -> str | None:
    """The login of a user object; None for a deleted account."""
    name = user.get("login") if user else None
    return None if name == "ghost" else name


def account_type(user: Payload | None) -> str | None:
    """`User`, `Bot`, `Organization`; None for a deleted account."""
    name = login(user)
    if user is None or name is None:
        return None
    return "Bot" if name.endswith("[bot]") else user.get("type")


def item_reference(item: Payload) -> str | None:
    """`owner/repo#n` of an issue or pull request object, or None where it does not say."""
    for pattern, key in ((_HTML_ITEM, "html_url"), (_API_ITEM, "url")):
        found = pattern.search(item.get(key) or "")
        if found:
            return f"{found[1]}#{found[2]}"
    repository = (item.get("repository") or {}).get("full_name")
    return f"{repository}#{item['number']}" if repository and item.get("number") else None


def numeric_id(payload: Payload) -> int:
    """GitHub's id of a comment, a review or a release, which stays when its node id changes.

    A payload without one, as in a dataset written by hand, gets a negative number made from its node id.
    """
    number = payload.get("id")
    if number is not None:
        return int(number)
    return -int.from_bytes(blake2b(payload["node_id"].encode(), digest_size=7).digest()) - 1


def repository_row(payload: Payload, source: str, observed_at: datetime) -> Row:
    """From a repository object, its own or one embedded in a pull request."""
    owner = payload.get("owner") or {}
    return {
        "id": payload["id"],
        "node_id": payload.get("node_id"),
        "full_name": payload["full_name"],
        "organization": owner.get("login") or payload["full_name"].partition("/")[0],
        "default_branch": payload.get("default_branch"),
        "html_url": payload["html_url"],
        "clone_url": payload.get("clone_url"),
        "private": payload.get("private"),
        "archived": payload.get("archived"),
        "created_at": moment(payload.get("created_at")),
        "source": source,
        "observed_at": observed_at,
    }


def organization_row(payload: Payload, source: str, observed_at: datetime) -> Row:
    """The owner of a repository object: an organization or a person's account."""
    owner = payload.get("owner") or {}
    return {
        "login": owner.get("login") or payload["full_name"].partition("/")[0],
        "node_id": owner.get("node_id"),
        "kind": owner.get("type"),
        "source": source,
        "observed_at": observed_at,
    }


def milestone_row(payload: Payload, origin: Origin) -> Row:
    """From a milestone object; `due_on` keeps its date only."""
    return origin.of_repository(
        number=payload["number"],
        node_id=payload.get("node_id"),
        title=payload["title"],
        description=payload.get("description"),
        state=payload["state"],
        due_on=_day(payload.get("due_on")),
        open_issues=payload.get("open_issues"),
        closed_issues=payload.get("closed_issues"),
        html_url=payload["html_url"],
        created_at=moment(payload["created_at"]),
        updated_at=moment(payload.get("updated_at") or payload["created_at"]),
        closed_at=moment(payload.get("closed_at")),
    )


def milestone_title_row(milestone: Payload, proof: str, origin: Origin) -> Row:
    """That a payload showed a milestone number under a title, at the milestone's own update time."""
    return {
        "repository_id": origin.repository_id,
        "number": milestone["number"],
        "title": milestone["title"],
        "proof": proof,
        "seen_at": moment(milestone.get("updated_at") or milestone["created_at"]),
    }


def _item_row(payload: Payload, origin: Origin) -> Row:
    return origin.of_repository(
        node_id=payload.get("node_id"),
        number=payload["number"],
        title=payload["title"],
        body=payload.get("body"),
        author=login(payload.get("user")),
        author_type=account_type(payload.get("user")),
        state=payload["state"],
        state_reason=_lower(payload.get("state_reason")),
        locked=bool(payload.get("locked")),
        comments=payload.get("comments"),
        labels=[_label_name(label) for label in payload.get("labels") or ()],
        assignees=_logins(payload.get("assignees")),
        milestone_number=(payload.get("milestone") or {}).get("number"),
        html_url=payload["html_url"],
        created_at=moment(payload["created_at"]),
        updated_at=moment(payload["updated_at"]),
        closed_at=moment(payload.get("closed_at")),
    )


def issue_row(payload: Payload, origin: Origin) -> Row:
    """From an issue object that is no pull request."""
    summary = payload.get("issue_dependencies_summary") or {}
    return {**_item_row(payload, origin), "blockers": summary.get("total_blocked_by", summary.get("blocked_by"))}


def pull_request_row(payload: Payload, origin: Origin) -> Row:
    """From the list (sizes unknown: None) or from the detail."""
    head, base = payload.get("head") or {}, payload.get("base") or {}
    return {
        **_item_row(payload, origin),
        "draft": bool(payload.get("draft")),
        "merged": bool(payload.get("merged") or payload.get("merged_at")),
        "merged_at": moment(payload.get("merged_at")),
        "merge_commit_sha": payload.get("merge_commit_sha"),
        "head_ref": head.get("ref"),
        "head_sha": head.get("sha"),
        "head_repository": (head.get("repo") or {}).get("full_name"),
        "base_ref": base.get("ref"),
        "requested_reviewers": _requested(payload),
        "additions": payload.get("additions"),
        "deletions": payload.get("deletions"),
        "changed_files": payload.get("changed_files"),
    }


def review_row(payload: Payload, number: int, origin: Origin) -> Row | None:
    """None for a review that was not submitted yet."""
    submitted_at = moment(payload.get("submitted_at"))
    if submitted_at is None:
        return None
    return origin.of_repository(
        id=numeric_id(payload),
        node_id=payload.get("node_id"),
        number=number,
        author=login(payload.get("user")),
        author_type=account_type(payload.get("user")),
        state=payload["state"].lower(),
        body=payload.get("body") or None,  # REST and GraphQL differ in how they say nothing
        commit_sha=payload.get("commit_id"),
        html_url=payload.get("html_url"),
        submitted_at=submitted_at,
    )


def comment_row(payload: Payload, kind: str, number: int, origin: Origin) -> Row:
    """kind: `issue` for the conversation, `review` for a comment on a line of code."""
    return origin.of_repository(
        id=numeric_id(payload),
        node_id=payload.get("node_id"),
        number=number,
        kind=kind,
        author=login(payload.get("user")),
        author_type=account_type(payload.get("user")),
        body=payload.get("body") or None,  # REST and GraphQL differ in how they say nothing
        path=payload.get("path"),
        html_url=payload.get("html_url"),
        created_at=moment(payload["created_at"]),
        updated_at=moment(payload.get("updated_at") or payload["created_at"]),
    )


def number_in_url(url: str) -> int:
    """The item's number at the end of an `issue_url` or `pull_request_url`."""
    return int(url.rstrip("/").rpartition("/")[2])


def commit_row(payload: Payload, origin: Origin) -> Row:
    """From a `committed` timeline entry."""
    author, committer = payload.get("author") or {}, payload.get("committer") or {}
    return origin.of_repository(
        sha=payload["sha"],
        author=author.get("name"),
        message=(payload.get("message") or "").strip(),
        parents=[parent["sha"] for parent in payload.get("parents") or ()],
        authored_at=moment(author.get("date")),
        committed_at=moment(committer.get("date") or author.get("date")),
    )


def workflow_run_row(payload: Payload, origin: Origin) -> Row:
    """From a workflow run object; each attempt is a row."""
    return origin.of_repository(
        id=payload["id"],
        attempt=payload.get("run_attempt") or 1,
        workflow_id=payload.get("workflow_id"),
        path=payload.get("path"),
        name=payload.get("name"),
        event=payload.get("event"),
        head_branch=payload.get("head_branch"),
        head_sha=payload.get("head_sha"),
        head_repository_id=(payload.get("head_repository") or {}).get("id"),
        status=payload.get("status"),
        conclusion=payload.get("conclusion"),
        html_url=payload["html_url"],
        created_at=moment(payload["created_at"]),
        started_at=moment(payload.get("run_started_at")),
        updated_at=moment(payload["updated_at"]),
    )


def dependency_row(blocker: Payload, number: int, origin: Origin) -> Row | None:
    """`number` waits for `blocker`. None where the blocker cannot be named."""
    reference = item_reference(blocker)
    return origin.of_repository(number=number, blocker=reference, type="blocks") if reference else None


def event_row(payload: Payload, number: int, origin: Origin) -> Row | None:
    """A timeline entry or issue event. None for entries that belong to another table or have no time."""
    kind = payload.get("event")
    happened_at = moment(payload.get("created_at"))
    if kind is None or kind in NOT_EVENTS or happened_at is None:
        return None
    subject, detail = _subject_and_detail(kind, payload)
    return origin.of_repository(
        id=event_id(payload, number, origin.repository_id),
        number=number,
        kind=kind,
        actor=login(payload.get("actor")),
        actor_type=account_type(payload.get("actor")),
        subject=subject,
        detail=detail,
        happened_at=happened_at,
    )


def event_id(payload: Payload, number: int, repository_id: int) -> str:
    """GitHub's id, which timeline and event list share; a digest for cross-references, which have none.

    Their source goes by its number, since REST and GraphQL know a pull request by different ids.
    """
    if payload.get("id") is not None:
        return str(payload["id"])
    source = (payload.get("source") or {}).get("issue") or {}
    repository = (source.get("repository") or {}).get("id")
    known_as = f"{repository}#{source.get('number')}" if repository else (item_reference(source) or "").lower()
    parts = (repository_id, number, payload.get("event"), known_as or source.get("id"), payload.get("created_at"))
    return "x" + blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def _subject_and_detail(kind: str, payload: Payload) -> tuple[str | None, str | None]:
    subject: str | None = None
    detail: str | None = payload.get("commit_id")
    match kind:
        case "milestoned" | "demilestoned":
            subject = (payload.get("milestone") or {}).get("title")
        case "labeled" | "unlabeled":
            subject = (payload.get("label") or {}).get("name")
        case "assigned" | "unassigned":
            subject = login(payload.get("assignee"))
        case "review_requested" | "review_request_removed":
            subject = login(payload.get("requested_reviewer")) or _team(payload.get("requested_team"))
        case "renamed":
            rename = payload.get("rename") or {}
            subject, detail = rename.get("to"), rename.get("from")
        case "closed":
            detail = _lower(payload.get("state_reason")) or detail
        case "cross-referenced":
            subject = item_reference((payload.get("source") or {}).get("issue") or {})
        case "blocked_by_added" | "blocked_by_removed":
            subject = item_reference(_blocker(payload))
        case "review_dismissed":
            dismissed = payload.get("dismissed_review") or {}
            subject = _lower(dismissed.get("state"))
            detail = str(dismissed["review_id"]) if dismissed.get("review_id") else None
    return subject, detail


def _blocker(payload: Payload) -> Payload:
    for key in ("blocking_issue", "blocked_by", "blocker"):
        if isinstance(payload.get(key), Mapping):
            blocker: Payload = payload[key]
            return blocker
    return (payload.get("source") or {}).get("issue") or {}


def _requested(payload: Payload) -> list[str]:
    teams = [_team(team) for team in payload.get("requested_teams") or ()]
    return _logins(payload.get("requested_reviewers")) + [team for team in teams if team]


def _team(team: Payload | None) -> str | None:
    return f"team/{team.get('slug') or team.get('name')}" if team else None


def _logins(users: list[Payload] | None) -> list[str]:
    return [name for name in map(login, users or ()) if name]


def _label_name(label: Payload | str) -> str:
    return label if isinstance(label, str) else str(label.get("name"))


def _lower(text: str | None) -> str | None:
    return text.lower() if text else None
