"""Sprints of a team that plans in a GitHub Project (v2): its iterations, with what was in them as of a moment.

A board tells how an entry is and since when, and not how it was before. So an entry counts in the iteration that the
first version seen of it names since it was put on the board; an iteration that rests on such versions at a moment
before they were seen lists `items` in `known_later`. Of an iteration, title and dates are those that were last seen by
the moment, else the first ever seen, marked as well.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

import polars as pl
from sqlalchemy import Connection, select

from sprintlib.calendar import WorkingCalendar
from sprintlib.facts.board_names import stored_as
from sprintlib.history.other_sprints import OtherSprint, with_other_sprints
from sprintlib.history.state import MEMBERSHIPS, POINTS, ProjectState
from sprintlib.store import frame
from sprintlib.store.frames import UTC_DATETIME
from sprintlib.store.schema import board_item, board_iteration

_ITEM = ["repository_id", "number"]
_TOLD = ("iteration", "points", "updated_at", "created_at", "observed_at")
Iterations = Mapping[str, OtherSprint]  # by GitHub's id


def with_board(past: ProjectState, connection: Connection, board: str, calendar: WorkingCalendar) -> ProjectState:
    """The same past with the iterations of a board (OWNER/NUMBER) in place of GitHub's milestones."""
    board = stored_as(connection, board)
    versions = _versions(connection, board, past)
    iterations = _iterations(connection, board, past.as_of, calendar, _guessed(versions, past.as_of))
    stays = _stays(past, iterations, versions)
    ordered = sorted(iterations.values(), key=lambda one: (one.first_day, one.number))
    return replace(with_other_sprints(past, "projects", ordered, stays, calendar), points=_points(versions))


def _iterations(
    connection: Connection, board: str, as_of: datetime, calendar: WorkingCalendar, guessed: set[str]
) -> Iterations:
    """The iterations that were known or had begun by a moment. guessed: those with entries only known later."""
    query = select(board_iteration).where(board_iteration.c.board == board)
    seen = frame(connection, query).sort("seen_at")
    found = {}
    for own in seen.partition_by("iteration", maintain_order=True):
        by_then = own.filter(pl.col("seen_at") <= as_of)
        told = (by_then.tail(1) if by_then.height else own.head(1)).row(0, named=True)
        begins = calendar.start_of_day(told["first_day"])
        last = told["first_day"] + timedelta(days=told["days"] - 1)
        dates = [] if by_then.height else ["due_on", "title_then"]
        created_at = min(own["seen_at"][0], begins)
        if created_at <= as_of:
            found[told["iteration"]] = OtherSprint(
                number=_number(told["iteration"]),
                title=own["title"][-1],
                title_then=told["title"],
                first_day=told["first_day"],
                last_day=last,
                begins=begins,
                ends=calendar.deadline(last),
                created_at=created_at,
                known_later=(*dates, *(["items"] if told["iteration"] in guessed else [])),
            )
    return found


def _number(iteration: str) -> int:
    """From GitHub's id, which outlives a title; it fits where milestones' numbers do, and is none of theirs."""
    return int.from_bytes(blake2b(iteration.encode(), digest_size=4).digest()) & 0x3FFFFFFF | 0x40000000


def _versions(connection: Connection, board: str, past: ProjectState) -> pl.DataFrame:
    """Versions of entries by the moment: from `since` on in `iteration`. The first one counts from its creation on."""
    columns = (board_item.c[name] for name in (*_ITEM, *_TOLD))
    ids = past.repositories["repository_id"].to_list()
    query = select(*columns).where(board_item.c.board == board, board_item.c.repository_id.in_(ids))
    ordered = frame(connection, query).sort(*_ITEM, "updated_at")
    is_first = pl.int_range(pl.len()).over(_ITEM) == 0
    since = pl.when(is_first).then(pl.min_horizontal("created_at", "updated_at")).otherwise("updated_at")
    return ordered.with_columns(is_first=is_first, since=since).filter(pl.col("since") <= past.as_of)


def _points(versions: pl.DataFrame) -> pl.DataFrame:
    """Points of the last version of each entry by the moment (schema POINTS)."""
    last = versions.group_by(_ITEM, maintain_order=True).last()
    return last.drop_nulls("points").select(POINTS.names()).sort(_ITEM)


def _guessed(versions: pl.DataFrame, as_of: datetime) -> set[str]:
    """Iterations of which an entry rests on a version that was only seen later."""
    later = versions.filter(pl.col("is_first") & (pl.col("observed_at") > as_of))
    return set(later["iteration"].drop_nulls())


def _stays(past: ProjectState, iterations: Iterations, versions: pl.DataFrame) -> pl.DataFrame:
    """Stays in the iterations (schema MEMBERSHIPS): versions in a row that name the same one are one stay."""
    known = pl.DataFrame(
        [(key, one.number, one.title_then, one.created_at) for key, one in iterations.items()],
        schema={"iteration": pl.String, "milestone": pl.Int64, "milestone_title": pl.String, "exists_at": UTC_DATETIME},
        orient="row",
    )
    before = pl.col("iteration").shift(1).over(_ITEM)
    is_another = pl.col("iteration").ne_missing(before) | pl.col("is_first")
    moves = versions.filter(is_another).with_columns(left_at=pl.col("since").shift(-1).over(_ITEM))
    items = pl.concat([past.items, past.holdings.gone]).select(*_ITEM, "repo", opened_at="created_at")
    entered_at = pl.max_horizontal("since", "exists_at", "opened_at")
    return (
        moves.join(known, on="iteration", maintain_order="left")
        .join(items, on=_ITEM, maintain_order="left")
        .with_columns(entered_at=entered_at)
        .filter((pl.col("left_at") > pl.col("entered_at")).fill_null(value=True))
        .select(pl.col(name).cast(kind) for name, kind in MEMBERSHIPS.items())
    )
