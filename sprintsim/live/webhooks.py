"""What GitHub would send for what happened between two moments, in the order in which it happened."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sprintsim.simulation import payloads
from sprintsim.simulation.event_log import EventLog, Item, Run, TimelineEvent
from sprintsim.simulation.payloads import Context, Json
from sprintsim.simulation.payloads.people import maybe_user

# entries of a timeline that are told as an action on the item, and what GitHub calls it
_ACTIONS = {
    "labeled": "labeled",
    "unlabeled": "unlabeled",
    "assigned": "assigned",
    "unassigned": "unassigned",
    "milestoned": "milestoned",
    "demilestoned": "demilestoned",
    "renamed": "edited",
    "review_requested": "review_requested",
    "committed": "synchronize",
    "convert_to_draft": "converted_to_draft",
    "ready_for_review": "ready_for_review",
    "closed": "closed",
    "reopened": "reopened",
}


@dataclass(frozen=True)
class Webhook:
    """One thing to tell. at: when it happened."""

    at: datetime
    repo: str
    event: str
    payload: Json


def webhooks(context: Context, before: EventLog) -> list[Webhook]:
    """What to send for everything in the context's chronicle that an earlier state of it does not hold.

    A payload shows a thing as it is in the context, as GitHub's does when it is sent a moment later.
    """
    now, since = context.event_log, before.until
    told: list[Webhook] = []
    for item in now.items:
        if item.created_at > since:
            told.append(_about_item(context, item, item.created_at, "opened", item.author))
    opened = {item.key for item in now.items if item.created_at > since}
    for one in now.happenings:
        if one.at > since and not (one.kind == "committed" and (one.repo, one.number) in opened):
            told += _about_happening(context, one)
    told += _about_milestones(context, since)
    told += _about_runs(context, since)
    for release in now.releases:
        if release.at > since:
            thing = {"release": payloads.release(context, release)}
            told.append(_webhook(context, release.at, release.repo, "release", "published", thing, release.author))
    return sorted(told, key=lambda one: one.at)


def _about_happening(context: Context, one: TimelineEvent) -> Iterator[Webhook]:
    item = context.states[(one.repo, one.number)].item
    if one.kind in _ACTIONS:
        yield _about_item(context, item, one.at, _ACTIONS[one.kind], one.actor)
    elif one.kind in _ENTRIES:
        event, action, name, entries = _ENTRIES[one.kind]
        entry = {key: value for key, value in entries(context, [one])[0].items() if key not in ("event", "actor")}
        thing = _thing(context, item, as_issue=event == "issue_comment")
        yield _webhook(context, one.at, one.repo, event, action, {**thing, name: entry}, one.actor)
    elif one.kind == "blocked_by_added" and one.other:
        issues = {
            "blocked_issue": payloads.issue(context, item.key),
            "blocking_issue": payloads.issue(context, one.other),
            "blocking_issue_repo": payloads.full_repository(context, one.other[0]),
        }
        yield _webhook(context, one.at, one.repo, "issue_dependencies", "blocked_by_added", issues, one.actor)


# entries with a payload of their own: event, action, its name in the payload, and what makes it
_Entries = Callable[[Context, list[TimelineEvent]], list[Json]]
_ENTRIES: dict[str, tuple[str, str, str, _Entries]] = {
    "commented": ("issue_comment", "created", "comment", payloads.timeline),
    "reviewed": ("pull_request_review", "submitted", "review", payloads.timeline),
    "review_commented": ("pull_request_review_comment", "created", "comment", payloads.review_comments),
}


def _about_item(context: Context, item: Item, at: datetime, action: str, actor: str | None) -> Webhook:
    event = "issues" if item.kind == "issue" else "pull_request"
    return _webhook(context, at, item.repo, event, action, _thing(context, item), actor)


def _thing(context: Context, item: Item, *, as_issue: bool = False) -> Json:
    if as_issue or item.kind == "issue":
        return {"issue": payloads.issue(context, item.key)}
    return {"number": item.number, "pull_request": payloads.pull(context, item.key)}


def _about_milestones(context: Context, since: datetime) -> Iterator[Webhook]:
    for each in context.event_log.milestones:
        for at, action in ((each.created_at, "created"), (each.closed_at, "closed")):
            if at is not None and at > since:
                thing = {"milestone": payloads.milestone(context, each)}
                yield _webhook(context, at, each.repo, "milestone", action, thing, each.creator)


def _about_runs(context: Context, since: datetime) -> Iterator[Webhook]:
    """Only the latest attempt of a run that began or ended: earlier ones were told before, or nobody saw them."""
    latest: dict[tuple[str, str, int], Run] = {}
    for run in context.event_log.runs:
        latest[(run.repo, run.workflow, run.number)] = run
    for run in latest.values():
        for at, action in ((run.started_at, "requested"), (run.finished_at, "completed")):
            if since < at <= context.event_log.until:
                thing = {"workflow_run": payloads.workflow_run(context, run)}
                yield _webhook(context, at, run.repo, "workflow_run", action, thing, run.actor)


def _webhook(
    context: Context, at: datetime, repo: str, event: str, action: str, thing: Json, actor: str | None
) -> Webhook:
    repository = payloads.full_repository(context, repo)
    sender = maybe_user(context, actor)
    return Webhook(at, repo, event, {"action": action, **thing, "repository": repository, "sender": sender})
