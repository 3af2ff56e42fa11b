"""Code: churn, hotspots, ownership and size on the paths that open work touches."""

import polars as pl

from sprintlib.features.metric import Metric
from sprintlib.features.view import MilestoneView

FAMILY = "code"


def churn(view: MilestoneView) -> Metric:
    """Lines added and deleted by commits of the window.

    Page: docs/metrics/churn.md.
    """
    changed = _recent(view)
    if changed.is_empty():
        return _unknown(view, "churn", "lines")
    paths = changed.group_by("path").agg((pl.col("additions") + pl.col("deletions")).sum().alias("lines"))
    top = paths.sort(["lines", "path"], descending=[True, False])["path"].head(5)
    lines = float(paths["lines"].sum())
    return Metric(FAMILY, "churn", lines, "lines", changed["sha"].n_unique(), view.window, evidence=tuple(top))


def hotspots(view: MilestoneView) -> Metric:
    """Paths touched by open work that changed in at least five commits of the window.

    Page: docs/metrics/hotspots.md.
    """
    changed = _recent(view)
    if changed.is_empty():
        return _unknown(view, "hotspots", "paths")
    busy = changed.group_by("path").agg(pl.col("sha").n_unique().alias("commits")).filter(pl.col("commits") >= 5)
    hot = busy.join(_touched(view), on="path", how="semi").sort(["commits", "path"], descending=[True, False])
    return Metric(
        FAMILY, "hotspots", float(len(hot)), "paths", len(hot), view.window, evidence=tuple(hot["path"].head(5))
    )


def ownership_concentration(view: MilestoneView) -> Metric:
    """Share of the touched paths where one author made over 75 % of the window's changes.

    Page: docs/metrics/ownership_concentration.md.

    Says which paths, never who: the risk is the path's, and it carries no weight in the forecast.
    """
    paths = ownership(view)
    if paths.is_empty():
        return _unknown(view, "ownership_concentration", "share")
    single = paths.filter(pl.col("share") > 0.75).sort(["commits", "path"], descending=[True, False])
    value = len(single) / len(paths)
    evidence = tuple(single["path"].head(5))
    return Metric(FAMILY, "ownership_concentration", value, "share", len(paths), view.window, evidence=evidence)


def pull_request_size(view: MilestoneView) -> Metric:
    """Changed lines of the open pull requests: median and 85th percentile.

    Page: docs/metrics/pull_request_size.md.
    """
    pulls = view.open_pulls.with_columns((pl.col("additions") + pl.col("deletions")).alias("lines"))
    sized = pulls.filter(pl.col("lines").is_not_null()).sort(["lines", "ref"], descending=[True, False])
    window = "open pull requests"
    if sized.is_empty():
        return Metric(
            FAMILY, "pull_request_size", None, "lines", 0, window, reason="no open pull request with a known size"
        )
    median, p85 = sized["lines"].median(), sized["lines"].quantile(0.85, "linear")
    return Metric(
        FAMILY,
        "pull_request_size",
        float(median),  # type: ignore[arg-type]  # polars types the median of any series, also of dates
        "lines",
        len(sized),
        window,
        p85=p85,
        evidence=tuple(sized["ref"].head(5)),
    )


FEATURES = (churn, hotspots, ownership_concentration, pull_request_size)


def ownership(view: MilestoneView) -> pl.DataFrame:
    """Touched paths with at least three commits of the window: path, commits, share (0-1) of its busiest author."""
    changed = _recent(view).join(_touched(view), on="path", how="semi")
    per_author = changed.group_by("path", "author").agg(pl.col("sha").n_unique())
    paths = per_author.group_by("path").agg(commits=pl.col("sha").sum(), top=pl.col("sha").max())
    return paths.filter(pl.col("commits") >= 3).select("path", "commits", share=pl.col("top") / pl.col("commits"))


# ------------------------------------------------------------------ shared by the above


def _unknown(view: MilestoneView, name: str, unit: str) -> Metric:
    return Metric(FAMILY, name, None, unit, 0, view.window, reason="no changed files are known for these commits")


def _recent(view: MilestoneView) -> pl.DataFrame:
    """Changed files of the window's commits in the milestone's repositories; binary files count no lines."""
    changed = view.past.changed_files.filter(pl.col("repository_id").is_in(list(view.numbers)))
    return view.in_window(changed, "committed_at").with_columns(pl.col("additions", "deletions").fill_null(0))


def _touched(view: MilestoneView) -> pl.DataFrame:
    """Paths that commits of open pull requests touch: one column `path`."""
    commits = view.past.commits.join(view.open_pulls, on=["repository_id", "number"], how="semi")
    return view.past.changed_files.join(commits, on=["repository_id", "sha"], how="semi").select("path").unique()
