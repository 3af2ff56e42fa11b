"""How long a blocked item of this project waits until it is free, learned from the blocks it has seen end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import polars as pl

from sprintlib.calendar import WorkingCalendar
from sprintlib.dependencies import find_dependencies
from sprintlib.history import ProjectState

UNBLOCK_DAYS = 3.0  # mean working days before anything was seen (judgement)
PRIOR_BLOCKS = 2.0  # finished blocks that this counts for (judgement)


class Block(NamedTuple):
    """An item waited for another one. ended: when either was closed; None while both are open."""

    item: str
    blocker: str
    began: datetime
    ended: datetime | None


def unblock_days(past: ProjectState, calendar: WorkingCalendar) -> float:
    """Mean working days that a block lasts: a Gamma prior on its rate, and exponential waits, unfinished ones too."""
    return past.cached(_unblock_days, calendar)


def _unblock_days(past: ProjectState, calendar: WorkingCalendar) -> float:
    seen = list(blocks(past))
    waited = sum(calendar.working_time(block.began, block.ended or past.as_of) for block in seen)
    finished = sum(block.ended is not None for block in seen)
    return (PRIOR_BLOCKS * UNBLOCK_DAYS + waited) / (PRIOR_BLOCKS + finished)


def blocks(past: ProjectState) -> Iterator[Block]:
    """Every block that was stated between two items of the project and not taken back, whether it has ended or not.

    It began when it was stated and both were there. Texts are read as they are known now.
    """
    everything_open = past.items.with_columns(state=pl.lit("open"))
    edges = find_dependencies(replace(past, items=everything_open)).filter(
        (pl.col("type") == "blocks") & (pl.col("blocker_state") == "open")
    )
    items = past.items.select("ref", "created_at", "closed_at").iter_rows()
    known = {ref: (created, closed) for ref, created, closed in items}
    for item, blocker, since in edges.select("waiting", "blocker", "since").iter_rows():
        began = max(since, known[item][0], known[blocker][0])
        closed = [moment for moment in (known[item][1], known[blocker][1]) if moment is not None]
        ended = min(closed, default=None)
        if ended is None or ended > began:
            yield Block(item, blocker, began, ended)
