"""What is held against what GitHub lists, key by key: what slipped through is fetched, what is gone gets its time.

Counts hide one too many and one too few, so sets are compared: numbers of items and milestones, ids of the rest.
Lists are read oldest first, where pages stay as they are, each with the ETag of last time: a page that is answered
304 costs nothing and holds what it held. A list is compared at least once a day, and at once where it changed and
has few pages, or where the counts disagree.

An item that is missing from a list may have slipped between two pages while these were read, so GitHub is asked for
it by itself: only what is not there, or leads to another repository, is gone from then on.
"""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection, Table, delete, select, update

from sprintlib.errors import CollectError
from sprintlib.facts.batch import NOT_UNDERSTOOD, FactBatch
from sprintlib.facts.changes import changes_in, note_changes
from sprintlib.facts.kept import gone_row, write_kept
from sprintlib.facts.rows import Origin, Payload, item_reference, moment, numeric_id
from sprintlib.github.client import Response
from sprintlib.github.cursors import Cursor, read_cursor, write_cursor
from sprintlib.github.endpoints import (
    COMMENTS,
    ISSUES,
    MILESTONES,
    OF_REPOSITORY,
    PAGE_SIZE,
    PULLS,
    REVIEW_COMMENTS,
    RUNS,
    ListEndpoint,
)
from sprintlib.github.lists import MOST_PAGES, RepositoryCollector, entries_of, times_of
from sprintlib.github.set_aside import COMPARISON, ENTRY
from sprintlib.store import schema, upsert

AT_LEAST_EVERY = timedelta(hours=20)  # a daily sync is never quite a day after the last one
_MOST_ASKED = 200  # single things asked for in one sync; the rest follows in the next
_GONE = (404, 410, 451)
_NOT_LISTED = "more that GitHub does not list"
_BY_NUMBER = (ISSUES, PULLS, MILESTONES)  # everything else has a numeric id
_BY_CREATION = (("sort", "created"), ("direction", "asc"))
Keys = defaultdict[str, set[int]]  # by name of the table
# what else may be set aside about one thing, named by its number
_PARTS = {
    schema.issue: ("timeline", "detail", "blocked_by"),
    schema.pull_request: ("timeline", "detail", "blocked_by"),
    schema.milestone: ("milestone items",),
}


@dataclass(frozen=True)
class _Register:
    """How one list is compared.

    query: parameters that put the oldest first, where the list can. pages_at_once: up to so many pages are read again
    whenever the list changed; comments wait for the day or for counts that disagree. at_first: compared also right
    after the first collection, which took long enough for things to slip.
    """

    kind: ListEndpoint
    query: tuple[tuple[str, str], ...]
    pages_at_once: int = 10
    at_first: bool = False


_REGISTERS = {
    MILESTONES.name: _Register(MILESTONES, MILESTONES.query),
    ISSUES.name: _Register(ISSUES, (("state", "all"), *_BY_CREATION), at_first=True),
    COMMENTS.name: _Register(COMMENTS, _BY_CREATION, pages_at_once=0),
    REVIEW_COMMENTS.name: _Register(REVIEW_COMMENTS, _BY_CREATION, pages_at_once=0),
    **{kind.name: _Register(kind, ()) for kind in OF_REPOSITORY},
    # the newest come first here, so that every page changes with every run
    RUNS.name: _Register(RUNS, (), pages_at_once=1),
}


@dataclass(frozen=True)
class _Page:
    address: str
    following: str | None
    etag: str | None
    keys: dict[str, list[int]]


def compare(reader: RepositoryCollector, kind: ListEndpoint) -> None:
    """Make what is held of a list what GitHub lists, where it is time to look; or set the comparison aside.

    Pull requests are compared with the issues, among which GitHub lists them. Raises what stands in the way of
    everything, as `RepositoryCollector.attempt` does.
    """
    register = _REGISTERS.get(kind.name)
    if register and not reader.shelf.holds(kind.name):
        reader.attempt(COMPARISON, kind.name, partial(_compare, reader, register))


