"""What GitHub tells about single items only: timelines, sizes of pull requests, blockers of issues.

An item is asked about again when it was updated since. Items of open milestones come first, then open ones, then the
most recently updated, so that an interrupted collection is of use.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, func, literal, select

from sprintlib.errors import CollectError, TokenError
from sprintlib.facts.batch import FactBatch, drop_lifted_blockers
from sprintlib.facts.mentions import MENTIONED
from sprintlib.github.client import Response
from sprintlib.github.cursors import Cursor, mark_items, read_cursor, write_cursor
from sprintlib.github.endpoints import EVENTS, PAGE_SIZE
from sprintlib.github.lists import SHORTENED, RepositoryCollector, Walk
from sprintlib.github.set_aside import ENTRY
from sprintlib.store import schema

_GONE = (404, 410)
_INSTANT = timedelta(microseconds=1)
# GitHub's clocks tell whole seconds, and one may be a second behind another
_SAME_MOMENT = timedelta(seconds=2)
# 20,000 entries of one timeline
_MOST_PAGES_OF_ITEM = 200
_MOST_PAGES_OF_BLOCKERS = 5
_FROM_TIMELINES = (schema.review, schema.pull_request_commit)


@dataclass(frozen=True)
class ListedItem:
    """An issue or pull request as the store holds it. blockers: how many GitHub counts, 0 where it does not say."""

    number: int
    is_pull: bool
    updated_at: datetime
    closed_at: datetime | None
    in_open_milestone: bool
    blockers: int
    blocking_changed_at: datetime | None


def collect_open_milestones(reader: RepositoryCollector) -> None:
    """Store the items of open milestones and all about them, without waiting for the lists of everything."""
    milestone = schema.milestone.c
    opened = (
        select(milestone.number)
        .where(milestone.repository_id == reader.repository_id, milestone.state == "open", milestone.gone_at.is_(None))
        .order_by(milestone.due_on.is_(None), milestone.due_on)
    )
    with reader.engine.connect() as connection:
        numbers = connection.execute(opened).scalars().all()
    for number in numbers:
        reader.attempt("milestone items", str(number), partial(_read_milestone, reader, number), stops_at=TokenError)
    collect_items(reader, open_milestones_only=True)


def _read_milestone(reader: RepositoryCollector, milestone: int) -> None:
    for page in _pages(reader, "issues", {"milestone": str(milestone), "state": "all"}):
        _store(reader, reader.facts("issue", page.entries, page.response))
        for item in page.entries:
            number = item.get("number") if isinstance(item, Mapping) and "pull_request" in item else None
            if isinstance(number, int):
                reader.attempt("detail", str(number), partial(_read_detail, reader, number))


def collect_items(reader: RepositoryCollector, open_milestones_only: bool = False) -> None:
    """Ask for everything that is missing about single items; what arrived is stored item by item."""
    with reader.engine.begin() as connection:
        drop_lifted_blockers(connection, reader.repository_id)
    with reader.engine.connect() as connection:
        work = list(Need(reader, connection).work(open_milestones_only))
    what = f"{reader.full_name} {'items of open milestones' if open_milestones_only else 'timelines'}"
    for done, (item, parts) in enumerate(work, start=1):
        for part in parts:
            reader.attempt(part, str(item.number), partial(_read_part, reader, item, part))
        reader.on_progress(what, done, len(work))


def collect_item(reader: RepositoryCollector, number: int) -> None:
    """Ask for everything about one item, whether it changed or not. Nothing happens for one that is not stored."""
    with reader.engine.begin() as connection:
        drop_lifted_blockers(connection, reader.repository_id, number)
        items = _items(connection, reader.repository_id, number)
    for item in items:
        if item.is_pull:
            reader.attempt("detail", str(number), partial(_read_part, reader, item, "detail"))
        for part in ("timeline", *(("blocked_by",) if item.blockers else ())):
            reader.attempt(part, str(number), partial(_read_part, reader, item, part))


def note_completeness(reader: RepositoryCollector, as_of: datetime) -> list[Cursor]:
    """Store and return cursors that say how complete timelines, and what comes with them, are."""
    with reader.engine.begin() as connection:
        need = Need(reader, connection)
        wanted = [item for item in need.items if "timeline" in need.parts(item)]
        read = sum((item.number, "timeline") in need.asked for item in wanted)
        complete = need.is_met and not reader.shelf.holds(ENTRY)
        held = {table.name: _held(connection, table, reader.repository_id) for table in _FROM_TIMELINES}
        counts: dict[str, tuple[int, int | None]] = {
            "timelines": (read, len(wanted)),
            **{name: (count, None) for name, count in held.items()},
            "dependencies": (
                _held(connection, schema.dependency, reader.repository_id),
                sum(item.blockers for item in need.items),
            ),
        }
        cursors = [
            Cursor(
                reader.repository_id,
                reader.full_name,
                kind,
                as_of,
                complete=complete,
                collected=collected,
                expected=expected,
            )
            for kind, (collected, expected) in counts.items()
        ]
        for cursor in cursors:
            write_cursor(connection, cursor)
    return cursors


class Need:
    """Which items need which requests of their own. events_are_short: whether timelines must make up for their list."""

    def __init__(self, reader: RepositoryCollector, connection: Connection) -> None:
        self._since = reader.window_start
        self._shelf = reader.shelf
        self._again = {key.partition("/")[0] for key in reader.shelf.due(ENTRY)}
        self.items = _items(connection, reader.repository_id)
        self.asked = _asked(connection, reader.repository_id)
        self._timelines_read = _timelines_read(connection, reader.repository_id)
        events = read_cursor(connection, reader.repository_id, EVENTS.name)
        self.events_are_short = bool(events and events.note == SHORTENED)

    @property
    def is_met(self) -> bool:
        """Whether every part was asked for.

        What was updated at the moment of the answer will be asked for again, and lacks nothing that is known of.
        """
        return not any(self._is_due(item, part, _SAME_MOMENT) for item in self.items for part in self.parts(item))

    def work(self, open_milestones_only: bool = False) -> Iterator[tuple[ListedItem, list[str]]]:
        """Items and the parts to ask for, most urgent first; without those set aside that are not to be tried now."""
        for item in sorted(self.items, key=_urgency):
            if open_milestones_only and not item.in_open_milestone:
                continue
            parts = [
                part
                for part in self.parts(item)
                if self._is_due(item, part) and not self._shelf.rests(part, str(item.number))
            ]
            if parts:
                yield item, parts

    def parts(self, item: ListedItem) -> list[str]:
        """The parts that an item has. The list of events has no cross-references; they matter in current issues."""
        is_current = item.closed_at is None or item.closed_at >= self._since
        parts = []
        if item.is_pull and is_current:
            parts.append("detail")
        if item.is_pull or is_current or self.events_are_short:
            parts.append("timeline")
        if item.blockers:
            parts.append("blocked_by")
        return parts

    def _is_due(self, item: ListedItem, part: str, tolerance: timedelta = timedelta(0)) -> bool:
        asked = self.asked.get((item.number, part))
        if asked is None or asked + tolerance < item.updated_at:
            return True
        if part == "timeline":
            mentioned = self.asked.get((item.number, MENTIONED))
            is_untold = mentioned is not None and self._timelines_read[item.number] + tolerance <= mentioned
            return is_untold or str(item.number) in self._again
        return part == "blocked_by" and asked < (item.blocking_changed_at or asked)


def _urgency(item: ListedItem) -> tuple[bool, bool, float]:
    return not item.in_open_milestone, item.closed_at is not None, -item.updated_at.timestamp()


def _read_part(reader: RepositoryCollector, item: ListedItem, part: str) -> None:
    if part == "detail":
        _read_detail(reader, item.number)
        return
    asked = [(item.number, max(item.updated_at, item.blocking_changed_at or item.updated_at))]
    if part == "timeline":
        asked_at = None
        for page in _pages(reader, f"issues/{item.number}/timeline", {}):
            answered_at = reader.as_of(page.response)
            asked_at = asked_at or answered_at  # what happens while it is read may be on a page that was read
            facts = reader.facts("timeline", page.entries, page.response, item.number)
            # the item is done with its last page
            _store(reader, facts, Done(part, settled(asked, answered_at), asked_at) if page.is_last else None)
        reader.shelf.clear_others(ENTRY, f"{item.number}/")
        return
    pages = list(_pages(reader, f"issues/{item.number}/dependencies/blocked_by", {}, _MOST_PAGES_OF_BLOCKERS))
    facts = FactBatch(reader.origin(pages[-1].response))
    if pages[0].response.status == 200:
        facts.blocked_by(item.number, [entry for page in pages for entry in page.entries])
    _store(reader, facts, Done(part, asked, reader.as_of(pages[0].response)))


def settled(asked: Sequence[tuple[int, datetime]], answered_at: datetime) -> list[tuple[int, datetime]]:
    """Up to which update an answer tells everything: more may happen in the second in which it was given."""
    return [(number, min(until, answered_at - _INSTANT)) for number, until in asked]


def _read_detail(reader: RepositoryCollector, number: int) -> None:
    response = reader.get(f"pulls/{number}", accept=_GONE)
    if response.status == 200:
        facts = FactBatch(reader.origin(response)).add("pull", [response.body])
        updated_at = datetime.fromisoformat(response.body["updated_at"])
        _store(reader, facts, Done("detail", [(number, updated_at)], reader.as_of(response)))


@dataclass(frozen=True)
class _Page:
    """One page of a list below the repository; without entries where the item is gone."""

    response: Response
    entries: list[Any]
    is_last: bool


def _pages(
    reader: RepositoryCollector, path: str, query: dict[str, str], most_pages: int = _MOST_PAGES_OF_ITEM
) -> Iterator[_Page]:
    """Raises CollectError where they are no lists, lead in a circle or have no end."""
    walk = Walk(f"{path} of {reader.full_name}", most_pages)
    response = reader.get(path, {**query, "per_page": str(PAGE_SIZE)}, accept=_GONE)
    while True:
        is_there = response.status == 200
        if is_there and not isinstance(response.body, list):
            raise CollectError(f"The answer for {path} of {reader.full_name} is no list.")
        following = walk.following(response) if is_there else None
        is_last = following is None and not walk.is_in_a_circle
        yield _Page(response, response.body if is_there else [], is_last)
        walk.check()
        if following is None:
            return
        if walk.is_long_enough:
            raise CollectError(f"There are more than {most_pages} pages of {path} of {reader.full_name}.")
        response = reader.get(following, accept=_GONE)


class Done(NamedTuple):
    """That a part of items was read: each up to an update of it, with answers from `asked_at` on."""

    part: str
    items: Sequence[tuple[int, datetime]]
    asked_at: datetime


def _store(reader: RepositoryCollector, facts: FactBatch, done: Done | None = None) -> None:
    with reader.engine.begin() as connection:
        facts.write(connection)
        if done:
            mark_items(connection, reader.repository_id, *done)


def _items(connection: Connection, repository_id: int, only: int | None = None) -> list[ListedItem]:
    milestone = schema.milestone.c
    opened = set(
        connection.execute(
            select(milestone.number).where(
                milestone.repository_id == repository_id, milestone.state == "open", milestone.gone_at.is_(None)
            )
        ).scalars()
    )
    changes = _blocking_changes(connection, repository_id, only)
    found = []
    for table in (schema.issue, schema.pull_request):
        column, is_pull = table.c, table is schema.pull_request
        blockers = literal(0) if is_pull else func.coalesce(column.blockers, 0)
        query = select(column.number, column.updated_at, column.closed_at, column.milestone_number, blockers)
        there = (column.repository_id == repository_id, column.gone_at.is_(None))
        query = query.where(*there, *(() if only is None else (column.number == only,)))
        for number, updated_at, closed_at, milestone_number, count in connection.execute(query):
            found.append(
                ListedItem(
                    number, is_pull, updated_at, closed_at, milestone_number in opened, count, changes.get(number)
                )
            )
    return found


def _asked(connection: Connection, repository_id: int) -> dict[tuple[int, str], datetime]:
    cursor = schema.item_cursor.c
    query = select(cursor.number, cursor.part, cursor.updated_at).where(cursor.repository_id == repository_id)
    return {(number, part): updated_at for number, part, updated_at in connection.execute(query)}


def _timelines_read(connection: Connection, repository_id: int) -> dict[int, datetime]:
    """When the timeline of each item was last read; where that is not known, which update it told."""
    cursor = schema.item_cursor.c
    query = select(cursor.number, func.coalesce(cursor.asked_at, cursor.updated_at))
    return dict(connection.execute(query.where(cursor.repository_id == repository_id, cursor.part == "timeline")).all())


def _blocking_changes(connection: Connection, repository_id: int, only: int | None = None) -> dict[int, datetime]:
    """When blockers of each issue were last added or removed, where its events say."""
    event = schema.event.c
    query = (
        select(event.number, func.max(event.happened_at))
        .where(event.repository_id == repository_id, event.kind.in_(("blocked_by_added", "blocked_by_removed")))
        .group_by(event.number)
    )
    if only is not None:
        query = query.where(event.number == only)
    return dict(connection.execute(query).all())


def _held(connection: Connection, table: Table, repository_id: int) -> int:
    query = select(func.count()).select_from(table).where(table.c.repository_id == repository_id)
    return connection.execute(query).scalar_one()
