"""What each path answers: from a dataset, the path's numbers and the query to JSON fragments."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from sprintsim.fake_github import payloads
from sprintsim.fake_github.dataset import Dataset
from sprintsim.fake_github.items import Entry, Item, dump
from sprintsim.fake_github.reading import EXTRAS

Query = Mapping[str, str]


class NotInDatasetError(Exception):
    """The path names something the dataset does not hold; answered 404."""


class InvalidQueryError(Exception):
    """A query parameter that GitHub refuses; answered 422."""


@dataclass(frozen=True)
class Request:
    """One GET: the repository, the number in the path (0 where there is none), the query."""

    dataset: Dataset
    number: int
    query: Query

    @cached_property
    def since(self) -> str:
        """The query's `since` in the form of stored times, which sort as text; empty where it is absent."""
        text = self.query.get("since", "")
        try:
            moment = datetime.fromisoformat(text) if text else None
        except ValueError:
            raise InvalidQueryError("since must be a time such as 2026-08-01T00:00:00Z") from None
        if moment is None:
            return ""
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def item(self) -> Item:
        try:
            return self.dataset.items[self.number]
        except KeyError:
            raise NotInDatasetError from None

    @property
    def pull(self) -> Item:
        if not self.item.is_pull:
            raise NotInDatasetError
        return self.item


@dataclass(frozen=True)
class Listing:
    """A list before paging: the entries, and how one page's worth becomes JSON."""

    entries: list[Entry] | list[Item]
    render: Callable[..., bytes]
    envelope: str | None = None


def repository(request: Request) -> bytes:
    """The repository object."""
    return dump(request.dataset.repository())


def milestones(request: Request) -> Listing:
    """Milestones; open ones by due date unless asked otherwise."""
    wanted = request.query.get("state", "open")
    found = [m for m in request.dataset.milestones() if wanted in ("all", m.get("state", "open"))]
    by_completeness = request.query.get("sort") == "completeness"
    found.sort(key=_completeness if by_completeness else lambda m: (m["due_on"] is None, m["due_on"] or ""))
    if request.query.get("direction") == "desc":
        found.reverse()
    return _of_payloads(found)


def _completeness(milestone: payloads.Payload) -> float:
    total = milestone["open_issues"] + milestone["closed_issues"]
    return float(milestone["closed_issues"] / total) if total else 0.0


def milestone(request: Request) -> bytes:
    """One milestone."""
    for found in request.dataset.milestones():
        if found["number"] == request.number:
            return dump(found)
    raise NotInDatasetError


def issues(request: Request) -> Listing:
    """Issues and pull requests, newest first unless asked otherwise."""
    found = [item for item in list(request.dataset.items.values()) if _issue_matches(item, request)]
    return Listing(_sorted_items(found, request.query), lambda item: item.issue)


def _issue_matches(item: Item, request: Request) -> bool:
    query = request.query
    labels = {label.strip().lower() for label in query.get("labels", "").split(",") if label.strip()}
    return (
        query.get("state", "open") in ("all", item.state)
        and item.updated_at >= request.since
        and _milestone_matches(item, query.get("milestone"))
        and labels <= item.labels
        and _people_match(item, query)
    )


def _milestone_matches(item: Item, wanted: str | None) -> bool:
    if wanted not in (None, "*", "none") and not wanted.isdecimal():
        raise InvalidQueryError("milestone must be a number, * or none")
    number = (item.milestone or {}).get("number")
    return {None: True, "*": number is not None, "none": number is None}.get(wanted, str(number) == wanted)


def _people_match(item: Item, query: Query) -> bool:
    creator, assignee = query.get("creator"), query.get("assignee")
    if creator is not None and creator.lower() != item.creator:
        return False
    if assignee is None:
        return True
    assignees = item.assignees
    return {"*": bool(assignees), "none": not assignees}.get(assignee, assignee.lower() in assignees)


