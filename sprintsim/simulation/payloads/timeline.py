"""Timeline entries and review comments of one item."""

from collections.abc import Callable, Iterable

from sprintsim.simulation.event_log import Key, TimelineEvent
from sprintsim.simulation.payloads.context import Context, Json, api_url, html_url, node_id, timestamp
from sprintsim.simulation.payloads.items import LABEL_COLORS, issue, reactions
from sprintsim.simulation.payloads.people import author_association, maybe_user, user
from sprintsim.simulation.payloads.repositories import minimal_repository, repository


def timeline(context: Context, happenings: Iterable[TimelineEvent]) -> list[Json]:
    """The entries of one item, in the order in which things happened."""
    entries = {"commented": _comment, "reviewed": _review, "committed": _commit, "cross-referenced": _reference}
    return [
        entries.get(happening.kind, _event)(context, happening)
        for happening in happenings
        if happening.kind != "review_commented"
    ]


def review_comments(context: Context, happenings: Iterable[TimelineEvent]) -> list[Json]:
    """The comments on lines of a pull request, in order of time."""
    return [_review_comment(context, happening) for happening in happenings if happening.kind == "review_commented"]


def _event(context: Context, happening: TimelineEvent) -> Json:
    number = context.id_of("event", happening)
    repo = happening.repo
    sha = context.commit(repo, happening.subject).sha if happening.kind == "merged" else None
    return {
        "id": number,
        "node_id": node_id("EV", number),
        "url": f"{api_url(repo)}/issues/events/{number}",
        "actor": maybe_user(context, happening.actor),
        "event": happening.kind,
        "commit_id": sha,
        "commit_url": f"{api_url(repo)}/commits/{sha}" if sha else None,
        "created_at": timestamp(happening.at),
        "performed_via_github_app": None,
        **_EXTRAS.get(happening.kind, _no_extra)(context, happening),
    }


def _no_extra(context: Context, happening: TimelineEvent) -> Json:
    return {}


def _label(context: Context, happening: TimelineEvent) -> Json:
    return {"label": {"name": happening.subject, "color": LABEL_COLORS[happening.subject]}}


def _assignee(context: Context, happening: TimelineEvent) -> Json:
    return {"assignee": user(context, happening.subject), "assigner": maybe_user(context, happening.actor)}


def _milestone_title(context: Context, happening: TimelineEvent) -> Json:
    return {"milestone": {"title": happening.subject}}


def _rename(context: Context, happening: TimelineEvent) -> Json:
    return {"rename": {"from": happening.detail, "to": happening.subject}}


def _review_request(context: Context, happening: TimelineEvent) -> Json:
    return {
        "review_requester": maybe_user(context, happening.actor),
        "requested_reviewer": user(context, happening.subject),
    }


def _state_reason(context: Context, happening: TimelineEvent) -> Json:
    return {"state_reason": happening.detail or None}


def _blocked_by(context: Context, happening: TimelineEvent) -> Json:
    return {"blocked_by": _issue_reference(context, happening.other)}


def _blocking(context: Context, happening: TimelineEvent) -> Json:
    return {"blocking": _issue_reference(context, happening.other)}


_EXTRAS: dict[str, Callable[[Context, TimelineEvent], Json]] = {
    "labeled": _label,
    "unlabeled": _label,
    "assigned": _assignee,
    "unassigned": _assignee,
    "milestoned": _milestone_title,
    "demilestoned": _milestone_title,
    "renamed": _rename,
    "review_requested": _review_request,
    "closed": _state_reason,
    "blocked_by_added": _blocked_by,
    "blocking_added": _blocking,
}


def _issue_reference(context: Context, key: Key | None) -> Json | None:
    if key is None:
        return None
    state = context.states[key]
    return {
        "number": state.item.number,
        "title": state.title,
        "state": state.state,
        "state_reason": state.state_reason,
        "repository": minimal_repository(context, state.item.repo),
        "issue_type": None,
    }


def _comment(context: Context, happening: TimelineEvent) -> Json:
    number = context.id_of("comment", happening)
    author = maybe_user(context, happening.actor)
    url = f"{api_url(happening.repo)}/issues/comments/{number}"
    page = "pull" if context.states[(happening.repo, happening.number)].item.kind == "pull" else "issues"
    return {
        "event": "commented",
        "id": number,
        "node_id": node_id("IC", number),
        "url": url,
        "html_url": f"{html_url(happening.repo)}/{page}/{happening.number}#issuecomment-{number}",
        "issue_url": f"{api_url(happening.repo)}/issues/{happening.number}",
        "actor": author,
        "user": author,
        "created_at": timestamp(happening.at),
        "updated_at": timestamp(happening.at),
        "author_association": author_association(context, happening.actor),
        "body": happening.detail,
        "reactions": reactions(url),
        "performed_via_github_app": None,
    }