def _compare(reader: RepositoryCollector, register: _Register) -> None:
    kind = register.kind
    with reader.engine.connect() as connection:
        cursor = read_cursor(connection, reader.repository_id, kind.name)
        if cursor is None or not _is_whole(kind, cursor):
            return
        pages = _stored_pages(connection, reader, kind)
    if "compared_at" not in cursor.position and not register.at_first:
        _write(reader, cursor)
        return
    if not _is_due(register, cursor, len(pages), reader.client.now()):
        return
    listed = _listed(reader, register, pages)
    if listed is not None:
        is_settled = _settle(reader, register, listed)
        _conclude(reader, kind, listed, is_settled)


def _is_whole(kind: ListEndpoint, cursor: Cursor) -> bool:
    """Whether the list was collected to its end. Of runs, those of the window are all that is wanted."""
    return cursor.complete and (kind is RUNS or cursor.note is None or cursor.note.endswith(_NOT_LISTED))


def _is_due(register: _Register, cursor: Cursor, pages: int, now: datetime) -> bool:
    compared_at = moment(cursor.position.get("compared_at"))
    if compared_at is None or now - compared_at >= AT_LEAST_EVERY:
        return True
    counts = [cursor.collected, cursor.expected]
    if cursor.expected is not None and counts[0] != counts[1] and cursor.position.get("compared_counts") != counts:
        return True
    return cursor.position.get("compared_etag") != cursor.etag and pages <= register.pages_at_once


# ------------------------------------------------------------------ what GitHub lists


def _listed(reader: RepositoryCollector, register: _Register, stored: Sequence[_Page]) -> Keys | None:
    """Keys that GitHub lists, by table; None where it does not show the whole list. Entries that came are stored."""
    listed: Keys = defaultdict(set)
    address: str | None = _first_address(reader, register)
    place = 0
    seen: set[str] = set()
    while address is not None:
        if address in seen or len(seen) >= MOST_PAGES:
            raise CollectError(f"The pages of {register.kind.label} of {reader.full_name} have no end.")
        seen.add(address)
        known = stored[place] if place < len(stored) and stored[place].address == address else None
        # after a last page that is full a new one may have begun, which only a new answer tells
        is_open = known is not None and known.following is None and _size(known) >= PAGE_SIZE
        etag = known.etag if known and not is_open else None
        response = reader.client.get(address, etag=etag, accept=(403, 404, 410, 422))
        if response.status == 304 and known:
            page = known
        elif response.status == 200:
            page = _read(reader, register, response, address)
            if register.kind.window and _is_before(register.kind, response, reader.window_start):
                page = replace(page, following=None)
            _store_page(reader, register.kind, place + 1, page)
        else:
            return None
        for table, keys in page.keys.items():
            listed[table].update(keys)
        address, place = page.following, place + 1
    _drop_pages(reader, register.kind, place)
    return listed


def _read(reader: RepositoryCollector, register: _Register, response: Response, address: str) -> _Page:
    """One page, whose entries are stored as any page of the list is."""
    kind = register.kind
    page = entries_of(kind, response)
    facts = reader.facts(kind.payload, page, response)
    keys: dict[str, list[int]] = defaultdict(list)
    for entry in page:
        # one that does not say which it is was set aside by itself
        with suppress(*NOT_UNDERSTOOD):
            keys[_table(kind, entry).name].append(_key(kind, entry))
    with reader.engine.begin() as connection:
        facts.write(connection)
    return _Page(address, response.next_url, response.etag, dict(keys))


def _first_address(reader: RepositoryCollector, register: _Register) -> str:
    parameters = {**dict(register.query), "per_page": str(PAGE_SIZE)}
    return f"/repos/{reader.full_name}/{register.kind.path}?{urlencode(parameters)}"


def _size(page: _Page) -> int:
    return sum(map(len, page.keys.values()))


def _is_before(kind: ListEndpoint, response: Response, start: datetime) -> bool:
    return any(time < start for time in times_of(kind, entries_of(kind, response), datetime.max.replace(tzinfo=UTC)))


