"""Issue and pull request objects, with the state they have today."""

from sprintsim.simulation.event_log import Key
from sprintsim.simulation.payloads.context import (
    ORGANIZATION,
    Context,
    Json,
    api_url,
    html_url,
    maybe_timestamp,
    node_id,
    timestamp,
)
from sprintsim.simulation.payloads.people import author_association, maybe_user, user
from sprintsim.simulation.payloads.repositories import milestone, repository
from sprintsim.simulation.repository import DEFAULT_BRANCH
from sprintsim.simulation.state import ItemState

LABEL_COLORS = {
    "bug": "d73a4a",
    "feature": "a2eeef",
    "chore": "cfd3d7",
    "blocked": "b60205",
    "needs-decision": "fbca04",
    "flaky-test": "f9d0c4",
    "dependencies": "0366d6",
    "customer": "5319e7",
    "duplicate": "cfd3d7",
    "security": "ee0701",
}


def label(context: Context, repo: str, name: str) -> Json:
    """A label of a repository."""
    number = context.id_of("label", (repo, name))
    return {
        "id": number,
        "node_id": node_id("LA", number),
        "url": f"{api_url(repo)}/labels/{name}",
        "name": name,
        "color": LABEL_COLORS[name],
        "default": name in {"bug", "duplicate"},
        "description": "",
    }


def _common(context: Context, state: ItemState) -> Json:
    """What an issue and a pull request share."""
    item = state.item
    assignees = [user(context, login) for login in state.assignees]
    inside = context.milestones[(item.repo, state.milestone)] if state.milestone else None
    return {
        "number": item.number,
        "state": state.state,
        "locked": False,
        "title": state.title,
        "user": maybe_user(context, item.author),
        "body": item.body,
        "labels": [label(context, item.repo, name) for name in state.labels],
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": milestone(context, inside) if inside else None,
        "author_association": author_association(context, item.author),
        "active_lock_reason": None,
        "comments": state.comments,
        "created_at": timestamp(item.created_at),
        "updated_at": timestamp(state.updated_at),
        "closed_at": maybe_timestamp(state.closed_at),
    }


def issue(context: Context, key: Key) -> Json:
    """An issue, or a pull request in the form that `/issues` and references give it."""
    cached = ("issue", key)
    if cached not in context.cache:
        context.cache[cached] = _issue(context, context.states[key])
    return context.cache[cached]


def _issue(context: Context, state: ItemState) -> Json:
    item = state.item
    number = context.id_of("item", item.key)
    url = f"{api_url(item.repo)}/issues/{item.number}"
    page = "pull" if item.kind == "pull" else "issues"
    payload = {
        "id": number,
        "node_id": node_id("PR" if item.kind == "pull" else "I", number),
        "url": url,
        "repository_url": api_url(item.repo),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": f"{html_url(item.repo)}/{page}/{item.number}",
        **_common(context, state),
        "closed_by": maybe_user(context, state.closed_by),
        "state_reason": state.state_reason if item.kind == "issue" else None,
        "reactions": reactions(url),
        "performed_via_github_app": None,
        "issue_dependencies_summary": _dependencies_summary(context, item.key),
    }
    if item.kind == "pull":
        pulls = f"{api_url(item.repo)}/pulls/{item.number}"
        page_url = payload["html_url"]
        payload["draft"] = state.draft
        payload["pull_request"] = {
            "url": pulls,
            "html_url": page_url,
            "diff_url": f"{page_url}.diff",
            "patch_url": f"{page_url}.patch",
            "merged_at": maybe_timestamp(state.merged_at),
        }
    return payload


def _dependencies_summary(context: Context, key: Key) -> Json:
    blockers = context.event_log.blocked_by.get(key, ())
    waiting = [each for each, its in context.event_log.blocked_by.items() if key in its]
    return {
        "blocked_by": sum(context.states[each].state == "open" for each in blockers),
        "total_blocked_by": len(blockers),
        "blocking": sum(context.states[each].state == "open" for each in waiting),
        "total_blocking": len(waiting),
    }


def reactions(url: str) -> Json:
    """An empty reaction rollup."""
    names = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
    return {"url": f"{url}/reactions", "total_count": 0, **dict.fromkeys(names, 0)}


def pull(context: Context, key: Key) -> Json:
    """A pull request as `/pulls/{number}` answers."""
    state = context.states[key]
    item = state.item
    number = context.id_of("pull", key)
    url = f"{api_url(item.repo)}/pulls/{item.number}"
    issue_url = f"{api_url(item.repo)}/issues/{item.number}"
    page = f"{html_url(item.repo)}/pull/{item.number}"
    sha = context.head_sha(state)
    diff = context.git[item.repo].diffs[item.number]
    links = {
        "self": url,
        "html": page,
        "issue": issue_url,
        "comments": f"{issue_url}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{api_url(item.repo)}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{api_url(item.repo)}/statuses/{sha}",
    }
    is_open = state.state == "open"
    return {
        "url": url,
        "id": number,
        "node_id": node_id("PR", context.id_of("item", key)),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue_url,
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": links["statuses"],
        **_common(context, state),
        "merged_at": maybe_timestamp(state.merged_at),
        "merge_commit_sha": context.commit(item.repo, state.merge_commit).sha if state.merge_commit else None,
        "requested_reviewers": [user(context, login) for login in state.reviewers],
        "requested_teams": [],
        "head": _branch(context, state, item.branch, sha, is_head=True),
        "base": _branch(context, state, DEFAULT_BRANCH, diff.base, is_head=False),
        "_links": {name: {"href": href} for name, href in links.items()},
        "auto_merge": None,
        "draft": state.draft,
        "merged": state.merged_at is not None,
        "mergeable": True if is_open else None,
        "rebaseable": True if is_open else None,
        "mergeable_state": ("draft" if state.draft else "blocked") if is_open else "unknown",
        "merged_by": maybe_user(context, state.merged_by),
        "review_comments": state.review_comments,
        "maintainer_can_modify": False,
        "commits": len(state.commits),
        "additions": diff.additions,
        "deletions": diff.deletions,
        "changed_files": len(diff.hunks),
    }


def _branch(context: Context, state: ItemState, ref: str, sha: str, *, is_head: bool) -> Json:
    """One end of a pull request. The head of a pull request from a fork that is gone has no repository."""
    owner = state.item.fork if is_head and state.item.fork else ORGANIZATION
    return {
        "label": f"{owner}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user(context, owner),
        "repo": None if is_head and state.item.fork else repository(context, state.item.repo),
    }
