"""Repository-wide lists, newest first: the first pass reads all pages, later ones only what changed.

Each list has one constant probe, its first page, asked with the ETag of last time; 304 means nothing changed.
Otherwise pages are read until they are older than the newest entry of last time, with an overlap of five minutes.
Reading newest first, entries that arrive meanwhile push others to later pages: some come twice, none is missed, and
what changed since the probe differs from its ETag next time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from sprintlib.errors import CollectError, TokenError
from sprintlib.facts.batch import FactBatch, payload_errors
from sprintlib.facts.rows import Origin, Payload, moment
from sprintlib.github.client import PAGE_SIZE, Client, Response
from sprintlib.github.cursors import Cursor, read_cursor, write_cursor
from sprintlib.github.endpoints import ISSUES, PULLS, RUNS, ListEndpoint
from sprintlib.github.progress import OnProgress
from sprintlib.store import schema

OVERLAP = timedelta(minutes=5)
SHORTENED = "GitHub lists no older ones"
_SINCE = "only those since"
_RUN_MAY_LAST = timedelta(days=3)


@dataclass(frozen=True)
class RepositoryCollector:
    """Reads the lists of one repository into the store."""

    engine: Engine
    client: Client
    repository_id: int
    full_name: str
    window_start: datetime
    on_progress: OnProgress

    def collect(self, kind: ListEndpoint) -> Cursor:
        """Bring one list up to date. Raises CollectError and its kinds; pages that had arrived are kept."""
        with self.engine.connect() as connection:
            cursor = read_cursor(connection, self.full_name, kind.name)
        if cursor and cursor.position.get("next"):
            response = self.get(cursor.position["next"], accept=(404, 422))
            if response.status == 200:
                cursor = self._first_pass(kind, cursor, response)
            else:  # GitHub has forgotten the page on which we stopped
                cursor = replace(cursor, position={})
        return self._probe(kind, cursor)

    def get(self, path: str, parameters: Mapping[str, str] | None = None, **options: Any) -> Response:
        """GET below the repository, or an absolute URL of a next page."""
        url = path if "://" in path else f"/repos/{self.full_name}/{path}"
        return self.client.get(url, parameters, **options)

    def origin(self, response: Response) -> Origin:
        return Origin(self.repository_id, "rest", self.as_of(response))

    def as_of(self, response: Response) -> datetime:
        """When an answer was given, by GitHub's clock."""
        return response.date or self.client.now()

    def _probe(self, kind: ListEndpoint, cursor: Cursor | None) -> Cursor:
        etag = cursor.etag if cursor and cursor.complete and not self._may_change_unseen(kind) else None
        response = self.get(kind.path, kind.parameters, etag=etag, accept=(403, 404, 410))
        known = replace(cursor, as_of=self.as_of(response)) if cursor else self._new_cursor(kind, response)
        if response.status == 304:
            known = self._store(kind, known)
            was_stopped_before_counting = known.expected is None and known.note is None and not kind.envelope
            return self._count(kind, known, None) if was_stopped_before_counting else known
        if response.status != 200:
            return self._store(kind, self._without(kind, known, response))
        page = _entries(kind, response)
        lasting = kind.first_page_tells or response.next_url is None
        probed = replace(
            known,
            etag=response.etag if lasting else None,
            position={**known.position, "newest": _newest(kind, page) or known.position.get("newest")},
            note=known.note if known.note and known.note.startswith((SHORTENED, _SINCE)) else None,
        )
        if not known.complete:
            return self._first_pass(kind, probed, response, probe=True)
        return self._what_changed(kind, probed, response, self._until(kind, known))

    def _first_pass(self, kind: ListEndpoint, cursor: Cursor, response: Response, probe: bool = False) -> Cursor:
        """Store all pages from `response` on, each in one transaction with where to go on."""
        whole = response if probe and response.next_url is None else None
        while True:
            page, following = _entries(kind, response), response.next_url
            if kind.window and following and _reaches(kind, page, self.window_start):
                cursor, following = replace(cursor, note=f"{_SINCE} {self.window_start:%Y-%m-%d}"), None
            position = {**cursor.position, "next": following}
            cursor = replace(cursor, position=position, complete=following is None, as_of=self.as_of(response))
            cursor = self._store(kind, cursor, page, response)
            if following is None:
                return self._count(kind, cursor, whole or (response if kind.envelope else None))
            self.on_progress(f"{self.full_name} {kind.label}", cursor.collected, _at_most(response))
            response = self.get(following, accept=(422,))
            if response.status == 422:  # GitHub shows only so many pages of a long list
                return self._store(kind, replace(cursor, position=_finished(cursor), complete=True, note=SHORTENED))

    def _what_changed(self, kind: ListEndpoint, cursor: Cursor, response: Response, until: datetime | None) -> Cursor:
        """Store pages until they are older than `until`; the cursor moves when all are stored."""
        whole = response if response.next_url is None else None
        while True:
            page, following = _entries(kind, response), response.next_url
            if following is None or (until and _reaches(kind, page, until)):
                cursor = self._store(kind, replace(cursor, as_of=self.as_of(response)), page, response)
                return self._count(kind, cursor, whole or (response if kind.envelope else None))
            with self.engine.begin() as connection:
                self._facts(kind, page, response).write(connection)
            response = self.get(following)

    def _until(self, kind: ListEndpoint, cursor: Cursor) -> datetime | None:
        """Entries older than this are known; None: all pages are read."""
        newest = moment(cursor.position.get("newest"))
        if newest is None or kind.ordered_by is None:
            return None
        oldest = self._oldest_unfinished_run() if kind is RUNS else None
        return min(newest, oldest or newest) - OVERLAP

    def _may_change_unseen(self, kind: ListEndpoint) -> bool:
        """Whether a run that has not finished, and so changes in place, is on a later page than the first."""
        oldest = self._oldest_unfinished_run() if kind is RUNS else None
        if oldest is None:
            return False
        run = schema.workflow_run.c
        newer = select(func.count()).where(run.repository_id == self.repository_id, run.created_at > oldest)
        with self.engine.connect() as connection:
            return connection.execute(newer).scalar_one() >= PAGE_SIZE

    def _oldest_unfinished_run(self) -> datetime | None:
        """When the oldest run was created that may still be under way; None where there is none."""
        run = schema.workflow_run.c
        ours = select(func.max(run.created_at)).where(run.repository_id == self.repository_id)
        with self.engine.connect() as connection:
            newest = connection.execute(ours).scalar()
            if newest is None:
                return None
            unfinished = select(func.min(run.created_at)).where(
                run.repository_id == self.repository_id,
                run.status != "completed",
                run.created_at > newest - _RUN_MAY_LAST,
            )
            return connection.execute(unfinished).scalar()

    def _facts(self, kind: ListEndpoint, page: Sequence[Payload], response: Response) -> FactBatch:
        with payload_errors(f"{kind.label} of {self.full_name}"):
            return FactBatch(self.origin(response)).add(kind.payload, page)

    def _store(
        self, kind: ListEndpoint, cursor: Cursor, page: Sequence[Payload] = (), response: Response | None = None
    ) -> Cursor:
        facts = self._facts(kind, page, response) if response else None
        with self.engine.begin() as connection:
            if facts:
                facts.write(connection)
            cursor = replace(cursor, collected=self._held(connection, kind))
            write_cursor(connection, cursor)
        return cursor

    def _held(self, connection: Connection, kind: ListEndpoint) -> int:
        query = select(func.count()).select_from(kind.table).where(kind.table.c.repository_id == self.repository_id)
        return connection.execute(query if kind.counted is None else query.where(kind.counted)).scalar_one()

    def _count(self, kind: ListEndpoint, cursor: Cursor, whole: Response | None) -> Cursor:
        """Ask GitHub how many there are, unless one answer held the whole list or the number cannot have changed.

        whole: that answer; or, for a list in an envelope, any answer, as it carries GitHub's own count.
        """
        if kind.envelope and whole is not None:
            expected = None if cursor.note else whole.body.get("total_count")
        elif whole is not None:
            expected = len([entry for entry in whole.body if kind is not ISSUES or "pull_request" not in entry])
        elif cursor.position.get("counted") == cursor.collected:
            return cursor
        else:
            response = self.get(kind.path, {**kind.parameters, "per_page": "1"})
            expected = response.last_page if response.body else 0
            if kind is ISSUES and expected is not None:
                expected = self._without_pulls(expected)
        position = {**cursor.position, "counted": cursor.collected}
        return self._store(kind, replace(cursor, expected=expected, position=position))

    def _without_pulls(self, items: int) -> int | None:
        with self.engine.connect() as connection:
            pulls = read_cursor(connection, self.full_name, PULLS.name)
        return items - pulls.expected if pulls and pulls.expected is not None else None

    def _new_cursor(self, kind: ListEndpoint, response: Response) -> Cursor:
        return Cursor(self.full_name, kind.name, self.as_of(response))

    def _without(self, kind: ListEndpoint, cursor: Cursor, response: Response) -> Cursor:
        """What is noted where GitHub refuses a list. Raises TokenError where an analysis needs it."""
        if response.status == 410:
            return replace(cursor, complete=True, expected=0, etag=None, note="switched off in this repository")
        if not kind.optional:
            raise TokenError(
                f"The token may not read the {kind.label} of {self.full_name} ({response.status}): "
                f"give it the permission '{kind.permission}: read'."
            )
        return replace(cursor, complete=False, etag=None, note=f"the token lacks '{kind.permission}: read'")


def _finished(cursor: Cursor) -> dict[str, Any]:
    return {**cursor.position, "next": None}


def _entries(kind: ListEndpoint, response: Response) -> list[Payload]:
    body = response.body
    if kind.envelope and isinstance(body, Mapping):
        body = body.get(kind.envelope)
    if not isinstance(body, list):
        raise CollectError(f"The answer for {kind.label} is no list: check github.api_url in sprint.toml.")
    return body


def _times(kind: ListEndpoint, page: Sequence[Payload]) -> list[datetime]:
    times = (moment(entry.get(kind.ordered_by)) for entry in page) if kind.ordered_by else ()
    return [time for time in times if time]


def _newest(kind: ListEndpoint, page: Sequence[Payload]) -> str | None:
    times = _times(kind, page)
    return max(times).isoformat() if times else None


def _reaches(kind: ListEndpoint, page: Sequence[Payload], until: datetime) -> bool:
    times = _times(kind, page)
    return bool(times) and min(times) < until


def _at_most(response: Response) -> int | None:
    return response.last_page * PAGE_SIZE if response.last_page else None