def _table(kind: ListEndpoint, entry: Payload) -> Table:
    return schema.pull_request if kind is ISSUES and "pull_request" in entry else kind.table


def _key(kind: ListEndpoint, entry: Payload) -> int:
    return int(entry["number"]) if kind in _BY_NUMBER else numeric_id(entry)


# ------------------------------------------------------------------ what is held


def _settle(reader: RepositoryCollector, register: _Register, listed: Keys) -> bool:
    """Fetch what is listed and not held; find out about what is held and not listed; bring back what is there again.

    Returns whether everything was asked for: the rest is left to the next sync.
    """
    kind = register.kind
    left = _MOST_ASKED
    is_settled = True
    for table in _tables(kind):
        there = listed[table.name]
        with reader.engine.connect() as connection:
            held = _held(connection, reader, kind, table)
        with reader.engine.begin() as connection:
            _mark(connection, reader, kind, table, sorted(key for key in there if held.get(key)), None)
        missing = sorted(there - held.keys())
        doubtful = sorted(key for key, gone in held.items() if not gone and key not in there)
        steps = [
            *((key, partial(_fetch, reader, register, table, key)) for key in missing),
            *((key, partial(_find_out, reader, register, table, key, there)) for key in doubtful),
        ]
        for key, step in steps[:left]:
            reader.attempt(_payload(kind, table), str(key), step)
        is_settled = is_settled and len(steps) <= left
        left -= min(len(steps), left)
    return is_settled


def _payload(kind: ListEndpoint, table: Table) -> str:
    return PULLS.payload if table is schema.pull_request else kind.payload


def _fetch(reader: RepositoryCollector, register: _Register, table: Table, key: int) -> None:
    is_pull = table is schema.pull_request
    response = reader.get(f"pulls/{key}" if is_pull else f"{register.kind.path}/{key}", accept=_GONE)
    if response.status == 200:
        _keep(reader, _payload(register.kind, table), response)


def _find_out(reader: RepositoryCollector, register: _Register, table: Table, key: int, there: set[int]) -> None:
    """Ask for a single thing that the list does not hold; it is added to what is there, or gone."""
    kind = register.kind
    response = reader.get(f"{register.kind.path}/{key}", accept=_GONE)
    if response.status == 200 and _is_the_one(reader, kind, table, key, response.body):
        if table is not schema.pull_request:
            _keep(reader, kind.payload, response)
        there.add(key)
        return
    with reader.engine.begin() as connection:
        _mark(connection, reader, kind, table, [key], reader.as_of(response))
    # what could not be collected of it is waited for no longer
    for part in _PARTS.get(table, ()):
        reader.shelf.clear(part, str(key))
    if table in _tables(ISSUES):
        reader.shelf.clear_others(ENTRY, f"{key}/")


def _is_the_one(reader: RepositoryCollector, kind: ListEndpoint, table: Table, key: int, body: Any) -> bool:
    """Whether an answer is about what was asked for: a transferred issue leads to the one that it became."""
    if _key(kind, body) != key:
        return False
    if kind is not ISSUES:
        return True
    reference = item_reference(body)
    same_kind = ("pull_request" in body) == (table is schema.pull_request)
    return same_kind and (reference is None or reference.rpartition("#")[0].lower() in _names(reader))


def _names(reader: RepositoryCollector) -> set[str]:
    """What the repository is and was called, in lower case."""
    name = schema.repository_name.c
    with reader.engine.connect() as connection:
        return set(connection.scalars(select(name.name).where(name.repository_id == reader.repository_id)))


def _keep(reader: RepositoryCollector, payload: str, response: Response) -> None:
    facts = FactBatch(reader.origin(response)).add(payload, [response.body])
    with reader.engine.begin() as connection:
        facts.write(connection)


def _tables(kind: ListEndpoint) -> tuple[Table, ...]:
    return (kind.table, schema.pull_request) if kind is ISSUES else (kind.table,)


def _key_column(kind: ListEndpoint) -> str:
    return "number" if kind in _BY_NUMBER else "id"


