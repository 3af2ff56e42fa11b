"""From pages of GitHub payloads to rows in the store, one transaction a page.

Every payload is kept (append-only) beside the rows made from it, without the issue inside an event and without e-mail
addresses, wherever they stand.
Ingesting is idempotent, and pages may arrive in any order: the newest version of an entity stays.
"""

import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, String, Table, cast, delete, func, or_, select, update

from sprintlib.errors import CollectError
from sprintlib.facts import rows
from sprintlib.facts.changes import FactChange, changes_in, note_changes, of_items
from sprintlib.facts.kept import MILESTONE_CHANGE, kept_row, repository_kept, write_kept
from sprintlib.facts.listed import LISTED
from sprintlib.facts.mentions import Mention, note_mentions
from sprintlib.facts.rows import TOLD, Origin, Payload, Row
from sprintlib.masking import without_addresses
from sprintlib.store import append, fitted, schema, upsert
from sprintlib.store.erased import Erased
from sprintlib.store.nature import nature
from sprintlib.text import printable

_ONLY_IN_TIMELINES = ("event", "actor", "commit_id", "commit_url")

KINDS = frozenset(
    {
        "milestone",
        "embedded_milestone",
        "issue",
        "pull",
        "timeline",
        "event",
        "comment",
        "review_comment",
        "run",
        "size",
        *LISTED,
    }
)
# what a payload of another form than GitHub documents leads to
NOT_UNDERSTOOD = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError)
OnBad = Callable[[str, Any, int | None, Exception], None]


