"""Items as they had been seen by a moment: an older payload in place of one that came later."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import Connection, func, select

from sprintlib.facts.batch import item_key, read_payload
from sprintlib.facts.rows import Origin, issue_row, pull_request_row
from sprintlib.store.schema import event, payload

# what a payload says of an item; who it is stays with the newest
_VALUES = (
    "title",
    "state_reason",
    "updated_at",
    "closed_at",
    "observed_at",
    "draft",
    "merged_at",
    "head_sha",
    "additions",
    "deletions",
)
_KEY = ["repository_id", "number"]
_AT_ONCE = 500


def versions_seen(connection: Connection, newest: pl.DataFrame, as_of: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Payloads with what had been seen by the moment, and texts: repository_id, number, body.

    newest: the newest payload of every item. Where it was fetched after the moment, the last one fetched by then is
    read instead, if there is one; the second frame holds the texts of these. The others stay as they are.
    """
    later = newest.filter(pl.col("observed_at") > as_of)
    ids = later["repository_id"].unique().to_list()
    rows = list(_older(connection, later, as_of)) if ids and _anything_seen(connection, ids, as_of) else []
    texts = pl.DataFrame(
        [(row["repository_id"], row["number"], row["body"]) for row in rows],
        schema={"repository_id": pl.Int64, "number": pl.Int64, "body": pl.String},
        orient="row",
    )
    if not rows:
        return newest, texts
    schema = {name: kind for name, kind in newest.schema.items() if name in (*_KEY, *_VALUES)}
    older = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
    marked = older.with_columns(pl.lit(value=True).alias("older"))
    joined = newest.join(marked, on=_KEY, how="left", suffix="_seen", maintain_order="left")
    values = [pl.when("older").then(f"{name}_seen").otherwise(name).alias(name) for name in schema if name not in _KEY]
    return joined.with_columns(values).select(newest.columns), texts


def _anything_seen(connection: Connection, ids: list[int], as_of: datetime) -> bool:
    """Whether anything was collected by then; asking the events is much quicker than asking the payloads."""
    first = select(func.min(event.c.observed_at)).where(event.c.repository_id.in_(ids))
    seen_at = connection.execute(first).scalar()
    return seen_at is not None and seen_at <= as_of


def _older(connection: Connection, later: pl.DataFrame, as_of: datetime) -> Iterator[dict[str, Any]]:
    for kind, row in (("issue", issue_row), ("pull", pull_request_row)):
        keys = [item_key(*key) for key in later.filter(kind=kind).select(_KEY).iter_rows()]
        for first in range(0, len(keys), _AT_ONCE):
            query = (
                select(payload.c.key, payload.c.repository_id, payload.c.body, payload.c.observed_at)
                .where(payload.c.kind == kind, payload.c.key.in_(keys[first : first + _AT_ONCE]))
                .where(payload.c.observed_at <= as_of)
                .order_by(payload.c.observed_at)
            )
            last = {found.key: found for found in connection.execute(query)}
            for found in last.values():
                yield row(read_payload(found.body), Origin(found.repository_id, "", found.observed_at))
