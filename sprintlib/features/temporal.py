"""Time: how long items and pull requests take, how old they are, and how the scope moves."""

from datetime import datetime

import polars as pl

from sprintlib.features.metric import Metric, duration, share
from sprintlib.features.pull_stages import first_answers, pulls_of_people, ready
from sprintlib.features.view import MilestoneView

FAMILY = "temporal"


def lead_time(view: MilestoneView) -> Metric:
    """Working days from the opening of an issue to its completion.

    Page: docs/metrics/lead_time.md.
    """
    return duration(FAMILY, "lead_time", _closed(view, "issue"), f"issues done in {view.window}")


def cycle_time(view: MilestoneView) -> Metric:
    """Working days from the first commit of a pull request, or its opening, to the merge.

    Page: docs/metrics/cycle_time.md.
    """
    first_commit = view.past.commits.group_by("repository_id", "number").agg(pl.col("committed_at").min())
    merged = _merged(view).join(first_commit, on=["repository_id", "number"], how="left")
    merged = merged.with_columns(pl.min_horizontal("created_at", "committed_at").alias("begun_at"))
    return duration(FAMILY, "cycle_time", _spans(view, merged, "begun_at", "closed_at"), _merged_window(view))


def pickup_time(view: MilestoneView) -> Metric:
    """Working days from when a pull request was ready to the first answer of another human.

    Page: docs/metrics/pickup_time.md.
    """
    picked = ready(view, pulls_of_people(view)).join(view.shared(first_answers), on=["repository_id", "number"])
    picked = view.in_window(picked.filter(pl.col("answered_at") >= pl.col("ready_at")), "answered_at")
    return duration(
        FAMILY, "pickup_time", _spans(view, picked, "ready_at", "answered_at"), f"first answers in {view.window}"
    )


def review_time(view: MilestoneView) -> Metric:
    """Working days from the first answer of another human to the merge.

    Page: docs/metrics/review_time.md.
    """
    reviewed = _merged(view).join(view.shared(first_answers), on=["repository_id", "number"])
    reviewed = reviewed.filter(pl.col("answered_at") <= pl.col("closed_at"))
    return duration(FAMILY, "review_time", _spans(view, reviewed, "answered_at", "closed_at"), _merged_window(view))


def merge_time(view: MilestoneView) -> Metric:
    """Working days from the last approval to the merge.

    Page: docs/metrics/merge_time.md.
    """
    approvals = view.past.reviews.filter(pl.col("state") == "approved")
    joined = _merged(view).join(approvals, on=["repository_id", "number"])
    last = (
        joined.filter(pl.col("submitted_at") <= pl.col("closed_at"))
        .group_by("repository_id", "number", "ref", "closed_at")
        .agg(pl.col("submitted_at").max().alias("approved_at"))
    )
    return duration(FAMILY, "merge_time", _spans(view, last, "approved_at", "closed_at"), _merged_window(view))


def item_age(view: MilestoneView) -> Metric:
    """Working days since the open items of the milestone were opened.

    Page: docs/metrics/item_age.md.
    """
    ages = view.open_items.with_columns(pl.lit(view.as_of).alias("now"))
    return duration(FAMILY, "item_age", _spans(view, ages, "created_at", "now"), "open items of the milestone")


def pace(view: MilestoneView) -> Metric:
    """Items of the milestone done per working day since it started.

    Page: docs/metrics/pace.md.
    """
    if view.started_at is None:
        return Metric(FAMILY, "pace", None, "items per working day", 0, "since the start", reason="it has not started")
    days = view.working_days(view.started_at, view.as_of)
    done = view.items.filter((pl.col("closed_as") == "done") & (pl.col("closed_at") > view.started_at))
    if days < 1:
        reason = "it started less than a working day ago"
        return Metric(FAMILY, "pace", None, "items per working day", len(done), "since the start", reason=reason)
    refs = tuple(done.sort("closed_at", descending=True)["ref"].head(5))
    return Metric(
        FAMILY, "pace", len(done) / days, "items per working day", len(done), "since the start", evidence=refs
    )


def pace_gap(view: MilestoneView) -> Metric:
    """Share of items closed minus share of working time gone; below 0 is behind.

    Page: docs/metrics/pace_gap.md.
    """
    window = "since the start"
    if view.started_at is None or view.deadline is None or not len(view.items):
        reason = "it needs a start, a due date and items"
        return Metric(FAMILY, "pace_gap", None, "share", 0, window, reason=reason)
    whole = view.working_days(view.started_at, view.deadline)
    gone = min(view.working_days(view.started_at, view.as_of) / whole, 1.0) if whole else 1.0
    closed = view.items.filter(pl.col("state") == "closed")
    return Metric(FAMILY, "pace_gap", len(closed) / len(view.items) - gone, "share", len(view.items), window)


def carried_over(view: MilestoneView) -> Metric:
    """Share of the items that were in another milestone before this one.

    Page: docs/metrics/carried_over.md.
    """
    before = view.past.memberships.join(
        view.items.select("repository_id", "number", "milestone", "ref"), on=["repository_id", "number"]
    ).filter(pl.col("milestone") != pl.col("milestone_right"))
    refs = sorted(before["ref"].unique())
    return share(FAMILY, "carried_over", len(refs), len(view.items), "items now in the milestone", refs)


def work_in_progress(view: MilestoneView) -> Metric:
    """Open items of the milestone that were started: assigned, or a pull request.

    Page: docs/metrics/work_in_progress.md.
    """
    started = view.open_items.filter((pl.col("kind") == "pull") | (pl.col("assignees").list.len() > 0))
    refs = sorted(started["ref"])
    return Metric(FAMILY, "work_in_progress", float(len(refs)), "items", len(refs), "now", evidence=tuple(refs))


FEATURES = (
    lead_time,
    cycle_time,
    pickup_time,
    review_time,
    merge_time,
    item_age,
    pace,
    pace_gap,
    carried_over,
    work_in_progress,
)


# ------------------------------------------------------------------ shared by the above


def _merged(view: MilestoneView) -> pl.DataFrame:
    return view.in_window(pulls_of_people(view).filter(pl.col("closed_as") == "done"), "closed_at")


def _merged_window(view: MilestoneView) -> str:
    return f"pull requests merged in {view.window}"


def _closed(view: MilestoneView, kind: str) -> list[tuple[str, float]]:
    done = view.past.items.filter((pl.col("kind") == kind) & (pl.col("closed_as") == "done"))
    return _spans(view, view.in_window(done, "closed_at"), "created_at", "closed_at")


def _spans(view: MilestoneView, frame: pl.DataFrame, start: str, end: str) -> list[tuple[str, float]]:
    rows: list[tuple[str, datetime, datetime]] = frame.select("ref", start, end).rows()
    return [(ref, view.working_days(begun, ended)) for ref, begun, ended in sorted(rows)]