class FactBatch:
    """Rows and payloads gathered from one page, to be written in one transaction.

    Entries are added by kind; `write` stores them. A payload that lacks what a row needs, or holds what no row can,
    raises one of NOT_UNDERSTOOD; or is left out, and `on_bad` is told its kind, the payload, the item's number and the
    error.
    """

    def __init__(self, origin: Origin, on_bad: OnBad | None = None) -> None:
        self.origin = origin
        self._on_bad = on_bad
        self._rows: dict[Table, list[Row]] = defaultdict(list)
        self._waiting: dict[int, list[Row]] = {}
        self._sizes: dict[int, Row] = {}

    def add(self, kind: str, payloads: Iterable[Payload], number: int | None = None) -> "FactBatch":
        """Add payloads of one of KINDS; an embedded milestone is one that an item brings along, as old as the item.

        number: the item that a timeline or its review comments belong to. Returns self.
        """
        if kind not in KINDS:
            raise ValueError(f"unknown kind of payload {kind!r}")
        for payload in payloads:
            # all rows of a payload, or none
            others, self._rows = self._rows, defaultdict(list)
            try:
                self._add(kind, without_addresses(payload), number)
                for table, table_rows in self._rows.items():
                    others[table] += [fitted(table, row) for row in table_rows]
            except NOT_UNDERSTOOD as error:
                if self._on_bad is None:
                    raise
                self._on_bad(kind, payload, number, error)
            finally:
                self._rows = others
        return self

    def _add(self, kind: str, payload: Payload, number: int | None) -> None:
        match kind:
            case "timeline":
                self._timeline_entry(payload, number or rows.number_in_url(payload["issue_url"]))
            case "event":
                issue = payload.get("issue")
                if issue:  # null where the issue was deleted or moved to another repository
                    self._event(payload, issue["number"])
            case "issue":
                # GitHub lists pull requests among issues; their own list knows more
                if "pull_request" not in payload:
                    self._item(schema.issue, "issue", payload, rows.issue_row)
            case "pull":
                self._item(schema.pull_request, "pull", payload, rows.pull_request_row)
            case "milestone":
                self._rows[schema.milestone].append(rows.milestone_row(payload, self.origin))
                self._milestone_title(payload, payload["html_url"])
                self._keep(kind, item_key(self.origin.repository_id, payload["number"]), payload)
            case "embedded_milestone":
                self._rows[schema.milestone].append(rows.milestone_row(payload, self.origin))
                self._keep(kind, item_key(self.origin.repository_id, payload["number"]), payload)
            case "comment":
                self._comment(payload, "issue", number or rows.number_in_url(payload["issue_url"]))
            case "review_comment":
                self._comment(payload, "review", number or rows.number_in_url(payload["pull_request_url"]))
            case "run":
                self._rows[schema.workflow_run].append(rows.workflow_run_row(payload, self.origin))
                self._keep("run", f"{payload['id']}-{payload.get('run_attempt') or 1}", payload)
            case "size":
                self._size(payload)
            case _:
                table, row = LISTED[kind]
                self._rows[table].append(row(payload, self.origin))
                self._keep(kind, str(rows.numeric_id(payload)), payload)

    def _size(self, payload: Payload) -> None:
        """What is told of a pull request beside what its list tells, of one that is in the store."""
        number = int(payload["number"])
        told = {name: int(payload[name]) for name in ("additions", "deletions", "changed_files", "comments")}
        self._sizes[number] = told
        self._keep("size", item_key(self.origin.repository_id, number), payload)

    def blocked_by(self, number: int, blockers: Iterable[Payload]) -> None:
        """All blockers of an item; edges stored before that are not among them are removed."""
        blockers = [without_addresses(blocker) for blocker in blockers]
        edges = (rows.dependency_row(blocker, number, self.origin) for blocker in blockers)
        self._waiting[number] = [edge for edge in edges if edge]
        self._keep("blocked_by", item_key(self.origin.repository_id, number), {"blocked_by": blockers})

    def milestone_changed(self, number: int, field: str, before: str | None, at: datetime) -> None:
        """That a milestone's `title` or `due_on` (a date, as text) was another until `at`."""
        told = {"number": number, "field": field, "before": without_addresses(before)}
        row = {"repository_id": self.origin.repository_id, **told, "happened_at": at}
        self._rows[schema.milestone_change].append(fitted(schema.milestone_change, row))
        key = f"{item_key(self.origin.repository_id, number)}-{field}"
        self._keep(MILESTONE_CHANGE, key, {**told, "happened_at": at.isoformat()})

    def merge(self, other: "FactBatch") -> None:
        """Take over what another batch of the same repository and source would store."""
        for table, table_rows in other._rows.items():
            self._rows[table] += table_rows
        self._waiting |= other._waiting
        self._sizes |= other._sizes

    def rows(self, table: Table) -> list[Row]:
        """What `write` would store in a table."""
        return self._rows[table]

    def changes(self) -> frozenset[FactChange]:
        """What `write` notes as written."""
        noted = (change for table, table_rows in self._rows.items() for change in changes_in(table, table_rows))
        return frozenset(noted) | of_items(self.origin.repository_id, [*self._waiting, *self._sizes])

    def write(self, connection: Connection) -> list[Mention]:
        """Store everything that was added, with pseudonyms for whom was erased. Returns what it mentions anew."""
        note_changes(connection, self.changes())
        mentions = note_mentions(connection, self._rows)
        if erased := Erased.of(connection):
            for table, table_rows in self._rows.items():
                self._rows[table] = [erased.row(table, row) for row in table_rows]
        is_told = self.origin.source in TOLD
        for table, table_rows in self._rows.items():
            about = nature(table)
            if about.newest_by:
                upsert(
                    connection,
                    table,
                    table_rows,
                    newest_by=about.told_by if is_told else about.newest_by,
                    keep_known=about.keep_known,
                    over=or_(*(table.c.source == told for told in TOLD)) if is_told else None,
                )
            elif table is schema.payload:
                write_kept(connection, table_rows)
            elif table is schema.milestone_title:
                upsert(connection, table, table_rows, oldest_by=("seen_at", "proof"))
            else:
                append(connection, table, table_rows)
        pull = schema.pull_request
        for number, told in self._sizes.items():
            mine = (pull.c.repository_id == self.origin.repository_id, pull.c.number == number)
            connection.execute(update(pull).where(*mine).values(**told))
        edges = schema.dependency
        for number, table_rows in self._waiting.items():
            connection.execute(
                delete(edges).where(edges.c.repository_id == self.origin.repository_id, edges.c.number == number)
            )
            append(connection, edges, table_rows)
        return mentions

    def _item(self, table: Table, kind: str, payload: Payload, row: Callable[[Payload, Origin], Row]) -> None:
        self._rows[table].append(row(payload, self.origin))
        if payload.get("milestone"):
            self._milestone_title(payload["milestone"], rows.item_reference(payload) or payload["html_url"])
        self._keep(kind, item_key(self.origin.repository_id, payload["number"]), payload)

    def _milestone_title(self, milestone: Payload, proof: str) -> None:
        self._rows[schema.milestone_title].append(rows.milestone_title_row(milestone, proof, self.origin))

    def _timeline_entry(self, payload: Payload, number: int) -> None:
        match payload.get("event"):
            case "commented":
                comment = {key: value for key, value in payload.items() if key not in _ONLY_IN_TIMELINES}
                self._comment({"user": payload.get("actor"), **comment}, "issue", number)
            case "reviewed":
                review = rows.review_row(payload, number, self.origin)
                if review:
                    self._rows[schema.review].append(review)
                    self._keep("review", str(review["id"]), payload, number)
            case "committed":
                self._rows[schema.commit].append(rows.commit_row(payload, self.origin))
                self._rows[schema.pull_request_commit].append(
                    {"repository_id": self.origin.repository_id, "number": number, "sha": payload["sha"]}
                )
                key = f"{item_key(self.origin.repository_id, number)}-{payload['sha']}"
                self._keep("commit", key, _without_addresses(payload), number)
            case _:
                self._event(payload, number)

    def _event(self, payload: Payload, number: int) -> None:
        event = rows.event_row(payload, number, self.origin)
        if event:
            self._rows[schema.event].append(event)
            told = {key: value for key, value in payload.items() if key != "issue"}
            self._keep("event", event["id"], told, number)

    def _comment(self, payload: Payload, kind: str, number: int) -> None:
        self._rows[schema.comment].append(rows.comment_row(payload, kind, number, self.origin))
        self._keep("comment", f"{kind}-{rows.numeric_id(payload)}", payload, number)

    def _keep(self, kind: str, key: str, payload: Payload, number: int | None = None) -> None:
        self._rows[schema.payload].append(kept_row(kind, key, payload, self.origin, number))