def _review(context: Context, happening: TimelineEvent) -> Json:
    number = context.review_id(happening)
    pull_url = f"{api_url(happening.repo)}/pulls/{happening.number}"
    page = f"{html_url(happening.repo)}/pull/{happening.number}#pullrequestreview-{number}"
    return {
        "event": "reviewed",
        "id": number,
        "node_id": node_id("PRR", number),
        "user": maybe_user(context, happening.actor),
        "body": happening.detail,
        "state": happening.subject,
        "html_url": page,
        "pull_request_url": pull_url,
        "_links": {"html": {"href": page}, "pull_request": {"href": pull_url}},
        "submitted_at": timestamp(happening.at),
        "updated_at": timestamp(happening.at),
        "commit_id": _reviewed_sha(context, happening),
        "author_association": author_association(context, happening.actor),
    }


def _reviewed_sha(context: Context, happening: TimelineEvent) -> str:
    """Sha of the newest commit that the pull request had at that moment."""
    state = context.states[(happening.repo, happening.number)]
    keys = [key for key in state.commits if context.commits[key].at <= happening.at]
    return context.commit(happening.repo, keys[-1]).sha


def _commit(context: Context, happening: TimelineEvent) -> Json:
    facts = context.commit(happening.repo, happening.subject)
    person = context.event_log.people[happening.actor or ""]
    signature = {"name": person.name, "email": person.email, "date": timestamp(happening.at)}
    api = api_url(happening.repo)
    return {
        "event": "committed",
        "sha": facts.sha,
        "node_id": f"C_kwSIM{facts.sha}",
        "url": f"{api}/git/commits/{facts.sha}",
        "html_url": f"{html_url(happening.repo)}/commit/{facts.sha}",
        "author": signature,
        "committer": signature,
        "tree": {"sha": facts.tree, "url": f"{api}/git/trees/{facts.tree}"},
        "message": happening.detail,
        "parents": [
            {
                "sha": parent,
                "url": f"{api}/git/commits/{parent}",
                "html_url": f"{html_url(happening.repo)}/commit/{parent}",
            }
            for parent in facts.parents
        ],
        "verification": {
            "verified": False,
            "reason": "unsigned",
            "signature": None,
            "payload": None,
            "verified_at": None,
        },
    }


def _reference(context: Context, happening: TimelineEvent) -> Json:
    source = happening.other
    payload = {**issue(context, source), "repository": repository(context, source[0])} if source else None
    return {
        "event": "cross-referenced",
        "actor": maybe_user(context, happening.actor),
        "created_at": timestamp(happening.at),
        "updated_at": timestamp(happening.at),
        "source": {"type": "issue", "issue": payload},
    }


def _review_comment(context: Context, happening: TimelineEvent) -> Json:
    number = context.id_of("review comment", happening)
    url = f"{api_url(happening.repo)}/pulls/comments/{number}"
    pull_url = f"{api_url(happening.repo)}/pulls/{happening.number}"
    page = f"{html_url(happening.repo)}/pull/{happening.number}#discussion_r{number}"
    sha = _reviewed_sha(context, happening)
    path, lines = _first_hunk(context, happening)
    return {
        "url": url,
        "pull_request_review_id": context.review_id(happening),
        "id": number,
        "node_id": node_id("PRRC", number),
        "diff_hunk": "\n".join([f"@@ -0,0 +1,{len(lines)} @@", *(f"+{line}" for line in lines)]),
        "path": path,
        "position": 1,
        "original_position": 1,
        "commit_id": sha,
        "original_commit_id": sha,
        "user": maybe_user(context, happening.actor),
        "body": happening.detail,
        "created_at": timestamp(happening.at),
        "updated_at": timestamp(happening.at),
        "html_url": page,
        "pull_request_url": pull_url,
        "author_association": author_association(context, happening.actor),
        "_links": {"self": {"href": url}, "html": {"href": page}, "pull_request": {"href": pull_url}},
        "reactions": reactions(url),
        "start_line": None,
        "original_start_line": None,
        "start_side": None,
        "line": 1,
        "original_line": 1,
        "side": "RIGHT",
        "subject_type": "line",
    }


def _first_hunk(context: Context, happening: TimelineEvent) -> tuple[str, tuple[str, ...]]:
    hunks = context.git[happening.repo].diffs[happening.number].hunks
    return next(iter(hunks.items()))
