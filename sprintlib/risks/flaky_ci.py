"""Checks that say both: failed and passed on the same commit."""

from dataclasses import replace

import polars as pl

from sprintlib.evidence import Evidence
from sprintlib.features import delivery
from sprintlib.forecast import count
from sprintlib.risks.context import SprintContext
from sprintlib.risks.model import Play, Risk

KIND = "flaky_ci"
PLACE = 130
PLAY = Play("PB-014", "Quarantine the flaky test with an owner and a date; do not run it again silently.")
_DAYS = 7


def detect(context: SprintContext) -> list[Risk]:
    """Workflows of the sprint's repositories that contradicted themselves on several commits within a week."""
    limit = context.thresholds.flaky_commits
    found = delivery.contradictions(replace(context.view, window_days=_DAYS))
    return [
        _risk(context, str(repo), str(label), commits)
        for (repo, _, label), commits in found.group_by("repo", "workflow", "label", maintain_order=True)
        if len(commits) >= limit
    ]


def _risk(context: SprintContext, repo: str, name: str, commits: pl.DataFrame) -> Risk:
    limit = context.thresholds.flaky_commits
    runs = context.sprint.past.runs.filter((pl.col("repo") == repo) & pl.col("id").is_in(commits["id"].to_list()))
    newest = runs.unique("id", keep="last", maintain_order=True).sort("id", descending=True).head(3)
    return Risk(
        kind=KIND,
        severity="medium" if len(commits) > 2 * limit or context.near_due else "low",
        statement=(
            f"Workflow '{name}' of {repo} both failed and passed on {count(len(commits), 'commit')} "
            f"within {_DAYS} days."
        ),
        rule=(
            f"A workflow both failed and passed on the same commit, or passed only when it was run again, on at least "
            f"{count(limit, 'commit')} within {_DAYS} days; medium above twice that, or when the deadline is near."
        ),
        evidence=tuple(
            Evidence(ref=f"{repo} run {key}", kind="run", url=url, note=f"{(sha or '')[:7]} both failed and passed")
            for key, url, sha in newest.select("id", "html_url", "head_sha").iter_rows()
        ),
    )
