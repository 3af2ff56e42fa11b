"""CI and delivery: failures, red time, flaky jobs, and the DORA figures as far as GitHub's facts allow.

Unknown where a project has no CI facts; never green. A release stands for a deployment and is marked approximate.
"""

from datetime import datetime

import polars as pl

from sprintlib.features.branches import FAILED, WORKFLOW, default_branch_runs, with_workflow
from sprintlib.features.metric import Metric, duration, share
from sprintlib.features.view import MilestoneView
from sprintlib.history import ProjectState

FAMILY = "delivery"
_HOUR = 3600.0


def ci_failure_rate(view: MilestoneView) -> Metric:
    """Failed runs as a share of those that passed or failed.

    Page: docs/metrics/ci_failure_rate.md.
    """
    runs = _concluded(view)
    failed = runs.filter(pl.col("conclusion").is_in(FAILED)).sort("finished_at", descending=True)
    return _known(view, share(FAMILY, "ci_failure_rate", len(failed), len(runs), view.window, _refs(failed)))


def red_time(view: MilestoneView) -> Metric:
    """Hours in which a workflow of the default branch was failing.

    Page: docs/metrics/red_time.md.
    """
    periods = _red_periods(view)
    hours = sum((end - start).total_seconds() for _, start, end, _ in periods) / _HOUR
    refs = tuple(ref for ref, *_ in sorted(periods, key=lambda period: period[1], reverse=True))[:5]
    return _known(view, Metric(FAMILY, "red_time", hours, "hours", len(periods), view.window, evidence=refs))


def time_to_green(view: MilestoneView) -> Metric:
    """Working days from a failure on the default branch to the next pass of the same workflow.

    Page: docs/metrics/time_to_green.md.
    """
    mended = [(ref, view.working_days(start, end)) for ref, start, end, green in _red_periods(view) if green]
    return _known(view, duration(FAMILY, "time_to_green", mended, f"failures mended in {view.window}"))


def flaky_workflows(view: MilestoneView) -> Metric:
    """Workflows that both failed and passed on the same commit, as a share of all.

    Page: docs/metrics/flaky_workflows.md.
    """
    flaky = contradictions(view).unique(WORKFLOW, keep="last", maintain_order=True)
    whole = _concluded(view).select(WORKFLOW).unique().height
    return _known(view, share(FAMILY, "flaky_workflows", len(flaky), whole, view.window, _refs(flaky)))


def contradictions(view: MilestoneView) -> pl.DataFrame:
    """Commits on which a workflow both failed and passed, with the newest such run.

    Columns: repository_id, repo, workflow, label (what to call the workflow), head_sha, id (of the run).

    A run that passed when it was run again counts: GitHub's list shows only the last attempt of each.
    """
    return (
        _concluded(view)
        .with_columns(failed=pl.col("conclusion").is_in(FAILED))
        .with_columns(again=~pl.col("failed") & (pl.col("attempt") > 1))
        .group_by("repository_id", "repo", "workflow", "label", "head_sha")
        .agg(pl.col("failed").n_unique().alias("verdicts"), pl.col("again").any(), pl.col("id").max())
        .filter((pl.col("verdicts") > 1) | pl.col("again"))
        .select("repository_id", "repo", "workflow", "label", "head_sha", "id")
        .sort("repo", "label", "id")
    )


def deployment_frequency(view: MilestoneView) -> Metric:
    """Releases a week, each standing for a deployment: DORA, approximate.

    Page: docs/metrics/deployment_frequency.md.
    """
    releases = _releases(view)
    if view.past.releases.is_empty():
        reason = "the repositories publish no releases"
        return Metric(FAMILY, "deployment_frequency", None, "per week", 0, view.window, reason=reason, approximate=True)
    value = len(releases) * 7 / view.window_days
    evidence = tuple(releases["url"].head(5))
    return Metric(
        FAMILY,
        "deployment_frequency",
        value,
        "per week",
        len(releases),
        view.window,
        evidence=evidence,
        approximate=True,
    )


