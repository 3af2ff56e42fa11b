"""Work in progress that is older than what this team usually needs from beginning to end."""

from collections.abc import Iterator

import polars as pl

from sprintlib.features import Metric, temporal
from sprintlib.forecast import working_days
from sprintlib.risks.model import Risk, Severity
from sprintlib.risks.situation import Situation, listed

KIND = "ageing_work"
_LEAST_HISTORY = 8  # finished ones; a percentile of fewer says little


def detect(situation: Situation) -> list[Risk]:
    """Begun issues older than the team's 85th percentile of lead time, pull requests older than that of cycle time.

    Nothing in a bucket (Situation.is_bucket), where work may rest.
    """
    if situation.is_bucket:
        return []
    factor = situation.thresholds.ageing_factor
    old = [
        (age / limit, age, limit, ref)
        for ref, age, limit in _ages(situation)
        if limit > 0 and age > factor * limit and ref not in situation.parked
    ]
    if not old:
        return []
    old.sort(reverse=True)
    ratio, age, limit, oldest = old[0]
    refs = [ref for *_, ref in old]
    others = f"; so {'is' if len(refs) == 2 else 'are'} {listed(refs[1:])}" if len(refs) > 1 else ""
    return [
        Risk(
            kind=KIND,
            severity=_severity(situation, ratio > 2 * factor),
            statement=(
                f"{situation.called(oldest)} is {working_days(round(age, 1))} old, and 85% of what the team finished "
                f"lately took {working_days(round(limit, 1))} or less{others}."
            ),
            rule=(
                f"A begun item that is not set aside is older than {factor:g} times the 85th percentile of the team: "
                "of lead time for issues, since they were opened; of cycle time for pull requests, since their first "
                f"commit. Unknown with fewer than {_LEAST_HISTORY} finished in {situation.view.window}; high when it "
                "is twice as old and the deadline is near."
            ),
            items=tuple(refs),
            evidence=situation.cite(refs),
        )
    ]


def _ages(situation: Situation) -> Iterator[tuple[str, float, float]]:
    """(ref, age, 85th percentile of the team) in working days, where the percentile is known."""
    view = situation.view
    issues = situation.sprint.open_items.filter(
        (pl.col("kind") == "issue") & pl.col("ref").is_in(situation.begun)
    ).with_columns(since="created_at")
    first = view.past.commits.group_by("repository_id", "number").agg(pl.col("committed_at").min())
    pulls = situation.pulls.join(first, on=["repository_id", "number"], how="left").with_columns(
        since=pl.min_horizontal("created_at", "committed_at")
    )
    for frame, usual in ((issues, temporal.lead_time), (pulls, temporal.cycle_time)):
        limit = _limit(usual(view)) if frame.height else None
        if limit is not None:
            for ref, since in frame.select("ref", "since").iter_rows():
                yield ref, view.working_days(since, view.as_of), limit


def _limit(usual: Metric) -> float | None:
    return usual.p85 if usual.n >= _LEAST_HISTORY else None


def _severity(situation: Situation, very_old: bool) -> Severity:
    levels: tuple[Severity, ...] = ("low", "medium", "high")
    return levels[very_old + situation.near_due]
