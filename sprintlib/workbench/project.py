"""A project opened once, as of one moment."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from polars._typing import PolarsDataType
from sqlalchemy import Engine

from sprintlib.analysis.pipeline import project_sprints, select_context, sprint_contexts
from sprintlib.analysis.selection import select_milestone
from sprintlib.clock import local_time
from sprintlib.dependencies import find_dependencies
from sprintlib.errors import AnalysisError
from sprintlib.features import Metric, measure
from sprintlib.history import ProjectState, load_state
from sprintlib.project import ProjectHandle
from sprintlib.services import analyze, ask
from sprintlib.settings import Settings, load
from sprintlib.workbench.answer import SprintAnswer
from sprintlib.workbench.backtest import Backtest
from sprintlib.workbench.series import Metrics, SprintDays
from sprintlib.workbench.sprint_analysis import SprintAnalysis

_COMMON_TEXT = 80  # characters of a cell in a frame of facts, where polars would cut after 30

Columns = dict[str, PolarsDataType]

_SPRINTS: Columns = {
    "key": pl.String,
    "title": pl.String,
    "repos": pl.List(pl.String()),
    "state": pl.String,
    "due_on": pl.Date,
    "open": pl.Int64,
    "closed": pl.Int64,
}
_HITS = {
    "ref": pl.String,
    "kind": pl.String,
    "title": pl.String,
    "excerpt": pl.String,
    "url": pl.String,
    "score": pl.Float64,
}

_METRICS = pl.Schema(
    {
        "as_of": pl.Date,
        "family": pl.String,
        "name": pl.String,
        "value": pl.Float64,
        "p85": pl.Float64,
        "unit": pl.String,
        "n": pl.Int64,
        "window": pl.String,
        "reason": pl.String,
    }
)


def open(home: str | Path | None = None, as_of: str | datetime | None = None) -> "Project":
    """Open the project whose `sprint.toml` lies in `home` (default: SPRINT_HOME, else the working folder).

    as_of: a date ("2026-11-20": the end of that day in the project's time zone), RFC 3339, an aware datetime, or None
    for now. The store is opened read-only; only `ask` first brings its
    text index up to date. Frames are printed with texts of up to 80 characters, unless
    polars.Config says otherwise. Raises SettingsError or StoreError with one sentence.
    """
    if "POLARS_FMT_STR_LEN" not in os.environ:
        pl.Config.set_fmt_str_lengths(_COMMON_TEXT)
    handle = ProjectHandle.open(load(home), read_only=True)
    moment = as_of if isinstance(as_of, datetime) else handle.moment(as_of)
    if moment.tzinfo is None:
        raise AnalysisError(f"{moment} has no time zone: use datetime(..., tzinfo=UTC).")
    return Project(handle, moment.astimezone(UTC))


@dataclass(frozen=True)
class Project:
    """A project as of one moment. Make one with `sprintlib.open()`.

    Frames (columns: sprintlib.history.state): repositories, milestones, items, memberships, events, comments, reviews,
    commits, runs, releases, changed_files; `dependencies` says who waits for whom; `sprints` groups milestones.
    """

    handle: ProjectHandle
    as_of: datetime

    @property
    def settings(self) -> Settings:
        """What sprint.toml says."""
        return self.handle.settings

    @property
    def engine(self) -> Engine:
        """The store, read-only."""
        return self.handle.engine

    def __repr__(self) -> str:
        repos = ", ".join(self.settings.project.repositories)
        return (
            f"Project {self.settings.project.name!r} ({repos}), as of {local_time(self.as_of, self.settings.time_zone)}"
        )

    @cached_property
    def state(self) -> ProjectState:
        """Everything known at `as_of`. Raises AnalysisError when nothing has been collected."""
        return self.handle.state(self.as_of)

    @property
    def repositories(self) -> pl.DataFrame:
        """One row a repository."""
        return self.state.repositories

    @property
    def milestones(self) -> pl.DataFrame:
        """One row a GitHub milestone, open or closed."""
        return self.state.milestones

    @property
    def items(self) -> pl.DataFrame:
        """One row an issue or pull request, with its state, labels, assignees and milestone as of the moment."""
        return self.state.items

    @property
    def memberships(self) -> pl.DataFrame:
        """One row an interval of an item inside a milestone."""
        return self.state.memberships

    @property
    def events(self) -> pl.DataFrame:
        """The timelines, oldest first."""
        return self.state.events

    @property
    def comments(self) -> pl.DataFrame:
        """Comments, oldest first."""
        return self.state.comments

    @property
    def reviews(self) -> pl.DataFrame:
        """Reviews, oldest first."""
        return self.state.reviews

    @property
    def commits(self) -> pl.DataFrame:
        """Commits, oldest first; one row per pull request a commit belongs to."""
        return self.state.commits

    @property
    def runs(self) -> pl.DataFrame:
        """Workflow runs, oldest first."""
        return self.state.runs

    @property
    def releases(self) -> pl.DataFrame:
        """Published releases, oldest first."""
        return self.state.releases

    @property
    def changed_files(self) -> pl.DataFrame:
        """Files that commits of the last year changed."""
        return self.state.changed_files

    @cached_property
    def dependencies(self) -> pl.DataFrame:
        """Who waits for whom, with the source and the confidence of each edge (schema dependencies.EDGES)."""
        return find_dependencies(self.state)

    @cached_property
    def sprints(self) -> pl.DataFrame:
        """The open sprints by due date: key, title, repos, state, due_on, open and closed items."""
        rows = [
            (
                str(sprint.key),
                sprint.title,
                [part.repo for part in sprint.parts],
                sprint.state,
                sprint.due_on,
                sprint.open_items.height,
                sprint.items.height - sprint.open_items.height,
            )
            for sprint in project_sprints(self.state, self.settings)
        ]
        return pl.DataFrame(rows, schema=_SPRINTS, orient="row")

    def analyze(self, milestone: str | None = None) -> "SprintAnalysis":
        """Will it land, what threatens it, what to do. Nothing is stored.

        milestone: a title, its beginning, a number or a key; default: the open one that is due next.
        Raises AnalysisError for a milestone that does not exist, and where none was open.
        """
        analysis = analyze(self.handle, self.as_of, milestone)
        chosen = select_milestone(analysis, milestone)
        if chosen is None:
            raise AnalysisError("No milestone was open then: name one, or open the project as of another date.")
        return SprintAnalysis(self, analysis, chosen)

    def metrics(self, name: str | None = None, milestone: str | None = None, weeks: int = 8) -> "Metrics":
        """Measurements of a sprint's team, week by week, the last one as of now (docs/metrics).

        name: one metric, such as "cycle_time"; default: all. weeks: how many weekly values, at least 1.
        Raises AnalysisError for an unknown name.
        """
        rows: list[tuple[Any, ...]] = []
        for back in range(weeks - 1, -1, -1):
            moment = self.as_of - timedelta(weeks=back)
            state = self.state if back == 0 else load_state(self.engine, self.settings, moment)
            rows += [_metric_row(moment, metric) for metric in self._measured(state, milestone)]
        frame = pl.DataFrame(rows, schema=_METRICS, orient="row")
        if name is not None:
            known = frame["name"].unique().sort().to_list()
            if name not in known:
                raise AnalysisError(f"There is no metric '{name}': there are {', '.join(known)}.")
            frame = frame.filter(pl.col("name") == name)
        return Metrics(frame)

    def search(self, query: str, k: int = 8) -> pl.DataFrame:
        """What was said about it, best first: ref, kind, title, excerpt, url, score. The index is `sprint index`'s."""
        from sprintlib.knowledge import search

        hits = search(self.engine, self.settings, query, self.as_of, k, past=self.state)
        rows = [(hit.ref, hit.kind, hit.title, hit.excerpt, hit.url, hit.score) for hit in hits]
        return pl.DataFrame(rows, schema=_HITS, orient="row")

    def ask(self, question: str) -> "SprintAnswer":
        """An answer from stored facts, every sentence with its citation. Shows itself in a notebook."""
        return SprintAnswer(self, ask(ProjectHandle.open(self.settings), question, self.as_of))

    def history(self, milestone: str | None = None) -> "SprintDays":
        """A sprint day by day: scope, done and the probability that was told with what was known that day."""
        context = select_context(sprint_contexts(self.state, self.settings, milestone), self.as_of)
        return SprintDays(self, context.sprint)

    def backtest(self) -> "Backtest":
        """How good the forecasts of finished dated sprints would have been, from what was known at each time.

        Takes a second or two for each finished sprint. Raises AnalysisError when nothing has been collected.
        """
        from sprintlib.evaluate import backtest_own

        return Backtest(backtest_own(self.engine, self.settings, self.as_of))

    def _measured(self, state: ProjectState, milestone: str | None) -> Sequence[Metric]:
        try:
            context = select_context(sprint_contexts(state, self.settings, milestone), state.as_of)
        except AnalysisError:  # the sprint, or all of them, came later
            return ()
        return measure(context.view)


def _metric_row(moment: datetime, metric: Metric) -> tuple[Any, ...]:
    values = (metric.family, metric.name, metric.value, metric.p85, metric.unit, metric.n, metric.window, metric.reason)
    return (moment.date(), *values)
