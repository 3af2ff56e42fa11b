"""Repository-wide lists, newest first: the first pass reads all pages, later ones only what changed.

Each list has one constant probe, its first page, asked with the ETag of last time; 304 means nothing changed.
Otherwise pages are read until they are older than the newest entry of last time, with an overlap of five minutes.
Reading newest first, entries that arrive meanwhile push others to later pages: some come twice, none is missed, and
what changed since the probe differs from its ETag next time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, func, select
from sqlalchemy.exc import DataError, IntegrityError

from sprintlib.errors import CollectError, RateLimitError, TokenError, UnreachableError
from sprintlib.facts.batch import NOT_UNDERSTOOD, FactBatch, payload_errors, why_not_understood
from sprintlib.facts.rows import Origin, Payload, moment
from sprintlib.github.client import Client, Response
from sprintlib.github.cursors import Cursor, read_cursor, write_cursor
from sprintlib.github.endpoints import EVENTS, ISSUES, LISTS, MILESTONES, PAGE_SIZE, PULLS, RUNS, ListEndpoint
from sprintlib.github.progress import OnProgress
from sprintlib.github.set_aside import ENTRY, Shelf, key_of
from sprintlib.store import schema

OVERLAP = timedelta(minutes=5)
SHORTENED = "GitHub lists no older ones"
_SINCE = "only those since"
_ITEMS = (schema.issue, schema.pull_request)
_RUN_MAY_LAST = timedelta(days=3)
# pages of one list in one sync: 200,000 entries, forty minutes at the pace at which GitHub is asked
MOST_PAGES = 2000
_MOST_EMPTY_PAGES = 3
_MOST_FAILURES = 5
_TOMORROW = timedelta(days=1)


@dataclass
class Failures:
    """How many steps failed one after the other, in all repositories of a sync."""

    in_a_row: int = 0


@dataclass(frozen=True)
class RepositoryCollector:
    """Reads the lists of one repository into the store."""

    engine: Engine
    client: Client
    repository_id: int
    full_name: str
    window_start: datetime
    on_progress: OnProgress
    shelf: Shelf
    failures: Failures = field(default_factory=Failures)

    def attempt(
        self, kind: str, key: str, step: Callable[[], object], stops_at: type[CollectError] = RateLimitError
    ) -> None:
        """Take one step; where it fails for its own reasons, it is set aside and everything else goes on.

        Raises what stands in the way of everything: the rate limit, the token, no network, GitHub being down; and
        errors of the kind `stops_at`.
        """
        if self.shelf.rests(kind, key):
            return
        try:
            with payload_errors(f"an answer about {self.full_name}"):
                step()
        except (RateLimitError, stops_at):
            raise
        except UnreachableError as error:
            self._failed(error)
            self.shelf.put(kind, key, error.__cause__ or error)
        except TokenError as error:
            self._failed(error)
            self.shelf.put(kind, key, error)
        except CollectError as error:
            cause = error.__cause__
            self.shelf.put(kind, key, why_not_understood(cause) if isinstance(cause, NOT_UNDERSTOOD) else error)
        except (DataError, IntegrityError) as error:
            self.shelf.put(kind, key, f"the store does not take it ({error.orig})")
        else:
            self.failures.in_a_row = 0
            self.shelf.clear(kind, key)

    def _failed(self, error: CollectError) -> None:
        """Raises the error where it is not about one thing alone."""
        self.failures.in_a_row += 1
        if self.failures.in_a_row >= _MOST_FAILURES:
            raise error
        try:
            self.client.get(f"/repos/{self.full_name}", tries=2)
        except CollectError:
            raise error from None

    def collect_list(self, kind: ListEndpoint) -> None:
        """Bring one list up to date, or set it aside."""
        self.attempt(kind.name, "", partial(self.collect, kind), stops_at=TokenError)
        with self.engine.begin() as connection:
            # what never arrived has its line too
            if self.shelf.holds(kind.name) and read_cursor(connection, self.repository_id, kind.name) is None:
                write_cursor(connection, Cursor(self.repository_id, self.full_name, kind.name, self.client.now()))

    def collect_set_aside(self) -> None:
        """Ask once more for single elements of lists that were set aside before and are due."""
        for kind in (MILESTONES, *LISTS):
            for key in self.shelf.due(kind.payload):
                self.attempt(kind.payload, key, partial(self._collect_element, kind, key))

    def _collect_element(self, kind: ListEndpoint, key: str) -> None:
        if not key.isdecimal():  # it has no address: its list is read again
            self._forget(kind)
            return
        response = self.get(f"{kind.path}/{key}", accept=(404, 410))
        if response.status == 200:
            facts = FactBatch(self.origin(response)).add(kind.payload, [response.body])
            with self.engine.begin() as connection:
                facts.write(connection)

    def _forget(self, kind: ListEndpoint) -> None:
        with self.engine.begin() as connection:
            cursor = read_cursor(connection, self.repository_id, kind.name)
            if cursor:
                write_cursor(connection, replace(cursor, etag=None, position={}, complete=False))

    def facts(self, kind: str, payloads: Sequence[Payload], response: Response, number: int | None = None) -> FactBatch:
        """Facts from elements of one kind; what is not understood is set aside by itself."""

        def put_aside(kind: str, payload: Any, number: int | None, error: Exception) -> None:
            self.shelf.put(_aside(kind), key_of(kind, payload, number), why_not_understood(error))

        facts = FactBatch(self.origin(response), put_aside).add(kind, payloads, number)
        if self.shelf.holds(_aside(kind)):
            for payload in payloads:
                self.shelf.clear_collected(_aside(kind), key_of(kind, payload, number))
        return facts

    def collect(self, kind: ListEndpoint) -> Cursor:
        """Bring one list up to date. Raises CollectError and its kinds; pages that had arrived are kept."""
        with self.engine.connect() as connection:
            cursor = read_cursor(connection, self.repository_id, kind.name)
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
        page = entries_of(kind, response)
        lasting = kind.first_page_tells or response.next_url is None
        probed = replace(
            known,
            etag=response.etag if lasting else None,
            position={**known.position, "newest": self._newest(kind, page, response) or known.position.get("newest")},
            note=known.note if known.note and known.note.startswith((SHORTENED, _SINCE)) else None,
        )
        if not known.complete:
            return self._first_pass(kind, probed, response, probe=True)
        return self._what_changed(kind, probed, response, self._until(kind, known))

    def _first_pass(self, kind: ListEndpoint, cursor: Cursor, response: Response, probe: bool = False) -> Cursor:
        """Store all pages from `response` on, each in one transaction with where to go on."""
        whole = response if probe and response.next_url is None else None
        walk = Walk(f"{kind.label} of {self.full_name}")
        while True:
            page, following = entries_of(kind, response), walk.following(response)
            if kind.window and following and self._reaches(kind, page, response, self.window_start):
                cursor, following = replace(cursor, note=f"{_SINCE} {self.window_start:%Y-%m-%d}"), None
            position = {**cursor.position, "next": following}
            complete = following is None and not walk.is_in_a_circle
            cursor = replace(cursor, position=position, complete=complete, as_of=self.as_of(response))
            cursor = self._store(kind, cursor, page, response)
            walk.check()
            if following is None:
                return self._count(kind, cursor, whole or (response if kind.envelope else None))
            self.on_progress(f"{self.full_name} {kind.label}", cursor.collected, _at_most(response))
            if walk.is_long_enough:
                return cursor
            response = self.get(following, accept=(422,))
            if response.status == 422:  # GitHub shows only so many pages of a long list
                return self._store(kind, replace(cursor, position=_finished(cursor), complete=True, note=SHORTENED))

    def _what_changed(self, kind: ListEndpoint, cursor: Cursor, response: Response, until: datetime | None) -> Cursor:
        """Store pages until they are older than `until`; the cursor moves when all are stored."""
        whole = response if response.next_url is None else None
        walk = Walk(f"{kind.label} of {self.full_name}")
        while True:
            page, following = entries_of(kind, response), walk.following(response)
            if following is None or (until and self._reaches(kind, page, response, until)):
                cursor = replace(cursor, as_of=self.as_of(response), complete=not walk.is_in_a_circle)
                cursor = self._store(kind, cursor, page, response)
                walk.check()
                return self._count(kind, cursor, whole or (response if kind.envelope else None))
            facts = self.facts(kind.payload, page, response)
            with self.engine.begin() as connection:
                facts.write(connection)
            if walk.is_long_enough:
                return self._store(
                    kind, replace(cursor, complete=False, position={**cursor.position, "next": following})
                )
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

    def _store(
        self, kind: ListEndpoint, cursor: Cursor, page: Sequence[Payload] = (), response: Response | None = None
    ) -> Cursor:
        facts = self.facts(kind.payload, page, response) if response else None
        with self.engine.begin() as connection:
            if facts:
                facts.write(connection)
            cursor = replace(cursor, collected=self._held(connection, kind))
            write_cursor(connection, cursor)
        return cursor

    def _held(self, connection: Connection, kind: ListEndpoint) -> int:
        query = select(func.count()).select_from(kind.table).where(kind.table.c.repository_id == self.repository_id)
        if "gone_at" in kind.table.c:
            query = query.where(kind.table.c.gone_at.is_(None))
        if kind is EVENTS:  # an item takes its events with it
            query = query.where(*(schema.event.c.number.not_in(self._gone(table)) for table in _ITEMS))
        return connection.execute(query if kind.counted is None else query.where(kind.counted)).scalar_one()

    def _gone(self, table: Table) -> Select[tuple[int]]:
        """Numbers of items that GitHub has no longer."""
        return select(table.c.number).where(table.c.repository_id == self.repository_id, table.c.gone_at.is_not(None))

    def _count(self, kind: ListEndpoint, cursor: Cursor, whole: Response | None) -> Cursor:
        """Ask GitHub how many there are, unless one answer held the whole list or the number cannot have changed.

        whole: that answer; or, for a list in an envelope, any answer, as it carries GitHub's own count.
        """
        if kind.envelope and whole is not None:
            total = whole.body.get("total_count")
            expected = total if not cursor.note and isinstance(total, int) and 0 <= total < 2**31 else None
        elif whole is not None:
            expected = len([one for one in whole.body if kind is not ISSUES or not _is_pull(one)])
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
            pulls = read_cursor(connection, self.repository_id, PULLS.name)
        return items - pulls.expected if pulls and pulls.expected is not None else None

    def _newest(self, kind: ListEndpoint, page: Sequence[Payload], response: Response) -> str | None:
        times = times_of(kind, page, self.as_of(response) + _TOMORROW)
        return max(times).isoformat() if times else None

    def _reaches(self, kind: ListEndpoint, page: Sequence[Payload], response: Response, until: datetime) -> bool:
        times = times_of(kind, page, self.as_of(response) + _TOMORROW)
        return bool(times) and min(times) < until

    def _new_cursor(self, kind: ListEndpoint, response: Response) -> Cursor:
        return Cursor(self.repository_id, self.full_name, kind.name, self.as_of(response))

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


class Walk:
    """Page after page of one list, which has an end.

    is_long_enough: whether as many pages were read as one sync reads of a list. is_in_a_circle: whether the last page
    led back to one that was read, or the list goes on without entries.
    """

    def __init__(self, what: str, most_pages: int = MOST_PAGES) -> None:
        self._what = what
        self._most_pages = most_pages
        self._seen: set[int] = set()
        self._empty = 0
        self.is_in_a_circle = False

    @property
    def is_long_enough(self) -> bool:
        return len(self._seen) >= self._most_pages

    def following(self, response: Response) -> str | None:
        """Where the next page is; None on the last page, and where the pages lead in a circle."""
        following = response.next_url
        if following is None:
            return None
        self._empty = 0 if response.body else self._empty + 1
        self.is_in_a_circle = hash(following) in self._seen or self._empty > _MOST_EMPTY_PAGES
        self._seen.add(hash(following))
        return None if self.is_in_a_circle else following

    def check(self) -> None:
        """Raises CollectError where the pages lead in a circle."""
        if self.is_in_a_circle:
            raise CollectError(f"The pages of {self._what} lead in a circle.")


def _finished(cursor: Cursor) -> dict[str, Any]:
    return {**cursor.position, "next": None}


def entries_of(kind: ListEndpoint, response: Response) -> list[Payload]:
    """The entries of one page. Raises CollectError for an answer that is no list."""
    body = response.body
    if kind.envelope and isinstance(body, Mapping):
        body = body.get(kind.envelope)
    if not isinstance(body, list):
        raise CollectError(f"The answer for {kind.label} is no list: check github.api_url in sprint.toml.")
    return body


def _is_pull(entry: Any) -> bool:
    return isinstance(entry, Mapping) and "pull_request" in entry


def _aside(payload: str) -> str:
    return ENTRY if payload == "timeline" else payload


def times_of(kind: ListEndpoint, page: Sequence[Any], latest: datetime) -> list[datetime]:
    """The times by which a list is ordered, without those that no element can have."""
    times = []
    for entry in page if kind.ordered_by else ():
        try:
            time = moment(entry.get(kind.ordered_by))
            times += [time] if time and time <= latest else []
        except (AttributeError, TypeError, ValueError):
            continue  # the element itself is set aside
    return times


def _at_most(response: Response) -> int | None:
    return response.last_page * PAGE_SIZE if response.last_page else None
