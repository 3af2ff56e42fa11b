"""How open items stood at some moments: how old, how far, how lately touched, planned or not.

Everything is a count, a share or a time in the team's own units, so that what was learned elsewhere applies. Nothing
later than a moment decides how an item stood then.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from polars._typing import PolarsDataType

from sprintlib.calendar import WorkingCalendar
from sprintlib.forecast.developers import repositories_at_work
from sprintlib.forecast.items.clock import Days, WorkingClock
from sprintlib.forecast.items.stages import carrying, stages
from sprintlib.history import ProjectState
from sprintlib.history.about_open_items import about_open_items
from sprintlib.store.frames import UTC_DATETIME

_COLUMNS: dict[str, PolarsDataType] = {
    "at": UTC_DATETIME,
    "ref": pl.String,  # open then
    "kind": pl.String,  # issue | pull
    "stage": pl.String,  # untouched | begun | opened | reviewed | approved
    "age": pl.Float64,  # working days since it was opened
    "idle": pl.Float64,  # working days since a person last moved it
    "moves": pl.Float64,  # what people did to it in the week before
    "lead": pl.Float64,  # typical working days from opening to closing of that kind, in this project
    "planned": pl.Boolean,  # in an open milestone with a due date, or carrying an item that is
    "beside": pl.Float64,  # open items in the milestones of that title, itself included; 0 where not planned. A pull
    # request that carries one of them is the same work
    "due": pl.Float64,  # working days until the milestone is due, negative once it has passed; null where not planned
}
STANDINGS = pl.Schema(_COLUMNS)
ITEM = ["repository_id", "number"]
LOOKBACK_DAYS = 90  # calendar days of which the project's own items are learned from
_PRIOR_LEAD, _PRIOR_WEIGHT = 4.0, 5.0  # working days, and the closings this counts for (judgement)
_LONGEST = timedelta(days=730)  # older is not told apart
_WEEK = timedelta(days=7)


# What moves an item. Who took it and which commit mentions it counts here, as it moves an issue, and not in
# risks.next_move, which asks who owes the next move on a pull request.
_MOVES = (
    "assigned",
    "referenced",
    "review_requested",
    "ready_for_review",
    "reopened",
    "head_ref_force_pushed",
    "review_dismissed",
    "auto_merge_enabled",
)


def standing(past: ProjectState, calendar: WorkingCalendar, moments: Sequence[datetime]) -> pl.DataFrame:
    """Every item that was open at each of the moments, none later than `past.as_of` (schema STANDINGS)."""
    items = open_at(past, moments)
    if items.is_empty():
        return pl.DataFrame(schema=STANDINGS)
    clock = _clock(past, calendar, moments)
    closing_pull_requests = carrying(past, items)
    theirs = past.cached(about_open_items) if _is_now(past, moments) else past
    touched = _with_carriers(items.select("at", "ref").hstack(_touched(theirs, items)), closing_pull_requests)
    now = clock.read(items["at"])
    planned = _with_carried(_planned(past, calendar, items, closing_pull_requests), closing_pull_requests)
    return items.select(
        "at",
        "ref",
        "kind",
        pl.Series("stage", stages(theirs, items, closing_pull_requests)),
        pl.Series("age", now - clock.read(items["created_at"])),
        pl.Series("idle", now - clock.read(touched["last"])),
        touched["moves"].cast(pl.Float64),
        pl.Series("lead", _leads(past, clock, items)),
        planned["planned"],
        planned["beside"].cast(pl.Float64),
        pl.Series("due", np.where(planned["planned"].to_numpy(), clock.read(planned["deadline"]) - now, np.nan)),
    ).with_columns(pl.col("due").fill_nan(None))


def _clock(past: ProjectState, calendar: WorkingCalendar, moments: Collection[datetime]) -> WorkingClock:
    last = max([*moments, *(calendar.deadline(day) for day in past.milestones["due_on"].drop_nulls())])
    return WorkingClock(calendar, min(moments) - _LONGEST, min(last, past.as_of + _LONGEST))


def _is_now(past: ProjectState, moments: Sequence[datetime]) -> bool:
    """Whether only the open items of today are asked about."""
    return list(moments) == [past.as_of]


def open_at(past: ProjectState, moments: Sequence[datetime]) -> pl.DataFrame:
    """Items (schema ITEMS, less what is told) with the moment `at` at which they were open."""
    times = pl.DataFrame({"at": moments}, schema={"at": UTC_DATETIME}).sort("at")
    known = past.items.filter(state="open") if _is_now(past, moments) else past.items
    items = known.select(*ITEM, "repo", "kind", "ref", "author", "created_at", "draft")
    everyone = items.join(times, how="cross").filter(pl.col("created_at") <= pl.col("at")).sort("at")
    transitions = past.transitions.join(items, on=ITEM, how="semi")
    changes = transitions.select(*ITEM, changed=pl.col("at"), to="to").sort("changed", maintain_order=True)
    states = everyone.join_asof(
        changes, left_on="at", right_on="changed", by=ITEM, strategy="backward", check_sortedness=False
    )
    return states.filter(pl.col("to") == "open").drop("to", "changed").sort("at", "ref")


def _touched(past: ProjectState, items: pl.DataFrame) -> pl.DataFrame:
    """Per row of `items`: `last`, when a person last moved it, and `moves` within the week before."""
    moves = human_moves(past).select(*ITEM, "when").sort("when")
    counted = moves.with_columns(count=pl.int_range(1, pl.len() + 1).over(ITEM))
    rows = items.select(*ITEM, "at", "created_at").with_columns(before=pl.col("at") - _WEEK)
    for column in ("at", "before"):
        known = counted.rename({"when": f"when_{column}", "count": f"count_{column}"})
        rows = rows.join_asof(
            known, left_on=column, right_on=f"when_{column}", by=ITEM, strategy="backward", check_sortedness=False
        )
    return rows.select(
        last=pl.max_horizontal("created_at", "when_at"),
        moves=pl.col("count_at").fill_null(0) - pl.col("count_before").fill_null(0),
    )


def _with_carriers(touched: pl.DataFrame, closing_pull_requests: pl.DataFrame) -> pl.DataFrame:
    """What people do to a pull request, they do to the item that it carries."""
    moved = closing_pull_requests.join(touched.rename({"ref": "pull"}), on=["at", "pull"])
    theirs = moved.group_by("at", "ref").agg(their_last=pl.col("last").max(), their_moves=pl.col("moves").sum())
    rows = touched.join(theirs, on=["at", "ref"], how="left", maintain_order="left")
    return rows.select(
        last=pl.max_horizontal("last", "their_last"), moves=pl.col("moves") + pl.col("their_moves").fill_null(0)
    )


def human_moves(past: ProjectState) -> pl.DataFrame:
    """What people did to items: repository_id, number, `who` and `when`; labels and milestones are bookkeeping."""
    events = past.events.filter(pl.col("kind").is_in(_MOVES) & ~pl.col("actor_is_bot"))
    comments = past.comments.filter(~pl.col("author_is_bot"))
    reviews = past.reviews.filter(~pl.col("author_is_bot"))
    commits = past.commits.filter(pl.col("number").is_not_null())
    return pl.concat(
        [
            events.select(*ITEM, who="actor", when="happened_at"),
            comments.select(*ITEM, who="author", when="created_at"),
            reviews.select(*ITEM, who="author", when="submitted_at"),
            commits.select(*ITEM, who=pl.lit(None, pl.String), when="committed_at"),
        ]
    )


def _leads(past: ProjectState, clock: WorkingClock, items: pl.DataFrame) -> Days:
    """For each row the typical (geometric mean) time from opening to closing of that kind, of what had closed then."""
    closed = past.transitions.filter(pl.col("to") != "open").select(*ITEM, closed="at")
    lively = pl.col("repository_id").is_in(repositories_at_work(past, LOOKBACK_DAYS))
    spans = past.items.filter(lively).select(*ITEM, "kind", "created_at").join(closed, on=ITEM)
    days = np.maximum(clock.read(spans["closed"]) - clock.read(spans["created_at"]), 0.1)
    spans = spans.with_columns(log_days=pl.Series(np.log(days))).sort("closed", "log_days")
    found = np.full(items.height, _PRIOR_LEAD)
    for (kind,), known in spans.group_by("kind"):
        chosen = (items["kind"] == kind).to_numpy()
        moments = items["at"].filter(chosen)
        first = known["closed"].search_sorted(moments - _LONGEST / 2, side="left").to_numpy()
        after = known["closed"].search_sorted(moments, side="right").to_numpy()
        sums = np.concatenate([[0.0], np.cumsum(known["log_days"].to_numpy())])
        total = sums[after] - sums[first] + _PRIOR_WEIGHT * np.log(_PRIOR_LEAD)
        found[chosen] = np.exp(total / (after - first + _PRIOR_WEIGHT))
    return found


def _planned(
    past: ProjectState, calendar: WorkingCalendar, items: pl.DataFrame, closing_pull_requests: pl.DataFrame
) -> pl.DataFrame:
    """Per row: whether it was in an open dated milestone, its deadline, and how many items were open beside it."""
    dated = past.milestones.filter(pl.col("due_on").is_not_null()).select(
        "repository_id", "title", "due_on", milestone="number", over="closed_at"
    )
    ends = {day: calendar.deadline(day) for day in dated["due_on"].unique()}
    dated = dated.with_columns(
        pl.col("due_on").replace_strict(ends, return_dtype=UTC_DATETIME, default=None).alias("deadline")
    )
    stays = past.memberships.select(*ITEM, "milestone", "entered_at", "left_at").join(
        dated, on=["repository_id", "milestone"]
    )
    inside = (
        items.select(*ITEM, "at", "ref")
        .join(stays, on=ITEM)
        .filter(
            (pl.col("entered_at") <= pl.col("at"))
            & (pl.col("left_at").is_null() | (pl.col("left_at") > pl.col("at")))
            & (pl.col("over").is_null() | (pl.col("over") > pl.col("at")))
        )
    )
    twice = (
        closing_pull_requests.join(inside, on=["at", "ref"], how="semi")
        .select("at", ref="pull", twice=pl.lit(value=True))
        .unique()
    )
    inside = (
        inside.join(twice, on=["at", "ref"], how="left", maintain_order="left")
        .with_columns(beside=pl.col("twice").is_null().sum().over("at", "title"))
        .unique([*ITEM, "at"], keep="last")
        .drop("ref", "twice")
    )
    rows = items.select(*ITEM, "at", "ref").join(inside, on=[*ITEM, "at"], how="left", maintain_order="left")
    return rows.select("at", "ref", "beside", "deadline")


def _with_carried(planned: pl.DataFrame, closing_pull_requests: pl.DataFrame) -> pl.DataFrame:
    """A pull request that carries a planned item is planned with it."""
    theirs = (
        closing_pull_requests.join(planned.drop_nulls(), on=["at", "ref"])
        .sort("deadline", "beside")
        .unique(["at", "pull"], keep="first", maintain_order=True)
        .select("at", ref="pull", their_beside="beside", their_deadline="deadline")
    )
    rows = planned.join(theirs, on=["at", "ref"], how="left", maintain_order="left").select(
        beside=pl.coalesce("beside", "their_beside").fill_null(0), deadline=pl.coalesce("deadline", "their_deadline")
    )
    return rows.with_columns(planned=pl.col("deadline").is_not_null())
