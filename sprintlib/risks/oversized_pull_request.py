"""Pull requests that are too large to be reviewed well."""

import polars as pl

from sprintlib.forecast import count
from sprintlib.risks.context import SprintContext, listed
from sprintlib.risks.generated_files import is_generated
from sprintlib.risks.model import Play, Risk

KIND = "oversized_pull_request"
PLACE = 110
PLAY = Play("PB-004", "Split {items} along files or layers; land the pure refactoring first.")
_LEAST_DAYS = 1.0  # in the first day a pull request may still be split by its author


def detect(context: SprintContext) -> list[Risk]:
    """Open pull requests that carry open items, change more lines than the threshold, and are over a day old."""
    limit, view = context.thresholds.pull_request_lines, context.view
    sized = _sized(context).filter(pl.col("lines") > limit)
    old = [
        (lines, ref)
        for ref, lines, since in sized.select("ref", "lines", "created_at").iter_rows()
        if view.working_days(since, view.as_of) > _LEAST_DAYS
    ]
    if not old:
        return []
    old.sort(key=lambda pair: (-pair[0], pair[1]))
    lines, largest = old[0]
    refs = [ref for _, ref in old]
    others = f". Also too large: {listed(refs[1:])}" if len(refs) > 1 else ""
    return [
        Risk(
            kind=KIND,
            severity="medium" if lines > 2 * limit or context.near_due else "low",
            statement=f"{context.called(largest)} changes {count(lines, 'line')} (limit: {limit}){others}.",
            rule=(
                f"An open pull request older than a working day adds and deletes more than {limit} lines, not "
                "counting generated files (lock files, translations, snapshots) where paths are known; medium above "
                "twice that, or when the deadline is near."
            ),
            items=tuple(refs),
            evidence=context.cite(refs),
        )
    ]


def _sized(context: SprintContext) -> pl.DataFrame:
    """The pull requests (schema ITEMS) with the `lines` that people wrote.

    GitHub counts the difference to the base, commits count what they change: their share of generated lines is taken
    off. Unknown paths take nothing off. GitHub's count is the one last fetched, so it is no more than what the commits
    of the moment change, where the paths of all of them are known.
    """
    past, key = context.sprint.past, ["repository_id", "number"]
    by_hand = pl.col("lines").filter(~is_generated("path")).sum()
    written = (
        past.commits.select(*key, "sha")
        .join(context.pulls, on=key, how="semi")
        .join(past.changed_files, on=["repository_id", "sha"], how="left")
        .with_columns(lines=pl.sum_horizontal("additions", "deletions"))
        .group_by(key)
        .agg(share=by_hand / pl.col("lines").sum(), most=pl.when(pl.col("path").is_not_null().all()).then(by_hand))
    )
    share = pl.col("share").fill_nan(1.0).fill_null(1.0)
    counted = ((pl.col("additions") + pl.col("deletions")) * share).round().cast(pl.Int64)
    return context.pulls.join(written, on=key, how="left").with_columns(
        lines=pl.when(counted > pl.col("most")).then("most").otherwise(counted)
    )
