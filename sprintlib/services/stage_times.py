"""How work flows through a team: how long its pull requests took in each stage, and how long open work stands there."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import polars as pl

from sprintlib.analysis.pipeline import select_context, sprint_contexts
from sprintlib.features import MilestoneView
from sprintlib.features.pull_stages import STAGES, merged_pulls, with_boundaries
from sprintlib.forecast.items.stages import carrying, stages
from sprintlib.history.started_work import assigned_or_referenced, started
from sprintlib.project import ProjectHandle
from sprintlib.risks import SprintContext

WINDOW_DAYS = 90
_TOLD = ("ref", "title", "html_url", "merged_at")
FEWEST = 5  # pull requests, below which no percentile is told
# the stage of an item, as forecast and item table have it -> where its time goes now, and since when
_NOW_IN = {
    "begun": ("coding", "begun_at"),
    "opened": ("pickup", "ready_at"),
    "reviewed": ("review", "answered_at"),
    "approved": ("merge", "approved_at"),
}


@dataclass(frozen=True)
class MergedPull:
    """One merged pull request. spans: working days in each of STAGES, None where it had none; they add up to cycle."""

    ref: str
    title: str
    html_url: str
    merged_at: datetime
    cycle: float
    spans: tuple[float | None, ...]


@dataclass(frozen=True)
class StageTimes:
    """How long merged pull requests took in a stage, or in all (`cycle`), in working days; None below FEWEST."""

    stage: str
    n: int
    p50: float | None
    p85: float | None


@dataclass(frozen=True)
class AgeingItem:
    """Open work of the sprint that has been started. days: working days in the stage that it is in, one of STAGES."""

    ref: str
    title: str
    html_url: str
    stage: str
    days: float


@dataclass(frozen=True)
class Flow:
    """What the charts of a milestone show. merged: the oldest first. times: of all and of each of STAGES.

    ageing: what has stood longest in its stage comes first.
    """

    merged: tuple[MergedPull, ...]
    times: tuple[StageTimes, ...]
    ageing: tuple[AgeingItem, ...]

    def of(self, stage: str) -> StageTimes:
        """The times of one stage, or of `cycle`."""
        return next(one for one in self.times if one.stage == stage)


def flow(project: ProjectHandle, as_of: datetime, milestone: str) -> Flow:
    """Pull requests of the project merged in the 90 days before a moment, and the open work of a milestone.

    milestone: key, title or number. Raises AnalysisError for one that did not exist then.
    """
    context = select_context(sprint_contexts(project.state(as_of), project.settings, milestone), as_of)
    view = replace(context.view, window_days=WINDOW_DAYS)
    done = merged_pulls(view)
    merged = tuple(
        MergedPull(ref, title, html_url, merged_at, cycle, tuple(spans))
        for ref, title, html_url, merged_at, cycle, *spans in done.select(*_TOLD, "cycle", *STAGES).rows()
    )
    times = tuple(_times(name, done[name]) for name in ("cycle", *STAGES))
    ageing = [*_open_pulls(context, view), *_issues_begun(context, view)]
    return Flow(merged, times, tuple(sorted(ageing, key=lambda one: (-one.days, one.ref))))


def _times(stage: str, days: pl.Series) -> StageTimes:
    known = days.drop_nulls().to_numpy()
    if len(known) < FEWEST:
        return StageTimes(stage, len(known), None, None)
    p50, p85 = np.percentile(known, (50, 85))
    return StageTimes(stage, len(known), float(p50), float(p85))


def _open_pulls(context: SprintContext, view: MilestoneView) -> list[AgeingItem]:
    """The open pull requests that carry items of the sprint."""
    refs = sorted({pull for pulls in context.pulls_of.values() for pull in pulls})
    pulls = view.past.items.filter(pl.col("ref").is_in(refs)).with_columns(at=pl.lit(view.as_of))
    if pulls.is_empty():
        return []
    where = pulls.with_columns(stage=stages(view.past, pulls, carrying(view.past, pulls)))
    found = []
    for row in with_boundaries(view, where).iter_rows(named=True):
        stage, since = _NOW_IN[row["stage"]]
        days = view.working_days(row[since] or row["ready_at"], view.as_of)
        found.append(AgeingItem(row["ref"], row["title"], row["html_url"], stage, days))
    return found


def _issues_begun(context: SprintContext, view: MilestoneView) -> list[AgeingItem]:
    """Open issues that somebody took or mentioned in a commit since the start, and no pull request carries."""
    begun = {ref for ref in started(context.sprint, context.pulls_of) if not context.pulls_of[ref]}
    touched = assigned_or_referenced(view.past).filter(
        pl.col("happened_at") > pl.lit(view.started_at or datetime.min.replace(tzinfo=view.as_of.tzinfo))
    )
    first = touched.group_by("repository_id", "number").agg(pl.col("happened_at").min())
    rows = view.items.filter(pl.col("ref").is_in(sorted(begun))).join(first, on=["repository_id", "number"])
    told = rows.select("ref", "title", "html_url", "happened_at").rows()
    return [
        AgeingItem(ref, title, html_url, "coding", view.working_days(since, view.as_of))
        for ref, title, html_url, since in told
    ]
