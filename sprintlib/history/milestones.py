"""Milestones as they were: state, due date and title from what had been seen by then."""

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from sprintlib.history.past import MILESTONES
from sprintlib.history.titles import TitleFact

_KEY = ["repository_id", "number"]


def read_milestones(
    payloads: pl.DataFrame, snapshots: pl.DataFrame, titles: Mapping[int, list[TitleFact]], as_of: datetime
) -> pl.DataFrame:
    """Milestones that existed at the moment (schema MILESTONES).

    A payload whose own update time is not later than the moment speaks for it, whenever it was fetched. Else the
    newest snapshot by then does; else the values are taken from what there is and listed in `known_later`.
    """
    base = payloads.filter(pl.col("created_at") <= as_of)
    seen = (
        snapshots.sort("observed_at")
        .group_by(_KEY)
        .last()
        .select(*_KEY, pl.col("state", "due_on", "title", "observed_at").name.suffix("_seen"))
    )
    base = base.join(seen, on=_KEY, how="left", maintain_order="left")
    base = base.join(_titles_then(titles, as_of), on=_KEY, how="left", maintain_order="left")
    valid = (pl.coalesce("updated_at", "observed_at") <= as_of) | (pl.col("observed_at") <= as_of)
    was_seen = pl.col("observed_at_seen").is_not_null()
    closed_by_then = (pl.col("closed_at") <= as_of).fill_null(value=False)
    state_then = pl.when(closed_by_then).then(pl.lit("closed")).otherwise(pl.coalesce("state_seen", pl.lit("open")))
    return (
        base.with_columns(
            pl.when(valid).then("state").otherwise(state_then).alias("state"),
            pl.when(valid | ~was_seen).then("due_on").otherwise("due_on_seen").alias("due_on"),
            pl.when(valid)
            .then("title")
            .otherwise(pl.coalesce("title_fact", "title_seen", "title"))
            .alias("title_then"),
            _known_later(valid, was_seen, closed_by_then).alias("known_later"),
        )
        .with_columns(pl.when(pl.col("state") == "closed").then("closed_at").alias("closed_at"))
        .select(pl.col(name).cast(kind) for name, kind in MILESTONES.items())
        .sort("repo", "number")
    )


def _known_later(valid: pl.Expr, was_seen: pl.Expr, closed_by_then: pl.Expr) -> pl.Expr:
    parts = [
        (~valid & ~was_seen, ["due_on"]),
        (~valid & (~was_seen | closed_by_then), ["state", "closed_at"]),
        (~valid & ~was_seen & pl.col("title_fact").is_null(), ["title_then"]),
    ]
    empty = pl.lit([], dtype=pl.List(pl.String))
    return pl.concat_list(
        pl.when(condition).then(pl.lit(names, dtype=pl.List(pl.String))).otherwise(empty) for condition, names in parts
    )


def _titles_then(titles: Mapping[int, list[TitleFact]], as_of: datetime) -> pl.DataFrame:
    """The newest proven title of each milestone by then."""
    newest = {
        (repository_id, fact.number): fact.title
        for repository_id, facts in titles.items()
        for fact in facts
        if fact.at <= as_of
    }
    rows = [(repository_id, number, title) for (repository_id, number), title in newest.items()]
    schema = {"repository_id": pl.Int64, "number": pl.Int64, "title_fact": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