@contextmanager
def payload_errors(what: str) -> Iterator[None]:
    """A payload that lacks what a row needs, or has it in another form, raises CollectError."""
    try:
        yield
    except NOT_UNDERSTOOD as error:
        raise CollectError(
            f"GitHub gave {what} in a form that is not understood ({why_not_understood(error)}): "
            "run 'sprint --debug sync' and report what it shows; what had arrived is kept."
        ) from error


def why_not_understood(error: Exception) -> str:
    """What was missing or odd, in a few printable words."""
    if isinstance(error, KeyError):
        return f"{printable(error.args[0] if error.args else 'something')} is missing"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, OverflowError):
        return "a time or a number is too large"
    return printable(error) or type(error).__name__


def write_repository(connection: Connection, payload: Payload, origin: Origin) -> None:
    """Store a repository and its owner. A new repository under a taken name pushes the old one aside."""
    table = schema.repository
    connection.execute(
        update(table)
        .where(func.lower(table.c.full_name) == payload["full_name"].lower(), table.c.id != payload["id"])
        .values(full_name=table.c.full_name + "#" + cast(table.c.id, String))
    )
    owner = rows.organization_row(payload, origin.source, origin.observed_at)
    repository = rows.repository_row(payload, origin.source, origin.observed_at)
    upsert(connection, schema.organization, [fitted(schema.organization, owner)])
    upsert(connection, table, [fitted(table, repository)])
    write_kept(connection, [repository_kept(payload, origin)])
    write_names(connection, payload["id"], [payload["full_name"]], origin.observed_at)


