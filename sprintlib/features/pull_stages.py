"""Where the time of pull requests goes: coding, waiting for a review, in review, waiting for the merge."""

from datetime import datetime

import polars as pl
from polars._typing import PolarsDataType

from sprintlib.features.view import MilestoneView
from sprintlib.store.frames import UTC_DATETIME

STAGES = ("coding", "pickup", "review", "merge")
_ITEM = ["repository_id", "number"]
_COLUMNS: dict[str, PolarsDataType] = {
    "ref": pl.String,  # owner/name#number
    "title": pl.String,
    "html_url": pl.String,
    "merged_at": UTC_DATETIME,
    "coding": pl.Float64,  # working days from the first commit, or the opening, until it was ready
    "pickup": pl.Float64,  # until another human answered; null where nobody did
    "review": pl.Float64,  # until the last approval, or without one until the merge; null where nobody answered
    "merge": pl.Float64,  # until the merge; null where somebody answered and nobody approved
    "cycle": pl.Float64,  # the sum of them
}
MERGED_PULLS = pl.Schema(_COLUMNS)
_TOLD = ("ref", "title", "html_url", "closed_at")
_BOUNDARIES = ("begun_at", "ready_at", "answered_at", "approved_at")
_Merged = tuple[str, str, str, datetime, datetime, datetime, datetime | None, datetime | None]


def merged_pulls(view: MilestoneView) -> pl.DataFrame:
    """Pull requests of people merged in the window, with their working days in each stage (schema MERGED_PULLS).

    The stages follow one another without a gap, so that they add up to the cycle time. One that nobody answered went
    from ready to merged: that time waited for the merge.
    """
    merged = with_boundaries(view, view.in_window(pulls_of_people(view).filter(closed_as="done"), "closed_at"))
    known: list[_Merged] = merged.sort("closed_at", "ref").select(*_TOLD, *_BOUNDARIES).rows()
    rows = []
    for ref, title, html_url, closed_at, begun_at, ready_at, answered_at, approved_at in known:
        spans = _spans(view, begun_at, ready_at, answered_at, approved_at, closed_at)
        told = {"ref": ref, "title": title, "html_url": html_url, "merged_at": closed_at}
        rows.append(told | spans | {"cycle": sum(span for span in spans.values() if span is not None)})
    return pl.DataFrame(rows, schema=MERGED_PULLS)


def with_boundaries(view: MilestoneView, pulls: pl.DataFrame) -> pl.DataFrame:
    """Pull requests with `begun_at`, `ready_at`, and where known `answered_at` and `approved_at`, in this order.

    approved_at: the last approval, up to the merge where there was one.
    """
    first_commit = view.past.commits.group_by(_ITEM).agg(pl.col("committed_at").min())
    approvals = view.past.reviews.filter((pl.col("state") == "approved") & ~pl.col("author_is_bot"))
    approved = (
        pulls.select(*_ITEM, "closed_at")
        .join(approvals.select(*_ITEM, "submitted_at"), on=_ITEM)
        .filter(pl.col("closed_at").is_null() | (pl.col("submitted_at") <= pl.col("closed_at")))
        .group_by(_ITEM)
        .agg(pl.col("submitted_at").max().alias("approved_at"))
    )
    joined = ready(view, pulls).join(first_commit, on=_ITEM, how="left")
    joined = joined.join(view.shared(first_answers), on=_ITEM, how="left").join(approved, on=_ITEM, how="left")
    end = pl.col("closed_at").fill_null(view.as_of)
    begun_at = pl.min_horizontal("created_at", "committed_at")
    ready_at = pl.min_horizontal("ready_at", end)
    answered_at = pl.max_horizontal("ready_at", pl.min_horizontal("answered_at", "approved_at"))
    known = pl.col("answered_at").is_not_null() | pl.col("approved_at").is_not_null()
    return (
        joined.with_columns(begun_at=begun_at, ready_at=ready_at)
        .with_columns(answered_at=pl.when(known).then(answered_at))
        .with_columns(answered_at=pl.when(pl.col("answered_at") <= end).then("answered_at"))
        .with_columns(
            approved_at=pl.when(pl.col("approved_at").is_not_null()).then(
                pl.max_horizontal("approved_at", "answered_at")
            )
        )
    )


def pulls_of_people(view: MilestoneView) -> pl.DataFrame:
    """Pull requests that no machine opened."""
    return view.past.items.filter((pl.col("kind") == "pull") & ~pl.col("author_is_bot"))


def ready(view: MilestoneView, pulls: pl.DataFrame) -> pl.DataFrame:
    """With `ready_at`: opened, or last marked ready for review."""
    marked = (
        view.past.events.filter(pl.col("kind") == "ready_for_review").group_by(_ITEM).agg(pl.col("happened_at").max())
    )
    joined = pulls.join(marked, on=_ITEM, how="left")
    return joined.with_columns(pl.max_horizontal("created_at", "happened_at").alias("ready_at"))


def first_answers(view: MilestoneView) -> pl.DataFrame:
    """When a human other than its author first reviewed or commented: `answered_at`.

    Of each item that is open, or that was closed or answered within the window.
    """
    past, columns = view.past, [*_ITEM, "author", "author_is_bot", "at"]
    answers = pl.concat(
        [
            past.reviews.rename({"submitted_at": "at"}).select(columns),
            past.comments.rename({"created_at": "at"}).select(columns),
        ]
    )
    lately = pl.col("closed_at").is_null() | (pl.col("closed_at") > view.since)
    meant = [past.items.filter(lately), answers.filter(pl.col("at") > view.since)]
    answers = answers.join(pl.concat([one.select(_ITEM) for one in meant]), on=_ITEM, how="semi")
    authors = past.items.select(*_ITEM, pl.col("author").alias("opened_by"))
    others = answers.join(authors, on=_ITEM).filter(
        ~pl.col("author_is_bot") & (pl.col("author") != pl.col("opened_by"))
    )
    return others.group_by(_ITEM).agg(pl.col("at").min().alias("answered_at"))


def _spans(
    view: MilestoneView,
    begun_at: datetime,
    ready_at: datetime,
    answered_at: datetime | None,
    approved_at: datetime | None,
    merged_at: datetime,
) -> dict[str, float | None]:
    """Working days in each stage of one merged pull request."""
    days = view.working_days
    coding = days(begun_at, ready_at)
    if answered_at is None:
        return {"coding": coding, "pickup": None, "review": None, "merge": days(ready_at, merged_at)}
    return {
        "coding": coding,
        "pickup": days(ready_at, answered_at),
        "review": days(answered_at, approved_at or merged_at),
        "merge": days(approved_at, merged_at) if approved_at else None,
    }
