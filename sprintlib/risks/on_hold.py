"""Work that people have set aside: it is not moving, and nobody expects it to."""

import re
from collections.abc import Collection
from datetime import timedelta

import polars as pl

from sprintlib.history import Sprint
from sprintlib.risks.activity_baseline import human_events

WINDOW_DAYS = 28
_ASIDE = re.compile(
    r"\b(?:on[ -]?hold|parked|postponed|paused|deferred|someday|icebox|later|do[ -]?not[ -]?merge|dnm|wip"
    r"|work[ -]in[ -]progress|not ready)\b",
    re.I,
)


def on_hold(sprint: Sprint, refs: Collection[str]) -> frozenset[str]:
    """Those of the items that a label or the beginning of the title sets aside.

    In a milestone without a due date also what nobody has touched for WINDOW_DAYS: it is a bucket, where work may rest.
    """
    items = sprint.past.items.filter(pl.col("ref").is_in(list(refs)))
    said = {
        ref
        for ref, title, labels in items.select("ref", "title", "labels").iter_rows()
        if _ASIDE.search(title[:20]) or any(_ASIDE.search(label) for label in labels)
    }
    return frozenset(said if sprint.deadline else said | _resting(sprint, items))


def _resting(sprint: Sprint, items: pl.DataFrame) -> set[str]:
    recent = human_events(sprint).filter(pl.col("at") > sprint.past.as_of - timedelta(days=WINDOW_DAYS))
    return set(items.join(recent, on=["repository_id", "number"], how="anti")["ref"])