def _sorted_items(items: list[Item], query: Query) -> list[Item]:
    key = {"updated": lambda i: (i.updated_at, i.number), "comments": lambda i: (i.comments, i.number)}.get(
        query.get("sort", "created"), lambda i: (i.created_at, i.number)
    )
    return sorted(items, key=key, reverse=query.get("direction", "desc") != "asc")


def issue(request: Request) -> bytes:
    """One issue, or the issue side of a pull request."""
    return request.item.issue


def pulls(request: Request) -> Listing:
    """Pull requests without what only their detail has."""
    query = request.query
    wanted, base = query.get("state", "open"), query.get("base")
    found = [
        item
        for item in list(request.dataset.items.values())
        if item.is_pull and wanted in ("all", item.state) and base in (None, item.base)
    ]
    # GitHub's default direction here is ascending unless the sort is by creation
    default = "desc" if query.get("sort", "created") == "created" else "asc"
    return Listing(_sorted_items(found, {"direction": default} | dict(query)), lambda item: item.pull)


def pull(request: Request) -> bytes:
    """One pull request with its sizes and whether it can be merged."""
    item = request.pull
    return item.pull[:-1] + b"," + item.pull_detail[1:] if item.pull_detail != b"{}" else item.pull


def issue_comments(request: Request) -> Listing:
    """Comments of all issues and pull requests."""
    return Listing(_sorted_comments(request.dataset.issue_comments(), request), _render_comment)


def item_comments(request: Request) -> Listing:
    """Comments of one issue or pull request, oldest first."""
    found = [e for e in request.item.timeline if e.kind == "commented" and e.updated_at >= request.since]
    return Listing(found, _render_comment)


def _render_comment(entry: Entry) -> bytes:
    return dump(payloads.issue_comment(json.loads(entry.body)))


def review_comments(request: Request) -> Listing:
    """Review comments of all pull requests."""
    return Listing(_sorted_comments(request.dataset.review_comments(), request), _as_stored)


def pull_comments(request: Request) -> Listing:
    """Review comments of one pull request."""
    return Listing(_sorted_comments(request.pull.review_comments, request), _as_stored)


def _sorted_comments(comments: list[Entry], request: Request) -> list[Entry]:
    query, since = request.query, request.since
    found = [comment for comment in comments if comment.updated_at >= since]
    # without `sort` GitHub orders comments by id, whatever the direction says
    sort = query.get("sort")
    if sort in ("created", "created_at", "updated"):
        descending = query.get("direction") == "desc"
        found.sort(key=lambda c: (c.updated_at if sort == "updated" else c.created_at, c.id), reverse=descending)
    return found


def issue_events(request: Request) -> Listing:
    """Events of all items, newest first, each with its issue."""
    items = request.dataset.items
    return Listing(
        request.dataset.issue_events(),
        lambda event: event.body[:-1] + b',"issue":' + items[event.number].issue + b"}",
    )


def item_events(request: Request) -> Listing:
    """Events of one item, oldest first."""
    return Listing([e for e in request.item.timeline if e.kind not in payloads.NOT_ISSUE_EVENTS], _as_stored)


def timeline(request: Request) -> Listing:
    """Everything that happened on one item, oldest first."""
    return Listing(request.item.timeline, _as_stored)


def reviews(request: Request) -> Listing:
    """Reviews of a pull request, oldest first."""
    url = f"{request.dataset.url}/pulls/{request.number}"
    html_url = f"https://github.com/{request.dataset.full_name}/pull/{request.number}"
    found = [entry for entry in request.pull.timeline if entry.kind == "reviewed"]
    return Listing(found, lambda entry: dump(payloads.review(json.loads(entry.body), url, html_url)))


def requested_reviewers(request: Request) -> bytes:
    """Who was asked for a review of a pull request and has not answered yet."""
    asked = json.loads(request.pull.pull)
    return dump({"users": asked.get("requested_reviewers") or [], "teams": asked.get("requested_teams") or []})


def pull_commits(request: Request) -> Listing:
    """Commits of a pull request."""
    found = [entry for entry in request.pull.timeline if entry.kind == "committed"]
    return Listing(found, lambda entry: dump(payloads.commit(json.loads(entry.body), request.dataset.url)))


