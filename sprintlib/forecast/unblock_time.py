"""How long a blocked item of this project waits until it is free, learned from the blocks it has seen end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import polars as pl
from polars._typing import PolarsDataType

from sprintlib.calendar import WorkingCalendar
from sprintlib.dependencies import find_dependencies
from sprintlib.history import ProjectState
from sprintlib.history.closing_pull_requests import closed_refs
from sprintlib.store.frames import UTC_DATETIME

UNBLOCK_DAYS = 3.0  # mean working days before anything was seen (judgement)
PRIOR_BLOCKS = 2.0  # finished blocks that this counts for (judgement)
_COLUMNS: dict[str, PolarsDataType] = {"ref": pl.String, "began": UTC_DATETIME, "ended": UTC_DATETIME}
SPANS = pl.Schema(_COLUMNS)


class Block(NamedTuple):
    """An item waited for another one. ended: when either was closed; None while both are open."""

    item: str
    blocker: str
    began: datetime
    ended: datetime | None


def unblock_days(past: ProjectState, calendar: WorkingCalendar) -> float:
    """Mean working days that a block of planned work lasts: a Gamma prior on its rate, and exponential waits.

    Unfinished ones count with their time so far. What waits in the backlog waits for somebody to want it.
    """
    return past.cached(_unblock_days, calendar)


def _unblock_days(past: ProjectState, calendar: WorkingCalendar) -> float:
    planned = past.cached(_ever_planned)
    seen = [block for block in past.cached(_blocks) if block.item in planned]
    waited = sum(calendar.working_time(block.began, block.ended or past.as_of) for block in seen)
    finished = sum(block.ended is not None for block in seen)
    return (PRIOR_BLOCKS * UNBLOCK_DAYS + waited) / (PRIOR_BLOCKS + finished)


def blocked_spans(past: ProjectState) -> pl.DataFrame:
    """When items waited for another one or had a label that says blocked (schema SPANS); ended null: they do now."""
    return past.cached(_blocked_spans)


def _blocked_spans(past: ProjectState) -> pl.DataFrame:
    named = [(block.item, block.began, block.ended) for block in past.cached(_blocks)]
    labelled = find_dependencies(past).filter((pl.col("type") == "blocks") & pl.col("blocker").is_null())
    told = [(ref, since, None) for ref, since in labelled.select("waiting", "since").iter_rows()]
    return pl.DataFrame([*named, *told], schema=SPANS, orient="row")


def _blocks(past: ProjectState) -> tuple[Block, ...]:
    return tuple(blocks(past))


def _ever_planned(past: ProjectState) -> set[str]:
    """Items that ever were in a dated milestone, and pull requests that carry one."""
    dated = past.milestones.filter(pl.col("due_on").is_not_null()).select("repository_id", milestone="number")
    inside = past.memberships.join(dated, on=["repository_id", "milestone"], how="semi")
    planned = set(past.items.join(inside, on=["repository_id", "number"], how="semi")["ref"])
    pulls = past.items.filter(kind="pull").select("ref", "repo", "title", "body").iter_rows()
    return planned | {ref for ref, repo, title, body in pulls if closed_refs(f"{title}\n{body or ''}", repo) & planned}


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
