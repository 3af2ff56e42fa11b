"""How many people work on a repository. Only their number is ever used."""

from datetime import timedelta

import polars as pl

from sprintlib.history import ProjectState

ACTIVE_DAYS = 28  # calendar days within which somebody must have acted to count as active


def active_developers(past: ProjectState, repo: str) -> float:
    """People who acted in a repository lately; one who acted in several counts for an equal share in each."""
    return past.cached(_shares).get(repo, 0.0)


def _shares(past: ProjectState) -> dict[str, float]:
    """Active people by repository."""
    since = past.as_of - timedelta(days=ACTIVE_DAYS)
    acts = pl.concat(
        [
            past.events.filter(~pl.col("actor_is_bot") & (pl.col("happened_at") > since)).select("repo", who="actor"),
            past.reviews.filter(~pl.col("author_is_bot") & (pl.col("submitted_at") > since)).select(
                "repo", who="author"
            ),
            past.items.filter(~pl.col("author_is_bot") & (pl.col("created_at") > since)).select("repo", who="author"),
        ]
    )
    shares = acts.drop_nulls().unique().with_columns(share=1.0 / pl.len().over("who"))
    return dict(shares.group_by("repo").agg(pl.col("share").sum()).iter_rows())