def add_repository(connection: Connection, key: int, full_name: str, origin: Origin) -> None:
    """Store a repository of which no more than id and name is known; one that is in the store stays as it is."""
    payload = {"id": key, "full_name": full_name, "html_url": f"https://github.com/{full_name}"}
    organization = rows.organization_row(payload, origin.source, origin.observed_at)
    append(connection, schema.organization, [fitted(schema.organization, organization)])
    repository = rows.repository_row(payload, origin.source, origin.observed_at)
    append(connection, schema.repository, [fitted(schema.repository, repository)])
    write_kept(connection, [repository_kept(payload, origin)])
    write_names(connection, key, [full_name], origin.observed_at)


def write_names(connection: Connection, repository_id: int, names: Iterable[str], seen_at: datetime) -> None:
    """Remember that these names meant this repository, the newest meaning of each."""
    rows_of_names = [{"name": name.lower(), "repository_id": repository_id, "seen_at": seen_at} for name in names]
    upsert(connection, schema.repository_name, rows_of_names, newest_by=("seen_at",))


def write_project(connection: Connection, name: str, repository_ids: Iterable[int], only: bool = True) -> None:
    """Store which repositories are looked at together; `only` removes all others from the project."""
    append(connection, schema.project, [{"name": name}])
    links = schema.project_repository
    if only:
        connection.execute(delete(links).where(links.c.project == name))
    append(connection, links, [{"project": name, "repository_id": number} for number in repository_ids])


def write_snapshots(connection: Connection, repository_id: int, day: date, observed_at: datetime) -> None:
    """Picture each milestone that there is as the store has it now, once a local day."""
    names = ("repository_id", "number", "title", "state", "due_on", "open_issues", "closed_issues")
    query = select(*(schema.milestone.c[name] for name in names)).where(
        schema.milestone.c.repository_id == repository_id, schema.milestone.c.gone_at.is_(None)
    )
    pictures = [{**row, "day": day, "observed_at": observed_at} for row in connection.execute(query).mappings()]
    append(connection, schema.snapshot, pictures)
    note_changes(connection, [FactChange(repository_id, "milestone", str(row["number"])) for row in pictures])


def drop_lifted_blockers(connection: Connection, repository_id: int, only: int | None = None) -> None:
    """GitHub counts no blockers any more, or has no such item: the edges are gone without asking."""
    free = select(schema.issue.c.number).where(
        schema.issue.c.repository_id == repository_id,
        or_(schema.issue.c.blockers == 0, schema.issue.c.gone_at.is_not(None)),
    )
    edges = schema.dependency
    lifted = delete(edges).where(edges.c.repository_id == repository_id, edges.c.number.in_(free))
    if only is not None:
        lifted = lifted.where(edges.c.number == only)
    numbers = connection.execute(lifted.returning(edges.c.number)).scalars().all()
    note_changes(connection, of_items(repository_id, numbers))


def item_key(repository_id: int, number: int) -> str:
    """What stays the same in all payloads of an issue, pull request or milestone: the key of `payload`."""
    return f"{repository_id}-{number}"


def read_payload(body: bytes) -> dict[str, Any]:
    """The JSON object in `payload.body`."""
    value: dict[str, Any] = json.loads(zlib.decompress(body))
    return value


def _without_addresses(commit: Payload) -> Payload:
    """Git's author and committer by name; the signature repeats their addresses."""
    people = {
        side: {key: value for key, value in (commit.get(side) or {}).items() if key != "email"}
        for side in ("author", "committer")
    }
    return {key: value for key, value in commit.items() if key != "verification"} | people
