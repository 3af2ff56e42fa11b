"""Graph: who waits for whom, across repositories, and where reviews pile up."""

import polars as pl

from sprintlib.features.metric import Metric, count
from sprintlib.features.view import MilestoneView

FAMILY = "graph"
_WINDOW = "open items of the milestone"


def open_blockers(view: MilestoneView) -> Metric:
    """Open items of the milestone that wait for another open item.

    Page: docs/metrics/open_blockers.md.
    """
    return count(FAMILY, "open_blockers", sorted(_blocked(view)["waiting"].unique()), "items", _WINDOW)


def cross_repository_blocks(view: MilestoneView) -> Metric:
    """Open items that wait for an open item of another repository.

    Page: docs/metrics/cross_repository_blocks.md.
    """
    repository = pl.col("waiting").str.split("#").list.first()
    crossing = _blocked(view).filter(repository != pl.col("blocker").str.split("#").list.first())
    return count(FAMILY, "cross_repository_blocks", sorted(crossing["waiting"].unique()), "items", _WINDOW)


def critical_path(view: MilestoneView) -> Metric:
    """Longest chain of open items that wait for one another and end in the milestone.

    Page: docs/metrics/critical_path.md.
    """
    blockers: dict[str, list[str]] = {}
    for waiting, blocker in _open_edges(view).select("waiting", "blocker").sort("waiting", "blocker").rows():
        blockers.setdefault(waiting, []).append(blocker)
    chains = (_longest(ref, blockers, ()) for ref in sorted(view.open_items["ref"]))
    longest = max(chains, key=len, default=())
    unit, chained = "items", len(longest) > 1
    return Metric(
        FAMILY, "critical_path", float(len(longest)), unit, len(longest), _WINDOW, evidence=longest if chained else ()
    )


def review_load(view: MilestoneView) -> Metric:
    """Open pull requests that wait for a review, per active reviewer.

    Page: docs/metrics/review_load.md.
    """
    reviewers = _human_reviews(view)["author"].n_unique()
    waiting = _waiting_for_review(view)
    window = f"now, reviewers of {view.window}"
    if not reviewers:
        reason = "nobody reviewed anything in the window"
        return Metric(FAMILY, "review_load", None, "pull requests per reviewer", len(waiting), window, reason=reason)
    return Metric(
        FAMILY,
        "review_load",
        len(waiting) / reviewers,
        "pull requests per reviewer",
        len(waiting),
        window,
        evidence=tuple(waiting[:5]),
    )


def review_concentration(view: MilestoneView) -> Metric:
    """Share of the window's reviews given by the most active reviewer, who is not named.

    Page: docs/metrics/review_concentration.md.
    """
    reviews = _human_reviews(view)
    if len(reviews) < 5:
        reason = "under five reviews"
        return Metric(FAMILY, "review_concentration", None, "share", len(reviews), view.window, reason=reason)
    most = int(reviews["author"].value_counts()["count"].max())  # type: ignore[arg-type]  # polars types max of any series
    return Metric(FAMILY, "review_concentration", most / len(reviews), "share", len(reviews), view.window)


FEATURES = (open_blockers, cross_repository_blocks, critical_path, review_load, review_concentration)


# ------------------------------------------------------------------ shared by the above


def _open_edges(view: MilestoneView) -> pl.DataFrame:
    """Edges between open items of the project."""
    still_open = view.past.items.filter(pl.col("state") == "open")["ref"].to_list()
    edges = view.edges.filter(pl.col("type") == "blocks")
    return edges.filter(pl.col("waiting").is_in(still_open) & pl.col("blocker").is_in(still_open))


def _blocked(view: MilestoneView) -> pl.DataFrame:
    return _open_edges(view).filter(pl.col("waiting").is_in(view.open_items["ref"].to_list()))


def _longest(ref: str, blockers: dict[str, list[str]], behind: tuple[str, ...]) -> tuple[str, ...]:
    """The longest chain that ends in `ref`; an item that is already behind closes a cycle and ends the chain."""
    chains = (_longest(blocker, blockers, (*behind, ref)) for blocker in blockers.get(ref, []) if blocker not in behind)
    return (*max(chains, key=len, default=()), ref) if ref not in behind else ()


def _human_reviews(view: MilestoneView) -> pl.DataFrame:
    authors = view.past.items.select("repository_id", "number", pl.col("author").alias("opened_by"))
    reviews = view.in_window(view.past.reviews, "submitted_at").join(authors, on=["repository_id", "number"])
    return reviews.filter(~pl.col("author_is_bot") & (pl.col("author") != pl.col("opened_by")))


def _waiting_for_review(view: MilestoneView) -> list[str]:
    """Open pull requests without a review since they were opened or last pushed to."""
    keys = ["repository_id", "number"]
    pulls = view.open_pulls.filter(~pl.col("draft") & ~pl.col("author_is_bot"))
    pushed = view.past.commits.group_by(keys).agg(pl.col("committed_at").max())
    reviewed = view.past.reviews.filter(~pl.col("author_is_bot")).group_by(keys).agg(pl.col("submitted_at").max())
    state = pulls.join(pushed, on=keys, how="left").join(reviewed, on=keys, how="left")
    state = state.with_columns(pl.max_horizontal("created_at", "committed_at").alias("changed_at"))
    waiting = state.filter(pl.col("submitted_at").is_null() | (pl.col("submitted_at") < pl.col("changed_at")))
    return waiting.sort("changed_at", "ref")["ref"].to_list()
