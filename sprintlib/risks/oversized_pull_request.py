"""Pull requests that are too large to be reviewed well."""

import polars as pl

from sprintlib.forecast import count
from sprintlib.risks.model import Risk
from sprintlib.risks.context import SprintContext, listed

KIND = "oversized_pull_request"
_LEAST_DAYS = 1.0  # in the first day a pull request may still be split by its author


def detect(context: SprintContext) -> list[Risk]:
    """Open pull requests that carry open items, change more lines than the threshold, and are over a day old."""
    limit, view = context.thresholds.pull_request_lines, context.view
    sized = context.pulls.with_columns(lines=pl.col("additions") + pl.col("deletions")).filter(
        pl.col("lines") > limit
    )
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
    others = f"; {listed(refs[1:])} {'is' if len(refs) == 2 else 'are'} too" if len(refs) > 1 else ""
    return [
        Risk(
            kind=KIND,
            severity="medium" if lines > 2 * limit or context.near_due else "low",
            statement=(f"{context.called(largest)} changes {count(lines, 'line')}, over the {limit} of one{others}."),
            rule=(
                f"An open pull request older than a working day adds and deletes more than {limit} lines; medium "
                "above twice that, or when the deadline is near."
            ),
            items=tuple(refs),
            evidence=context.cite(refs),
        )
    ]
