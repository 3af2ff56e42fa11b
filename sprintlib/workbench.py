"""The public face for notebooks: a project opened once, its frames, and analyses that show themselves.

Frames are polars; charts are altair. Everything is as of one moment, and is what command line and pages show.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from polars._typing import PolarsDataType
from sqlalchemy import Engine

from sprintlib.analysis import Analysis, MilestoneAnalysis, analyze, analyze_past
from sprintlib.analysis.pipeline import project_sprints, select_context, sprint_contexts
from sprintlib.analysis.selection import select_milestone
from sprintlib.as_of import parse_as_of
from sprintlib.calendar import WorkingCalendar
from sprintlib.dependencies import find_dependencies
from sprintlib.errors import AnalysisError
from sprintlib.features import Metric, measure
from sprintlib.forecast.words import percent, points
from sprintlib.history import ProjectState, Sprint, load_state
from sprintlib.recommend import Plan
from sprintlib.services import Answer, WhatIfResult, ask, what_if
from sprintlib.settings import Settings, load
from sprintlib.store import open_store

if TYPE_CHECKING:
    import altair as alt

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
_DAYS = pl.Schema({"day": pl.Date, "scope": pl.Int64, "done": pl.Int64, "probability": pl.Float64})
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
    text index up to date. Raises SettingsError or StoreError with one sentence.
    """
    settings = load(home)
    moment = as_of if isinstance(as_of, datetime) else parse_as_of(as_of, settings)
    if moment.tzinfo is None:
        raise AnalysisError(f"{moment} has no time zone: use datetime(..., tzinfo=UTC).")
    return Project(settings, open_store(settings.database_url, read_only=True), moment.astimezone(UTC))


@dataclass(frozen=True)
class Project:
    """A project as of one moment. Make one with `sprintlib.open()`.

    Frames (columns: sprintlib.history.state): repositories, milestones, items, memberships, events, comments, reviews,
    commits, runs, releases, changed_files; `dependencies` says who waits for whom; `sprints` groups milestones.
    """

    settings: Settings
    engine: Engine
    as_of: datetime

    def __repr__(self) -> str:
        repos = ", ".join(self.settings.project.repositories)
        return f"Project {self.settings.project.name!r} ({repos}), as of {self.as_of:%Y-%m-%d %H:%M} UTC"

    @cached_property
    def state(self) -> ProjectState:
        """Everything known at `as_of`. Raises AnalysisError when nothing has been collected."""
        state = load_state(self.engine, self.settings, self.as_of)
        if state.repositories.is_empty():
            raise AnalysisError("Nothing has been collected yet: run 'sprint sync' first.")
        return state

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
        analysis = analyze(self.engine, self.settings, self.as_of, milestone)
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

    def ask(self, question: str) -> Answer:
        """An answer from stored facts, every sentence with its citation; `answer.sentences` and `answer.hits`."""
        return ask(open_store(self.settings.database_url), self.settings, question, self.as_of)

    def history(self, milestone: str | None = None) -> "SprintDays":
        """A sprint day by day: scope, done and the probability that was told with what was known that day."""
        context = select_context(sprint_contexts(self.state, self.settings, milestone), self.as_of)
        return SprintDays(self, context.sprint)

    def _measured(self, state: ProjectState, milestone: str | None) -> Sequence[Metric]:
        try:
            context = select_context(sprint_contexts(state, self.settings, milestone), state.as_of)
        except AnalysisError:  # the sprint, or all of them, came later
            return ()
        return measure(context.view)


@dataclass(frozen=True)
class SprintForecast:
    """When a sprint lands. `dates`: by when with which chance; `probability`: 0-1, None with `reason`."""

    analysis: Analysis
    milestone: MilestoneAnalysis

    @property
    def probability(self) -> float | None:
        """P(every item now inside is done or dropped by the deadline)."""
        return self.milestone.probability

    @property
    def reason(self) -> str | None:
        """Why there is no number."""
        return self.milestone.reason

    @property
    def dates(self) -> Mapping[str, date | None]:
        """p50, p70, p85, p95: the day by which all of it is closed with that chance; None: later than a year."""
        return self.milestone.forecast_dates.model_dump()

    def frame(self) -> pl.DataFrame:
        """One row a percentile: percentile, date."""
        rows = [(int(name[1:]), day) for name, day in self.dates.items()]
        return pl.DataFrame(rows, schema={"percentile": pl.Int64, "date": pl.Date}, orient="row")

    def chart(self) -> "alt.LayerChart":
        """The burn-up with its projection."""
        from sprintlib.views import burn_up_chart

        return burn_up_chart(self.analysis, self.milestone)


class Findings(tuple[Any, ...]):
    """Risks or recommendations, the gravest or best first; `frame()` shows them as a table."""

    __slots__ = ()

    def frame(self) -> pl.DataFrame:
        """One row a finding; `refs` are the items that it cites."""
        rows = [
            {**one.model_dump(exclude={"evidence", "items"}), "refs": [cited.ref for cited in one.evidence]}
            for one in self
        ]
        return pl.DataFrame(rows)


