"""Milestones as they were: state, due date and title, from what had been seen by then."""

from datetime import datetime

import polars as pl

from sprintlib.history.state import MILESTONES

_KEY = ["repository_id", "number"]
_SEEN = ("state", "due_on", "title", "closed_at", "observed_at")


def read_milestones(
    payloads: pl.DataFrame, snapshots: pl.DataFrame, members: pl.DataFrame, edits: pl.DataFrame, as_of: datetime
) -> pl.DataFrame:
    """Milestones that existed at the moment (schema MILESTONES), without those that were deleted by then.

    payloads: the newest of each; snapshots: pictures taken by the moment; members: memberships as of the moment,
    whose events tell titles; edits: after the moment, with what was before. What nobody had seen by then is taken from
    the newest payload and listed in `known_later`; so is a closing that was seen only later.
    """
    is_gone = (pl.col("gone_at") <= as_of).fill_null(value=False)
    existing = payloads.filter((pl.col("created_at") <= as_of) & ~is_gone)
    base = existing.join(_seen(existing, snapshots, as_of), on=_KEY, how="left", maintain_order="left")
    base = base.join(_titles(members, base), on=_KEY, how="left", maintain_order="left")
    base = base.join(_before(edits), on=_KEY, how="left", maintain_order="left")
    unseen, seen_later = pl.col("observed_at_seen").is_null(), pl.col("observed_at") > as_of
    closed_by_then = (pl.col("closed_at") <= as_of).fill_null(value=False)
    closed = closed_by_then & (seen_later | (pl.col("state") == "closed"))
    # a snapshot tells that it was closed, not when: at the latest when it was taken
    closed_at = pl.when(closed).then("closed_at").otherwise(pl.coalesce("closed_at_seen", "observed_at_seen"))
    told = pl.coalesce("title_told", "title_seen", "title_before")
    due_on = pl.when(unseen & pl.col("due_on_edited").fill_null(value=False)).then("due_on_before").otherwise("due_on")
    # nobody looked by then, but the payload has not changed since
    unchanged = unseen & (pl.col("updated_at") <= as_of).fill_null(value=False)
    title = pl.when(unchanged).then("title").otherwise(pl.coalesce(told, "title"))
    return (
        base.with_columns(
            pl.when(closed).then(pl.lit("closed")).otherwise(pl.coalesce("state_seen", pl.lit("open"))).alias("state"),
            pl.when(unseen).then(due_on).otherwise("due_on_seen").alias("due_on"),
            title.alias("title_then"),
            _names(
                (unseen & pl.col("due_on_edited").is_null(), ["due_on"]),
                (unseen | (closed & seen_later), ["state", "closed_at"]),
                (told.is_null() | (title != told), ["title_then"]),
            ).alias("known_later"),
        )
        .with_columns(pl.when(pl.col("state") == "closed").then(closed_at).alias("closed_at"))
        .select(pl.col(name).cast(kind) for name, kind in MILESTONES.items())
        .sort("repo", "number")
    )


def _seen(payloads: pl.DataFrame, snapshots: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """The newest picture by the moment: a snapshot, or the payload itself."""
    columns = [*_KEY, *_SEEN]
    seen = pl.concat([snapshots.select(columns), payloads.filter(pl.col("observed_at") <= as_of).select(columns)])
    last = seen.sort("observed_at", maintain_order=True).group_by(_KEY).last()
    return last.select(*_KEY, pl.col(_SEEN).name.suffix("_seen"))


def _before(edits: pl.DataFrame) -> pl.DataFrame:
    """Title and due date as they were until a later edit; due_on_edited: whether there is one, as none is a value."""
    titles = edits.filter(field="title").select(*_KEY, title_before="before")
    due = edits.filter(field="due_on").select(
        *_KEY, pl.col("before").str.to_date().alias("due_on_before"), pl.lit(value=True).alias("due_on_edited")
    )
    return titles.join(due, on=_KEY, how="full", coalesce=True)


def _titles(members: pl.DataFrame, base: pl.DataFrame) -> pl.DataFrame:
    """The title by which an event called each milestone last, where that is newer than the last picture."""
    entries = members.select("repository_id", "milestone", pl.col("milestone_title").alias("told"), at="entered_at")
    exits = members.filter(pl.col("left_at").is_not_null()).select(
        "repository_id", "milestone", pl.col("left_title").alias("told"), at="left_at"
    )
    told = pl.concat([entries, exits]).filter(pl.col("told").is_not_null()).rename({"milestone": "number"})
    told = told.join(base.select(*_KEY, "observed_at_seen"), on=_KEY)
    newer = told.filter((pl.col("at") > pl.col("observed_at_seen")).fill_null(value=True))
    return newer.sort("at", maintain_order=True).group_by(_KEY).agg(pl.col("told").last().alias("title_told"))


def _names(*parts: tuple[pl.Expr, list[str]]) -> pl.Expr:
    """One list of the names whose condition holds."""
    dtype = pl.List(pl.String)
    lists = [
        pl.when(condition).then(pl.lit(names, dtype=dtype)).otherwise(pl.lit([], dtype=dtype))
        for condition, names in parts
    ]
    return pl.concat_list(lists)
