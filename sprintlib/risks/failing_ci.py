"""The default branch does not build, or nobody can know whether it does."""

from datetime import datetime
from typing import Any

import polars as pl

from sprintlib.evidence import Evidence
from sprintlib.features.branches import FAILED, default_branch_runs
from sprintlib.forecast import count, working_days
from sprintlib.risks.context import SprintContext
from sprintlib.risks.model import Risk

KIND = "failing_ci"
PLACE = 30


def detect(context: SprintContext) -> list[Risk]:
    """Workflows whose latest run on the default branch failed longer ago than the threshold; unknown without facts."""
    risks: list[Risk] = []
    repositories = context.sprint.past.repositories
    for part in context.sprint.parts:
        row = repositories.row(by_predicate=pl.col("repo") == part.repo, named=True)
        runs = default_branch_runs(context.sprint.past, [row["repository_id"]])
        if not row["has_ci_facts"] or runs.is_empty():
            risks.append(_unknown(context, row))
            continue
        for _, of_workflow in runs.group_by("workflow", maintain_order=True):
            risks += _failing(context, row, of_workflow["label"][-1], of_workflow)
    return risks


def _unknown(context: SprintContext, repository: dict[str, Any]) -> Risk:
    return Risk(
        kind=KIND,
        severity="unknown",
        statement=(
            f"No CI runs are known for the default branch of {repository['repo']}: whether it is green is unknown."
        ),
        rule=_rule(context),
    )


def _failing(context: SprintContext, repository: dict[str, Any], name: str, runs: pl.DataFrame) -> list[Risk]:
    """Runs: of one workflow, oldest first."""
    rows = runs.to_dicts()
    red: list[dict[str, Any]] = []
    while rows and rows[-1]["conclusion"] in FAILED:
        red.insert(0, rows.pop())
    if not red:
        return []
    hours = _hours(context, red[0]["finished_at"])
    if hours <= context.thresholds.red_default_branch_hours or _once_by_the_clock(red):
        return []
    failed = list({run["id"]: run for run in red}.values())  # one that was tried again is one run
    shown = [failed[0], failed[-1]] if len(failed) > 1 else failed
    return [
        Risk(
            kind=KIND,
            severity="high",
            statement=(
                f"Workflow '{name}' has been red on {repository['default_branch']} of {repository['repo']} for "
                f"{_words(hours)} ({count(len(failed), 'run')})."
            ),
            rule=_rule(context),
            evidence=tuple(_cite(repository["repo"], run) for run in shown),
        )
    ]


def _once_by_the_clock(red: list[dict[str, Any]]) -> bool:
    """A scheduled workflow failed a single time: nobody's commit did it, and the next run may well pass."""
    return len(red) == 1 and red[0]["event"] == "schedule"


def _words(hours: float) -> str:
    """`11 working hours`, from a day on `3 working days`."""
    return working_days(round(hours / 24)) if hours >= 24 else f"{count(max(round(hours), 1), 'working hour')}"


def _hours(context: SprintContext, since: datetime) -> float:
    return 24 * context.sprint.calendar.working_time(since, context.sprint.past.as_of)


def _cite(repo: str, run: dict[str, Any]) -> Evidence:
    return Evidence(
        ref=f"{repo} run {run['id']}",
        kind="run",
        url=run["html_url"],
        note=f"{run['conclusion']} on {(run['head_sha'] or '')[:7]}",
    )


def _rule(context: SprintContext) -> str:
    hours = context.thresholds.red_default_branch_hours
    return (
        "Every finished run of a workflow on the default branch has failed for more than "
        f"{hours:g} working hour{'' if hours == 1 else 's'}, a scheduled one at least twice; "
        "without a finished run it is unknown."
    )