def lead_time_for_changes(view: MilestoneView) -> Metric:
    """Working days from the merge of a pull request to the next release: DORA, approximate.

    Page: docs/metrics/lead_time_for_changes.md.
    """
    merged = view.past.items.filter(
        (pl.col("kind") == "pull") & (pl.col("closed_as") == "done") & pl.col("repository_id").is_in(list(view.numbers))
    ).sort("closed_at")
    releases = _releases(view).sort("published_at")
    joined = merged.join_asof(
        releases.select("repository_id", pl.col("published_at").alias("released_at"), "published_at"),
        left_on="closed_at",
        right_on="published_at",
        by="repository_id",
        strategy="forward",
        check_sortedness=False,
    ).filter(pl.col("released_at").is_not_null() & (pl.col("closed_at") > view.since))
    rows: list[tuple[str, datetime, datetime]] = joined.select("ref", "closed_at", "released_at").rows()
    days = [(ref, view.working_days(start, end)) for ref, start, end in rows]
    return _approximate(duration(FAMILY, "lead_time_for_changes", days, f"changes released in {view.window}"))


def change_failure_rate(view: MilestoneView) -> Metric:
    """Merges followed by a revert or hotfix, as a share of merges: DORA, approximate.

    Page: docs/metrics/change_failure_rate.md.
    """
    merged = view.in_window(
        view.past.items.filter(
            (pl.col("kind") == "pull")
            & (pl.col("closed_as") == "done")
            & pl.col("repository_id").is_in(list(view.numbers))
        ),
        "closed_at",
    )
    mending = merged.filter(pl.col("title").str.contains(r"(?i)^\s*(revert\b|hot-?fix\b|rollback\b)"))
    refs = sorted(mending["ref"])
    return _approximate(share(FAMILY, "change_failure_rate", len(mending), len(merged), view.window, refs))


FEATURES = (
    ci_failure_rate,
    red_time,
    time_to_green,
    flaky_workflows,
    deployment_frequency,
    lead_time_for_changes,
    change_failure_rate,
)


# ------------------------------------------------------------------ shared by the above


def _known(view: MilestoneView, metric: Metric) -> Metric:
    """The metric, or its absence where none of the milestone's repositories has CI facts."""
    mine = view.past.repositories.filter(pl.col("repository_id").is_in(list(view.numbers)))
    if mine["has_ci_facts"].any():
        return metric
    return Metric(
        FAMILY, metric.name, None, metric.unit, 0, metric.window, reason="no CI runs are known: unknown, not green"
    )


def _approximate(metric: Metric) -> Metric:
    return Metric(**{**metric.__dict__, "approximate": True})


def _runs(view: MilestoneView) -> pl.DataFrame:
    return view.past.cached(_labelled).filter(pl.col("repository_id").is_in(list(view.numbers)))


def _labelled(past: ProjectState) -> pl.DataFrame:
    return with_workflow(past.runs)


def _concluded(view: MilestoneView) -> pl.DataFrame:
    runs = _runs(view).filter(pl.col("conclusion").is_in((*FAILED, "success")))
    return view.in_window(runs, "finished_at")


def _red_periods(view: MilestoneView) -> list[tuple[str, datetime, datetime, bool]]:
    """(ref of the failed run, red from, until, whether it turned green) per workflow of a default branch."""
    runs = view.in_window(default_branch_runs(view.past, list(view.numbers)), "finished_at").sort("finished_at", "id")
    periods: list[tuple[str, datetime, datetime, bool]] = []
    for _, group in runs.group_by(WORKFLOW, maintain_order=True):
        failed: tuple[str, datetime] | None = None
        for ref, conclusion, at in zip(_refs(group), group["conclusion"], group["finished_at"], strict=True):
            if conclusion in FAILED:
                failed = failed or (ref, at)
            elif failed:
                periods.append((*failed, at, True))
                failed = None
        if failed:
            periods.append((*failed, view.as_of, False))
    return periods


def _releases(view: MilestoneView) -> pl.DataFrame:
    mine = view.past.releases.filter(pl.col("repository_id").is_in(list(view.numbers)) & ~pl.col("prerelease"))
    return view.in_window(mine, "published_at")


def _refs(runs: pl.DataFrame) -> list[str]:
    return [f"{repo} run {number}" for repo, number in runs.select("repo", "id").rows()]
