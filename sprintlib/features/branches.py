"""Runs of a repository's own default branch, workflow by workflow."""

from collections.abc import Collection
from datetime import timedelta

import polars as pl

from sprintlib.history import ProjectState

FAILED = ("failure", "timed_out", "startup_failure")
PASSED = ("success",)
# they say a branch that they did not run on, or that somebody else pushed
_NOT_OF_THE_BRANCH = ("pull_request", "pull_request_target", "pull_request_review", "issue_comment", "issues")
_SILENT_DAYS = 14
WORKFLOW = ["repository_id", "workflow"]


def with_workflow(runs: pl.DataFrame) -> pl.DataFrame:
    """Runs (schema RUNS) with `workflow` known as well as can be, and `label`, what to call it.

    The label is the newest name, with the file where another workflow of the repository has the same name.
    """
    known = runs.with_columns(workflow=pl.coalesce("workflow", "path", "name"))
    newest = known.sort("created_at", maintain_order=True).group_by(WORKFLOW, maintain_order=True)
    named = newest.agg(pl.col("name").last().alias("label"), pl.col("path").last().alias("file"))
    twins = pl.len().over("repository_id", "label") > 1
    told = pl.concat_str("label", pl.lit(" ("), pl.coalesce("file", "workflow"), pl.lit(")"))
    labels = named.with_columns(label=pl.when(twins).then(told).otherwise("label")).drop("file")
    return known.join(labels, on=WORKFLOW, how="left", maintain_order="left")


def default_branch_runs(past: ProjectState, repository_ids: Collection[int]) -> pl.DataFrame:
    """Finished runs with a verdict on the default branch of these repositories, oldest first, with `label`.

    A branch of a fork is not ours, whatever it is called. A workflow that did not run for two weeks, and twice as
    long as it ever paused, while others ran on the branch, was removed or disabled: it is left out.
    """
    default = past.repositories.select("repository_id", pl.col("default_branch").alias("head_branch"))
    runs = (
        with_workflow(past.runs)
        .filter(
            pl.col("repository_id").is_in(list(repository_ids)),
            ~pl.col("from_fork").fill_null(value=False),
            ~pl.col("event").is_in(_NOT_OF_THE_BRANCH),
            pl.col("conclusion").is_in([*FAILED, *PASSED]),
        )
        .join(default, on=["repository_id", "head_branch"], how="semi", maintain_order="left")
        .sort("workflow", "created_at", "attempt")
    )
    return runs.join(_silent(runs), on=WORKFLOW, how="anti", maintain_order="left")


def _silent(runs: pl.DataFrame) -> pl.DataFrame:
    """Workflows (repository_id, workflow) that run no longer although others do. runs: oldest first."""
    pause = pl.col("created_at").diff().max()
    last = runs.group_by(WORKFLOW).agg(pl.col("created_at").max().alias("last"), pause.alias("pause"))
    silence = pl.col("last").max().over("repository_id") - pl.col("last")
    longest = pl.max_horizontal(pl.lit(timedelta(days=_SILENT_DAYS)), 2 * pl.col("pause"))
    return last.filter(silence > longest).select(WORKFLOW)
