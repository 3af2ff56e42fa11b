"""A past further back, made from one in memory: what scope and pace need, without reading the store again."""

from dataclasses import replace
from datetime import datetime

import polars as pl

from sprintlib.experiments import running
from sprintlib.history.presence import there
from sprintlib.history.reviews import before_dismissal
from sprintlib.history.state import ProjectState

_ITEM = ["repository_id", "number"]


def truncate(past: ProjectState, moment: datetime) -> ProjectState:
    """The same project at an earlier moment: items, memberships, milestones and what people did, as of then.

    Texts, labels, assignees, drafts and titles stay as they were at `past.as_of`, so this serves counting and not
    citing; comments, commits, runs and files are left as they are.
    """
    transitions = past.transitions.filter(pl.col("at") <= moment)
    last = transitions.sort("at", maintain_order=True).group_by(_ITEM, maintain_order=True).last()
    closed = last.filter(pl.col("to") != "open").select(*_ITEM, closed_at="at", closed_as="to")
    memberships = past.memberships.filter(pl.col("entered_at") <= moment).with_columns(
        left_at=pl.when(pl.col("left_at") <= moment).then("left_at")
    )
    inside = memberships.filter(pl.col("left_at").is_null()).select(*_ITEM, "milestone").unique(_ITEM, keep="last")
    items = (
        there(pl.concat([past.items, past.holdings.gone]), past.holdings.presence, moment)
        .filter(pl.col("created_at") <= moment)
        .drop("closed_at", "closed_as", "milestone")
        .join(closed, on=_ITEM, how="left", maintain_order="left")
        .join(inside, on=_ITEM, how="left", maintain_order="left")
        .with_columns(state=pl.when(pl.col("closed_at").is_null()).then(pl.lit("open")).otherwise(pl.lit("closed")))
        .select(past.items.columns)
    )
    milestones = past.milestones.filter(pl.col("created_at") <= moment).with_columns(
        closed_at=pl.when(pl.col("closed_at") <= moment).then("closed_at"),
        state=pl.when(pl.col("closed_at") <= moment).then("state").otherwise(pl.lit("open")),
    )
    given = past.reviews.filter(pl.col("submitted_at") <= moment)
    return replace(
        past,
        as_of=moment,
        items=items,
        memberships=memberships,
        milestones=milestones,
        transitions=transitions,
        events=past.events.filter(pl.col("happened_at") <= moment),
        experiments=running(past.experiments, moment),
        recalibration=None,
        priors=None,
        reviews=before_dismissal(given, past.events.filter(pl.col("happened_at") > moment)).select(given.columns),
    )