def blocked_by(request: Request) -> Listing:
    """The issues that block this one."""
    blockers = request.dataset.extras.get("dependencies", {}).get(str(request.item.number), [])
    return _of_payloads(blockers)


def workflow_runs(request: Request) -> Listing:
    """Runs of GitHub Actions, newest first."""
    found = [run for run in request.dataset.extras.get("workflow_runs", []) if _run_matches(run, request.query)]
    found.sort(key=lambda run: (run.get("created_at") or "", run.get("id", 0)), reverse=True)
    return Listing(_of_payloads(found).entries, _as_stored, envelope="workflow_runs")


def _run_matches(run: payloads.Payload, query: Query) -> bool:
    status = query.get("status")
    names = {"branch": "head_branch", "event": "event", "head_sha": "head_sha"}
    return all(run.get(key) == query[name] for name, key in names.items() if name in query) and status in (
        None,
        run.get("status"),
        run.get("conclusion"),
    )


def whole_list(name: str) -> Callable[[Request], Listing]:
    """What a file of the dataset lists, newest first: such as `releases`."""

    def listed(request: Request) -> Listing:
        found = sorted(request.dataset.extras.get(name, []), key=lambda one: one.get("created_at") or "", reverse=True)
        return _of_payloads(found)

    return listed


def _of_payloads(found: list[payloads.Payload]) -> Listing:
    return Listing([Entry(p.get("id", 0), "", "", dump(p)) for p in found], _as_stored)


def _as_stored(entry: Entry) -> bytes:
    return entry.body


def _by_id(listed: Callable[[Request], Listing]) -> Callable[[Request], bytes]:
    """One element of a list by the id in the path."""

    def one(request: Request) -> bytes:
        listing = listed(request)
        for entry in listing.entries:
            if isinstance(entry, Entry) and entry.id == request.number:
                return listing.render(entry)
        raise NotInDatasetError

    return one


AnswerTo = Callable[[Request], bytes | Listing]


def whole_list_paths(name: str) -> dict[str, AnswerTo]:
    """Where such a list and each of its elements are."""
    listed = whole_list(name)
    return {f"/{name}": listed, f"/{name}/{{{name.removesuffix('s')}_id:int}}": _by_id(listed)}


REPOSITORY_PATHS: dict[str, AnswerTo] = {
    "": repository,
    "/milestones": milestones,
    "/milestones/{milestone_number:int}": milestone,
    "/issues": issues,
    "/issues/comments": issue_comments,
    "/issues/comments/{comment_id:int}": _by_id(issue_comments),
    "/issues/events": issue_events,
    "/issues/events/{event_id:int}": _by_id(issue_events),
    "/issues/{issue_number:int}": issue,
    "/issues/{issue_number:int}/comments": item_comments,
    "/issues/{issue_number:int}/events": item_events,
    "/issues/{issue_number:int}/timeline": timeline,
    "/issues/{issue_number:int}/dependencies/blocked_by": blocked_by,
    "/pulls": pulls,
    "/pulls/comments": review_comments,
    "/pulls/comments/{comment_id:int}": _by_id(review_comments),
    "/pulls/{pull_number:int}": pull,
    "/pulls/{pull_number:int}/comments": pull_comments,
    "/pulls/{pull_number:int}/requested_reviewers": requested_reviewers,
    "/pulls/{pull_number:int}/reviews": reviews,
    "/pulls/{pull_number:int}/commits": pull_commits,
    "/actions/runs": workflow_runs,
    "/actions/runs/{run_id:int}": _by_id(workflow_runs),
    **whole_list_paths("releases"),
}


def further_paths(datasets: Iterable[Dataset]) -> dict[str, AnswerTo]:
    """Paths of the lists that only these datasets have."""
    names = {name for dataset in datasets for name in dataset.extras} - set(EXTRAS)
    return {path: answer for name in sorted(names) for path, answer in whole_list_paths(name).items()}
