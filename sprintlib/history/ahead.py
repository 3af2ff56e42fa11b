"""What carries a time after a moment: it may have happened by a later one, and is read again then."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import polars as pl
from sqlalchemy import ColumnElement, Connection, String, Table, and_, cast, or_, select

from sprintlib.facts.changes import FactChange
from sprintlib.history.touched import Touched
from sprintlib.store import schema
from sprintlib.store.nature import nature

# table, what a row is about, its key, times that may lie ahead
_TIMES = tuple(
    (table, *about, nature(table).times)
    for table in schema.metadata.sorted_tables
    if (about := nature(table).about) and nature(table).times
)


def changes_ahead(
    connection: Connection, repos: pl.DataFrame, as_of: datetime, touched: Touched | None = None
) -> frozenset[FactChange]:
    """What carries a time after the moment. touched: only of these, where the rest is known to have none."""
    ids = repos["repository_id"].to_list()
    found: set[FactChange] = set()
    for table, kind, key, times in _TIMES:
        later = or_(*(table.c[name] > as_of for name in times))
        query = select(table.c.repository_id, cast(table.c[key], String)).where(table.c.repository_id.in_(ids), later)
        if touched is not None:
            about = _among(table, kind, key, touched)
            if about is None:
                continue
            query = query.where(about)
        found |= {
            FactChange(repository_id, kind, value) for repository_id, value in connection.execute(query.distinct())
        }
    found |= {
        FactChange(key, "item", str(number)) for key, number in _pulls_of_commits(connection, ids, as_of, touched)
    }
    return frozenset(found | set(_lists_ahead(connection, ids, as_of, touched)))


def _among(table: Table, kind: str, key: str, touched: Touched) -> ColumnElement[bool] | None:
    """Which rows are about what was touched; None where there are none."""
    if kind == "run":
        return table.c[key].in_(sorted(touched.runs)) if touched.runs else None
    if nature(table).listed:
        where = touched.repositories_of(kind)
        return table.c.repository_id.in_(sorted(where)) if where else None
    keys = {"item": touched.items, "milestone": touched.milestones, "commit": touched.commits}[kind]
    parts = [and_(table.c.repository_id == own, table.c[key].in_(sorted(wanted))) for own, wanted in keys.items()]
    return or_(*parts) if parts else None


def _pulls_of_commits(
    connection: Connection, ids: Sequence[int], as_of: datetime, touched: Touched | None
) -> Iterable[tuple[int, int]]:
    """Pull requests with commits after the moment."""
    commit, pull = schema.commit, schema.pull_request_commit
    same = and_(commit.c.repository_id == pull.c.repository_id, commit.c.sha == pull.c.sha)
    query = select(pull.c.repository_id, pull.c.number).select_from(pull.join(commit, same))
    query = query.where(pull.c.repository_id.in_(ids), commit.c.committed_at > as_of)
    if touched is not None:
        about = _among(pull, "item", "number", touched)
        if about is None:
            return []
        query = query.where(about)
    return [(repository_id, number) for repository_id, number in connection.execute(query.distinct())]


def _lists_ahead(
    connection: Connection, ids: Sequence[int], as_of: datetime, touched: Touched | None
) -> Iterable[FactChange]:
    """Items and milestones of which a kept payload was fetched after the moment."""
    payload = schema.payload.c
    lists: tuple[tuple[str, str, Mapping[int, frozenset[int]] | None], ...] = (
        ("blocked_by", "item", touched.items if touched else None),
        ("milestone", "milestone", touched.milestones if touched else None),
    )
    for kind, of, own in lists:
        query = select(payload.repository_id, payload.key).where(
            payload.kind == kind, payload.repository_id.in_(ids), payload.observed_at > as_of
        )
        if own is not None and not own:
            continue
        if own is not None:
            query = query.where(
                payload.key.in_([f"{key}-{number}" for key, wanted in own.items() for number in wanted])
            )
        for repository_id, key in connection.execute(query.distinct()):
            yield FactChange(repository_id, of, key.rpartition("-")[2])