def _held(connection: Connection, reader: RepositoryCollector, kind: ListEndpoint, table: Table) -> dict[int, bool]:
    """Keys that are held -> whether they are gone. Of runs, those of the window."""
    query = select(table.c[_key_column(kind)], table.c.gone_at).where(table.c.repository_id == reader.repository_id)
    if kind.counted is not None and table is kind.table:
        query = query.where(kind.counted)
    if kind.window:
        query = query.where(table.c.created_at >= reader.window_start)
    return {key: gone_at is not None for key, gone_at in connection.execute(query)}


def _mark(
    connection: Connection,
    reader: RepositoryCollector,
    kind: ListEndpoint,
    table: Table,
    keys: Sequence[int],
    gone_at: datetime | None,
) -> None:
    statement = update(table).where(table.c.repository_id == reader.repository_id)
    if kind.counted is not None and table is kind.table:
        statement = statement.where(kind.counted)
    for first in range(0, len(keys), _MOST_ASKED):
        chosen = table.c[_key_column(kind)].in_(keys[first : first + _MOST_ASKED])
        connection.execute(statement.where(chosen).values(gone_at=gone_at))
        marked = select(table).where(table.c.repository_id == reader.repository_id, chosen)
        rows = [dict(row) for row in connection.execute(marked).mappings()]
        note_changes(connection, list(changes_in(table, rows)))
        origin = Origin(reader.repository_id, "rest", gone_at or reader.client.now())
        told = keys[first : first + _MOST_ASKED]
        write_kept(connection, [gone_row(table, key, gone_at, kind.name, origin) for key in told])


def _conclude(reader: RepositoryCollector, kind: ListEndpoint, listed: Keys, is_settled: bool) -> None:
    """Write down, for the list and for pull requests beside issues, how many of the listed are held."""
    for one in (kind, PULLS) if kind is ISSUES else (kind,):
        with reader.engine.connect() as connection:
            cursor = read_cursor(connection, reader.repository_id, one.name)
            held = _held(connection, reader, one, one.table)
        if cursor is None:
            continue
        if not one.window:
            there, live = listed[one.table.name], {key for key, gone in held.items() if not gone}
            extra = len(live - there)
            note = f"{extra:,} {_NOT_LISTED}" if extra else None
            cursor = replace(cursor, collected=len(live & there), expected=len(there), note=note)
        _write(reader, cursor, is_settled)


def _write(reader: RepositoryCollector, cursor: Cursor, is_settled: bool = True) -> None:
    """Write a cursor down as compared now, or as still to be compared where not everything was asked for."""
    marks = {
        "compared_at": reader.client.now().isoformat() if is_settled else None,
        "compared_etag": cursor.etag,
        "compared_counts": [cursor.collected, cursor.expected],
        "counted": cursor.collected,
    }
    with reader.engine.begin() as connection:
        write_cursor(connection, replace(cursor, position={**cursor.position, **marks}))


# ------------------------------------------------------------------ pages of last time


def _stored_pages(connection: Connection, reader: RepositoryCollector, kind: ListEndpoint) -> list[_Page]:
    page = schema.listed_page.c
    query = select(page.address, page.following, page.etag, page["keys"]).where(
        page.repository_id == reader.repository_id, page.kind == kind.name
    )
    return [_Page(*row) for row in connection.execute(query.order_by(page.page))]


def _store_page(reader: RepositoryCollector, kind: ListEndpoint, number: int, page: _Page) -> None:
    row = {"repository_id": reader.repository_id, "kind": kind.name, "page": number, **vars(page)}
    with reader.engine.begin() as connection:
        upsert(connection, schema.listed_page, [row])


def _drop_pages(reader: RepositoryCollector, kind: ListEndpoint, last: int) -> None:
    page = schema.listed_page.c
    beyond = delete(schema.listed_page).where(
        page.repository_id == reader.repository_id, page.kind == kind.name, page.page > last
    )
    with reader.engine.begin() as connection:
        connection.execute(beyond)
