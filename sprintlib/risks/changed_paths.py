"""Which paths the commits of open pull requests change."""

import polars as pl

from sprintlib.features import MilestoneView


def changed_paths(view: MilestoneView) -> pl.DataFrame:
    """Paths that open pull requests of people change: ref, repository_id, sha and path, once each.

    Unknown, so empty, where nobody cloned the repository or the branch lies in a fork.
    """
    return view.shared(_changed_paths)


def _changed_paths(view: MilestoneView) -> pl.DataFrame:
    pulls = view.open_pulls.filter(~pl.col("author_is_bot")).select("repository_id", "number", "ref")
    commits = view.past.commits.select("repository_id", "number", "sha").join(pulls, on=["repository_id", "number"])
    changed = view.past.changed_files.select("repository_id", "sha", "path").join(commits, on=["repository_id", "sha"])
    return changed.select("ref", "repository_id", "sha", "path").unique().sort("ref", "path", "sha")
