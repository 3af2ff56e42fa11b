"""How many people work on a repository, and on which anybody works. Only their number is ever used."""

from datetime import timedelta

import polars as pl

from sprintlib.history import ProjectState

ACTIVE_DAYS = 28  # calendar days within which somebody must have acted to count as active
# Who reports an issue or sorts issues does not build by it: a backlog that grows is no larger team.
_BOOKKEEPING = (
    "labeled",
    "unlabeled",
    "milestoned",
    "demilestoned",
    "renamed",
    "mentioned",
    "subscribed",
    "unsubscribed",
    "cross-referenced",
    "locked",
    "unlocked",
    "pinned",
    "unpinned",
)


def active_developers(past: ProjectState, repo: str) -> float:
    """People at work in a repository lately; one who worked in several counts for an equal share in each.

    At work: opened or reviewed a pull request, took, closed, referenced or otherwise moved an item.
    """
    return past.cached(_shares).get(repo, 0.0)


def _shares(past: ProjectState) -> dict[str, float]:
    """Active people by repository."""
    acts = _acts(past, ACTIVE_DAYS).select("repo", "who")
    shares = acts.drop_nulls().unique().with_columns(share=1.0 / pl.len().over("who"))
    return dict(shares.group_by("repo").agg(pl.col("share").sum()).iter_rows())


def repositories_at_work(past: ProjectState, days: int) -> list[int]:
    """Ids of the repositories in which anybody was at work within `days` calendar days; all if in none.

    One that was archived, or that everybody left, says nothing about the pace of the team of today.
    """
    return sorted(set(_acts(past, days)["repository_id"]) or set(past.repositories["repository_id"]))


def _acts(past: ProjectState, days: int) -> pl.DataFrame:
    """What people built within so many calendar days: repository_id, repo, who."""
    since = past.as_of - timedelta(days=days)
    where = ("repository_id", "repo")
    told = past.events.filter(~pl.col("actor_is_bot") & (pl.col("happened_at") > since))
    reviewed = past.reviews.filter(~pl.col("author_is_bot") & (pl.col("submitted_at") > since))
    opened = past.items.filter(~pl.col("author_is_bot") & (pl.col("created_at") > since), kind="pull")
    return pl.concat(
        [
            told.filter(~pl.col("kind").is_in(_BOOKKEEPING)).select(*where, who="actor"),
            reviewed.select(*where, who="author"),
            opened.select(*where, who="author"),
        ]
    )
