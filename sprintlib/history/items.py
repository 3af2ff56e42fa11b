"""Issues and pull requests as they were: state, draft, labels, assignees and titles from events."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

import polars as pl
from polars._typing import PolarsDataType

from sprintlib.history.machines import Machines
from sprintlib.history.state import ITEMS, TRANSITIONS
from sprintlib.history.states import STATE_EVENTS, Closing, StateEvent, Transition, transitions
from sprintlib.store.frames import UTC_DATETIME

_KEY = ["repository_id", "number"]


def read_transitions(
    payloads: pl.DataFrame, events: pl.DataFrame, as_of: datetime
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Transitions of every item (schema TRANSITIONS), and per item the last one.

    The second frame has repository_id, number, state, closed_at, closed_as and rests_on (see Transition).
    """
    by_item: dict[tuple[int, int], list[StateEvent]] = {}
    told = events.filter(pl.col("kind").is_in(STATE_EVENTS))
    for repository_id, number, at, kind, detail in _rows(told, *_KEY, "happened_at", "kind", "detail"):
        by_item.setdefault((repository_id, number), []).append(StateEvent(at, kind, detail))
    changes: list[tuple[Any, ...]] = []
    last: list[tuple[Any, ...]] = []
    columns = ("repo", "kind", "created_at", "closed_at", "merged_at", "state_reason")
    for repository_id, number, repo, kind, created_at, closed_at, merged_at, reason in _rows(payloads, *_KEY, *columns):
        closing = Closing(kind == "pull", created_at, closed_at, merged_at, reason)
        course = transitions(by_item.get((repository_id, number), []), closing, as_of)
        changes += [(repository_id, repo, number, change.at, change.to) for change in course]
        last.append((repository_id, number, *_state(course)))
    return pl.DataFrame(changes, schema=TRANSITIONS, orient="row"), pl.DataFrame(last, schema=_STATES, orient="row")


_STATES: dict[str, PolarsDataType] = {
    "repository_id": pl.Int64,
    "number": pl.Int64,
    "state": pl.String,
    "closed_at": UTC_DATETIME,
    "closed_as": pl.String,
    "rests_on": pl.String,
}


def _state(course: list[Transition]) -> tuple[Any, ...]:
    now = course[-1]
    if now.to == "open":
        return ("open", None, None, "events")
    closed = next(change for before, change in reversed(list(pairwise(course))) if before.to == "open")
    return ("closed", closed.at, now.to, now.rests_on)


def read_items(
    payloads: pl.DataFrame,
    states: pl.DataFrame,
    events: pl.DataFrame,
    later: pl.DataFrame,
    inside: pl.DataFrame,
    as_of: datetime,
    machines: Machines,
) -> pl.DataFrame:
    """Items as of the moment (schema ITEMS), bodies still null.

    payloads: newest of each item; states: from `read_transitions`; events: up to the moment; later: renamings and
    draft changes after it, which tell what was before; inside: repository_id, number, milestone;
    machines: which authors are no people.
    """
    changed = (pl.col("updated_at") > as_of) & (pl.col("observed_at") > as_of)
    base = payloads.drop("state", "closed_at").join(states, on=_KEY, how="left", maintain_order="left")
    base = base.join(_titles(events, later), on=_KEY, how="left", maintain_order="left")
    base = base.join(_drafts(events, later), on=_KEY, how="left", maintain_order="left")
    base = base.join(inside, on=_KEY, how="left", maintain_order="left")
    for kinds, name in ((("labeled", "unlabeled"), "labels"), (("assigned", "unassigned"), "assignees")):
        base = base.join(_held(events, *kinds, name), on=_KEY, how="left", maintain_order="left")
    return base.with_columns(
        pl.coalesce("title_by_event", "title_before", "title").alias("title"),
        pl.coalesce("draft_by_event", "draft_before", "draft", pl.lit(value=False)).alias("draft"),
        pl.col("labels", "assignees").fill_null([]),
        _ref().alias("ref"),
        machines.expression("author", "author_type").alias("author_is_bot"),
        pl.lit(None, dtype=pl.String).alias("body"),
        _known_later(changed).alias("known_later"),
    ).select(pl.col(name).cast(kind) for name, kind in ITEMS.items())


def _titles(events: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    told = events.filter(kind="renamed").group_by(_KEY).agg(pl.col("subject").last().alias("title_by_event"))
    before = later.filter(kind="renamed").group_by(_KEY).agg(pl.col("detail").first().alias("title_before"))
    return told.join(before, on=_KEY, how="full", coalesce=True)


def _drafts(events: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
    kinds = ("convert_to_draft", "ready_for_review")
    told = events.filter(pl.col("kind").is_in(kinds)).group_by(_KEY)
    before = later.filter(pl.col("kind").is_in(kinds)).group_by(_KEY)
    return told.agg((pl.col("kind").last() == "convert_to_draft").alias("draft_by_event")).join(
        before.agg((pl.col("kind").first() == "ready_for_review").alias("draft_before")),
        on=_KEY,
        how="full",
        coalesce=True,
    )


def _held(events: pl.DataFrame, gained: str, lost: str, name: str) -> pl.DataFrame:
    """What each item had gained and not lost again, in order of names."""
    told = events.filter(pl.col("kind").is_in([gained, lost]) & pl.col("subject").is_not_null())
    last = told.group_by([*_KEY, "subject"]).agg(pl.col("kind").last())
    return last.filter(kind=gained).group_by(_KEY).agg(pl.col("subject").sort().alias(name))


def _known_later(changed: pl.Expr) -> pl.Expr:
    """Names of the columns whose value is from after the moment."""
    is_pull = pl.col("kind") == "pull"
    parts = [
        (changed & pl.col("title_by_event").is_null(), ["title"]),
        (changed, ["body"]),
        (changed & (pl.col("rests_on") == "payload"), ["state", "closed_at", "closed_as"]),
        (changed & (pl.col("rests_on") == "reason"), ["closed_as"]),
        (changed & is_pull & pl.col("draft_by_event").is_null(), ["draft"]),
        (changed & is_pull, ["head_sha", "additions", "deletions"]),
    ]
    empty = pl.lit([], dtype=pl.List(pl.String))
    return pl.concat_list(
        pl.when(condition).then(pl.lit(names, dtype=pl.List(pl.String))).otherwise(empty) for condition, names in parts
    )


def _ref() -> pl.Expr:
    return pl.concat_str("repo", pl.lit("#"), pl.col("number"))


def _rows(table: pl.DataFrame, *columns: str) -> Iterable[tuple[Any, ...]]:
    return table.select(columns).iter_rows()