@dataclass(frozen=True)
class SprintAnalysis:
    """One sprint's analysis. Shows itself in a notebook; in a terminal it prints its verdict."""

    project: Project
    analysis: Analysis
    milestone: MilestoneAnalysis

    @property
    def title(self) -> str:
        return self.milestone.title

    @property
    def summary(self) -> str:
        """The verdict in a sentence."""
        return self.milestone.summary

    @property
    def probability(self) -> float | None:
        return self.milestone.probability

    @property
    def forecast(self) -> SprintForecast:
        return SprintForecast(self.analysis, self.milestone)

    @property
    def risks(self) -> Findings:
        """Of type sprintlib.risks.Risk, the gravest first."""
        return Findings(self.milestone.risks)

    @property
    def recommendations(self) -> Findings:
        """Of type sprintlib.recommend.Recommendation, in the order of today's list."""
        return Findings(self.milestone.recommendations)

    @property
    def plan(self) -> Plan | None:
        """The cheapest way to the target: the first recommendations, and how far they get; None without a number."""
        return self.milestone.plan

    def what_if(
        self,
        drop: Sequence[str] = (),
        unblock: Sequence[str] = (),
        review: Sequence[str] = (),
        due: str | date | None = None,
        people: int = 0,
        away_days: float = 0.0,
        target: float | None = None,
        action: str | Sequence[str] = (),
    ) -> "WhatIf":
        """The forecast under changes; nothing is stored. Items as "12", "api#12" or "acme/api#12".

        drop: take out. unblock: what waits, or what is waited for. review: ends within a day. due: another due date.
        people: who joins, or leaves (negative). away_days: one person is away so long. target: a probability, 0-1, to
        search the cheapest actions for. action: id, or ids, of recommendations: what they change.
        Raises AnalysisError for an item that is not open in the sprint, and an action that is not recommended.
        """
        due_on = date.fromisoformat(due) if isinstance(due, str) else due
        project = self.project
        named = self.milestone.key or self.title
        found = what_if(
            project.engine,
            project.settings,
            project.as_of,
            named,
            drop,
            unblock,
            review,
            due_on,
            people,
            away_days,
            target,
            [action] if isinstance(action, str) else action,
        )
        return WhatIf(found)

    def __repr__(self) -> str:
        return self.summary

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from sprintlib.views import first_screen, style, wrapped

        page = f"{style()}{wrapped(first_screen(self.analysis, self.milestone))}"
        return {"text/plain": self.summary, "text/html": page}


@dataclass(frozen=True)
class WhatIf:
    """Two forecasts, before and after a change. gain: probability after minus before, None where one is missing."""

    result: WhatIfResult

    @property
    def before(self) -> float | None:
        return self.result.found.before.probability

    @property
    def after(self) -> float | None:
        return self.result.found.after.probability

    @property
    def gain(self) -> float | None:
        return self.result.gain

    def __repr__(self) -> str:
        if self.before is None or self.after is None or self.gain is None:
            reason = self.result.found.after.reason or self.result.found.before.reason
            return f"{self.result.milestone}: no forecast ({reason})"
        return f"{self.result.milestone}: {percent(self.before)} -> {percent(self.after)} ({points(self.gain)})"

    def _repr_html_(self) -> str:
        supposed = "".join(f"<li>{escape(one)}</li>" for one in self.result.found.assumptions)
        return f"<p><strong>{escape(repr(self))}</strong></p><ul>{supposed}</ul>"


@dataclass(frozen=True)
class Metrics:
    """Measurements week by week."""

    _frame: pl.DataFrame

    def frame(self) -> pl.DataFrame:
        """One row a metric and week: as_of, family, name, value, p85, unit, n, window, reason (of a missing value)."""
        return self._frame

    def latest(self) -> pl.DataFrame:
        """The last week's rows."""
        return self._frame.filter(pl.col("as_of") == pl.col("as_of").max())

    def chart(self) -> "alt.Chart":
        """A line for each metric over the weeks."""
        import altair as alt

        rows = self._frame.drop_nulls("value").select("as_of", "name", "value", "unit", "n").to_dicts()
        values = [{**row, "as_of": row["as_of"].isoformat()} for row in rows]
        base = alt.Chart(alt.InlineData(values=values))
        chart: alt.Chart = (
            base.mark_line(point=True)
            .encode(
                x=alt.X("as_of:T", title=None),
                y=alt.Y("value:Q", title=None),
                color=alt.Color("name:N", title=None),
                tooltip=["name:N", "value:Q", "unit:N", "n:Q"],
            )
            .properties(width=480, height=200)
        )
        return chart

    def __repr__(self) -> str:
        return repr(self.latest())

    def _repr_html_(self) -> str:
        html: str = self.latest()._repr_html_()
        return html


@dataclass(frozen=True)
class SprintDays:
    """A sprint day by day."""

    project: Project
    sprint: Sprint

    def frame(self) -> pl.DataFrame:
        """One row a day since the start: day, scope, done, probability (as it was told with that day's facts).

        Days off have no probability of their own; an analysis of each working day takes a moment.
        """
        return pl.DataFrame(list(self._rows()), schema=_DAYS, orient="row")

    def _rows(self) -> Iterator[tuple[date, int, int, float | None]]:
        from sprintlib.analysis.scope_counts import burn_up_days

        calendar = self.sprint.calendar
        for point in burn_up_days(self.sprint):
            moment = min(calendar.end_of_day(point.day) - timedelta(microseconds=1), self.project.as_of)
            told = self._probability(moment, calendar) if calendar.is_working_day(point.day) else None
            yield point.day, point.scope, point.done, told

    def _probability(self, moment: datetime, calendar: WorkingCalendar) -> float | None:
        state = load_state(self.project.engine, self.project.settings, moment)
        try:
            found = analyze_past(state, self.project.settings, str(self.sprint.key))
        except AnalysisError:
            return None
        return found.milestones[0].probability

    def __repr__(self) -> str:
        return f"{self.sprint.title}: .frame() has one row a day"


def _metric_row(moment: datetime, metric: Metric) -> tuple[Any, ...]:
    values = (metric.family, metric.name, metric.value, metric.p85, metric.unit, metric.n, metric.window, metric.reason)
    return (moment.date(), *values)


__all__ = [
    "Findings",
    "Metrics",
    "Project",
    "SprintAnalysis",
    "SprintDays",
    "SprintForecast",
    "WhatIf",
    "open",
]
