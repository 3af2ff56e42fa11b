"""From a webhook's payload to facts.

A payload embeds the thing it is about as the REST API gives it, but neither the id nor the time of the event. So the
thing itself becomes facts at once, as of its own update time; for the timeline, reviews and sizes the item is named, to
be asked about. What was deleted is written too, and then marked, since its making may be told later. What a payload
and a timeline both tell is one row, since both go by GitHub's ids.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, update

from sprintlib.facts.batch import FactBatch
from sprintlib.facts.changes import changes_in, note_changes
from sprintlib.facts.kept import gone_row, write_kept
from sprintlib.facts.rows import WEBHOOK, Origin, Payload, moment
from sprintlib.store import schema

_DELETED = "deleted"
# an item that leaves its repository
_LEAVING = frozenset({_DELETED, "transferred"})


@dataclass
class Telling:
    """What one delivery says. batches: facts to write. items: numbers to ask GitHub about again.

    gone: what GitHub has no longer, as (kind, number or id); known: whether anything of such an event is used.
    """

    repository_id: int
    batches: list[FactBatch] = field(default_factory=list)
    items: set[int] = field(default_factory=set)
    gone: list[tuple[str, int]] = field(default_factory=list)
    known: bool = True

    def add(self, kind: str, payload: Payload, at: str | None, number: int | None = None) -> FactBatch:
        """Facts from one embedded object, which was so at `at`. Raises what FactBatch.add raises."""
        told_at = moment(at)
        if told_at is None:
            raise ValueError(f"the time of the {kind} is missing")
        batch = FactBatch(Origin(self.repository_id, WEBHOOK, told_at)).add(kind, [payload], number)
        self.batches.append(batch)
        return batch


def read_delivery(event: str, payload: Payload, repository_id: int) -> Telling:
    """What a delivery of that event says about a repository.

    Raises one of NOT_UNDERSTOOD for a payload of another form than GitHub documents.
    """
    telling = Telling(repository_id)
    read = _READERS.get(event)
    if read is None:
        telling.known = False
    else:
        read(payload, telling)
    return telling


def write_gone(connection: Connection, telling: Telling, at: datetime) -> None:
    """Note when GitHub was found to have something no longer; what was noted before stays."""
    for kind, key in telling.gone:
        table, column, only = _TABLES[kind]
        chosen = [table.c.repository_id == telling.repository_id, table.c[column] == key, *only]
        marked = update(table).where(*chosen, table.c.gone_at.is_(None)).values(gone_at=at).returning(table)
        rows = [dict(row) for row in connection.execute(marked).mappings()]
        note_changes(connection, list(changes_in(table, rows)))
        origin = Origin(telling.repository_id, WEBHOOK, at)
        write_kept(connection, [gone_row(table, key, at, kind, origin) for _ in rows[:1]])


def _issue(payload: Payload, telling: Telling) -> None:
    issue = payload["issue"]
    number = _number(issue)
    if payload.get("action") in _LEAVING:
        telling.gone.append(("issue", number))
    if issue.get("state"):  # some actions (pinned) tell a part of it only
        telling.add("issue", issue, issue.get("updated_at"))
    telling.items.add(number)


def _pull_request(payload: Payload, telling: Telling) -> None:
    pull = payload["pull_request"]
    telling.add("pull", pull, pull.get("updated_at"))
    telling.items.add(_number(pull))


def _issue_comment(payload: Payload, telling: Telling) -> None:
    issue, comment = payload["issue"], payload["comment"]
    telling.add("issue", issue, issue.get("updated_at"))
    telling.items.add(_number(issue))
    if payload.get("action") == _DELETED:
        telling.gone.append(("comment", comment["id"]))
    telling.add("comment", comment, comment.get("updated_at"))


def _review(payload: Payload, telling: Telling) -> None:
    review = payload["review"]
    _pull_request(payload, telling)
    if review.get("submitted_at"):
        entry = {**review, "event": "reviewed"}
        telling.add("timeline", entry, review["submitted_at"], _number(payload["pull_request"]))


def _review_comment(payload: Payload, telling: Telling) -> None:
    comment = payload["comment"]
    _pull_request(payload, telling)
    if payload.get("action") == _DELETED:
        telling.gone.append(("review_comment", comment["id"]))
    telling.add("review_comment", comment, comment.get("updated_at"), _number(payload["pull_request"]))


def _milestone(payload: Payload, telling: Telling) -> None:
    milestone = payload["milestone"]
    number, updated_at = _number(milestone), milestone.get("updated_at")
    if payload.get("action") == _DELETED:
        telling.gone.append(("milestone", number))
    batch = telling.add("milestone", milestone, updated_at)
    changes = payload.get("changes") or {}
    for name in ("title", "due_on"):
        if name in changes:
            batch.milestone_changed(number, name, _before(name, changes[name]), datetime.fromisoformat(updated_at))


def _before(name: str, change: Mapping[str, str | None]) -> str | None:
    """The former value; GitHub leaves `from` out where there was none."""
    value = change.get("from")
    return moment(value).date().isoformat() if value and name == "due_on" else value  # type: ignore[union-attr]


def _release(payload: Payload, telling: Telling) -> None:
    release = payload["release"]
    if payload.get("action") == _DELETED:
        telling.gone.append(("release", release["id"]))
    telling.add("release", release, release.get("published_at") or release.get("created_at"))


def _workflow_run(payload: Payload, telling: Telling) -> None:
    run = payload["workflow_run"]
    telling.add("run", run, run.get("updated_at"))


def _relations(payload: Payload, telling: Telling) -> None:
    """Blockers and sub-issues: who waits is asked about; those of other repositories are told by their own webhooks."""
    for name, repository in (
        ("blocked_issue", "blocked_issue_repo"),
        ("blocking_issue", "blocking_issue_repo"),
        ("parent_issue", "parent_issue_repo"),
        ("sub_issue", "sub_issue_repo"),
    ):
        issue, place = payload.get(name), payload.get(repository)
        if isinstance(issue, Mapping) and (not isinstance(place, Mapping) or place.get("id") == telling.repository_id):
            telling.items.add(_number(issue))


def _number(thing: Payload) -> int:
    number = thing["number"]
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**31:
        raise ValueError("number is no whole number")
    return number


# kind of a gone thing -> its table, the column of its key, and what else its rows have
_TABLES: Mapping[str, tuple[Table, str, tuple[ColumnElement[bool], ...]]] = {
    "issue": (schema.issue, "number", ()),
    "milestone": (schema.milestone, "number", ()),
    "comment": (schema.comment, "id", (schema.comment.c.kind == "issue",)),
    "review_comment": (schema.comment, "id", (schema.comment.c.kind == "review",)),
    "release": (schema.listed.release, "id", ()),
}
_READERS: Mapping[str, Callable[[Payload, Telling], None]] = {
    "issues": _issue,
    "issue_comment": _issue_comment,
    "pull_request": _pull_request,
    "pull_request_review": _review,
    "pull_request_review_comment": _review_comment,
    "pull_request_review_thread": _pull_request,
    "milestone": _milestone,
    "release": _release,
    "workflow_run": _workflow_run,
    "issue_dependencies": _relations,
    "sub_issues": _relations,
}
