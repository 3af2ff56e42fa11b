"""The public face for notebooks: a project opened once, its frames, and analyses that show themselves.

Frames are polars; charts are altair. Everything is as of one moment, and is what command line and pages show.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from markupsafe import Markup
from polars._typing import PolarsDataType
from sqlalchemy import Engine

from sprintlib.analysis import Analysis, MilestoneAnalysis, analyze_past
from sprintlib.analysis.model import Sentence
from sprintlib.analysis.pipeline import project_sprints, select_context, sprint_contexts
from sprintlib.analysis.selection import select_milestone
from sprintlib.calendar import WorkingCalendar
from sprintlib.dependencies import find_dependencies
from sprintlib.errors import AnalysisError
from sprintlib.features import Metric, measure
from sprintlib.forecast.words import percent, points
from sprintlib.history import ProjectState, Sprint, load_state
from sprintlib.project import ProjectHandle
from sprintlib.recommend import Plan
from sprintlib.services import Answer, WhatIfResult, analyze, ask, what_if
from sprintlib.settings import Settings, load

if TYPE_CHECKING:
    import altair as alt

    from sprintlib.evaluate import OwnBacktest

_LONGEST_TEXT = 1_000  # characters of a cell
_COMMON_TEXT = 80  # of a cell in a frame of facts, where polars would cut after 30

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
_REPLAYS = {
    "title": pl.String,
    "share": pl.Int64,
    "open_items": pl.Int64,
    "probability": pl.Float64,
    "probability_delivered": pl.Float64,
    "reason": pl.String,
    "base_rate": pl.Float64,
    "landed": pl.Boolean,
    "delivered": pl.Boolean,
}
_SCORES = {
    "share": pl.Int64,
    "n": pl.Int64,
    "brier": pl.Float64,
    "base_rate_brier": pl.Float64,
    "difference": pl.Float64,
    "error": pl.Float64,
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
        return f"Project {self.settings.project.name!r} ({repos}), as of {self.as_of:%Y-%m-%d %H:%M} UTC"

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
        from sprintlib.views import burn_up_chart, draw_charts_offline

        draw_charts_offline()
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

    def __repr__(self) -> str:
        return repr(self.frame())

    def _repr_html_(self) -> str:
        return _whole(self.frame().select(pl.exclude("id", "record", "rule")))


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
            project.handle,
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
        from sprintlib.views import first_screen, style, vega_preamble, wrapped

        before = style() + vega_preamble(self.project.settings.data_dir / "cache")
        page = before + wrapped(first_screen(self.analysis, self.milestone))
        return {"text/plain": self.summary, "text/html": page}


@dataclass(frozen=True)
class SprintAnswer:
    """The answer to a question. `sentences` cite what they rest on; `hits` is what else was found, best first."""

    project: Project
    result: Answer

    @property
    def outcome(self) -> str:
        """`answered`, or `unknown` or `refused`, with one sentence that says so."""
        return self.result.outcome

    @property
    def sentences(self) -> Sequence[Sentence]:
        return self.result.sentences

    @property
    def hits(self) -> Sequence[Any]:
        """Of type sprintlib.knowledge.Hit."""
        return self.result.hits

    def __repr__(self) -> str:
        return "\n".join(one.text for one in self.sentences)

    def _repr_html_(self) -> str:
        from sprintlib.views.templating import macro

        known = frozenset(repo.lower() for repo in self.project.settings.project.repositories)
        lines = [
            Markup("{} {}").format(
                macro("macros.html", "sentence", one.text, one.evidence, known),
                macro("macros.html", "citations", one.evidence, known, one.text),
            )
            for one in self.sentences
        ]
        return macro("macros.html", "lines", lines)


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
        from sprintlib.views.templating import render

        return render("what_if.html", verdict=repr(self), assumptions=self.result.found.assumptions)


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

        from sprintlib.views import draw_charts_offline

        draw_charts_offline()
        rows = self._frame.drop_nulls("value").select("as_of", "name", "value", "unit", "n").to_dicts()
        values = [{**row, "as_of": row["as_of"].isoformat()} for row in rows]
        base = alt.Chart(alt.InlineData(values=values))
        chart: alt.Chart = (
            base.mark_line(point=True)
            .encode(
                x=alt.X("as_of:T", title=None),
                y=alt.Y("value:Q", title=", ".join(self._frame["unit"].unique().sort())),
                color=alt.Color("name:N", title=None),
                tooltip=["name:N", "value:Q", "unit:N", "n:Q"],
            )
            .properties(width=480, height=200)
        )
        return chart

    def __repr__(self) -> str:
        return repr(self.latest())

    def _repr_html_(self) -> str:
        return _whole(self.latest())


@dataclass(frozen=True)
class SprintDays:
    """A sprint day by day."""

    project: Project
    sprint: Sprint

    def frame(self) -> pl.DataFrame:
        """One row a day since the start: day, scope, done, probability (as it was told with that day's facts).

        Days off have no probability of their own; an analysis of each working day takes a moment.
        """
        return self._frame

    def chart(self) -> "alt.VConcatChart":
        """Scope and done above, the chance below, by day."""
        import altair as alt

        from sprintlib.views import draw_charts_offline

        draw_charts_offline()
        rows = self._frame.with_columns(pl.col("day").cast(pl.String) + "T00:00:00")  # no zone moves the day
        counts = rows.unpivot(["scope", "done"], index="day", variable_name="items", value_name="number")
        day = alt.X(
            "day:T", title=None, axis=alt.Axis(format="%-d %b", tickCount="day", grid=False, labelOverlap="greedy")
        )
        above = (
            alt.Chart(alt.InlineData(values=counts.to_dicts()))
            .mark_line(point=True)
            .encode(x=day, y=alt.Y("number:Q", title="items"), color=alt.Color("items:N", title=None, sort=["scope"]))
            .properties(width=640, height=160)
        )
        below = (
            alt.Chart(alt.InlineData(values=rows.drop_nulls("probability").to_dicts()))
            .mark_line(point=True)
            .encode(x=day, y=_chance(alt.Y, "probability"), tooltip=[alt.Tooltip("probability:Q", format=".0%")])
            .properties(width=640, height=160)
        )
        chart: alt.VConcatChart = alt.vconcat(above, below)
        return chart

    @cached_property
    def _frame(self) -> pl.DataFrame:
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


@dataclass(frozen=True)
class Backtest:
    """Forecasts of the project's own finished dated sprints, beside what came."""

    result: "OwnBacktest"

    @property
    def verdict(self) -> str:
        """At half time: whether the forecast beats the team's own base rate, and whether that can be known."""
        return self.result.verdict

    def frame(self) -> pl.DataFrame:
        """One row a forecast; chances are 0-1.

        title, share (% of the sprint's time), open_items, probability, probability_delivered, reason (of a missing
        number), base_rate, landed (all that was open then ended in time), delivered.
        """
        return pl.DataFrame([asdict(replay) for replay in self.result.replays], schema=_REPLAYS)

    def scores(self) -> pl.DataFrame:
        """One row a time: share, n, brier and base_rate_brier (lower is better), their difference and its error."""
        return pl.DataFrame([asdict(score) for score in self.result.scores], schema=_SCORES)

    def plans(self) -> pl.DataFrame:
        """One row a sprint: what was committed, and what of it ended in time."""
        return pl.DataFrame([asdict(plan) for plan in self.result.plans])

    def chart(self) -> "alt.Chart":
        """Every forecast: a row a sprint, the chance from left to right, coloured by what came."""
        import altair as alt

        from sprintlib.views import draw_charts_offline

        draw_charts_offline()
        rows = self.frame().drop_nulls("probability")
        came = pl.when("landed").then(pl.lit("all in time")).otherwise(pl.lit("not all in time"))
        time = pl.format("{} % of its time", "share")
        shown = rows.select("title", "probability", "open_items", came=came, time=time)
        chart: alt.Chart = (
            alt.Chart(alt.InlineData(values=shown.to_dicts()))
            .mark_point(filled=True, size=90)
            .encode(
                x=_chance(alt.X, "probability"),
                y=alt.Y("title:N", title=None, sort=rows["title"].unique(maintain_order=True).to_list()),
                color=alt.Color("came:N", title="came"),
                shape=alt.Shape("time:N", title="forecast at"),
                tooltip=["title:N", "time:N", alt.Tooltip("probability:Q", format=".0%"), "open_items:Q", "came:N"],
            )
            .properties(width=520)
        )
        return chart

    def __repr__(self) -> str:
        from sprintlib.evaluate import own_text

        return own_text(self.result)

    def _repr_html_(self) -> str:
        return str(Markup("<p><strong>{}</strong></p>").format(self.verdict)) + _whole(self.scores())


def _whole(frame: pl.DataFrame) -> str:
    """A frame as HTML with all of its rows and texts, where polars would cut them."""
    with pl.Config(tbl_rows=-1, tbl_cols=-1, fmt_str_lengths=_LONGEST_TEXT, fmt_table_cell_list_len=-1):
        html: str = frame._repr_html_()
    return html


def _chance(channel: Any, field: str) -> Any:
    """An axis from 0 to 100 %."""
    import altair as alt

    return channel(f"{field}:Q", title="chance", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%"))


def _metric_row(moment: datetime, metric: Metric) -> tuple[Any, ...]:
    values = (metric.family, metric.name, metric.value, metric.p85, metric.unit, metric.n, metric.window, metric.reason)
    return (moment.date(), *values)


__all__ = [
    "Backtest",
    "Findings",
    "Metrics",
    "Project",
    "SprintAnalysis",
    "SprintAnswer",
    "SprintDays",
    "SprintForecast",
    "WhatIf",
    "open",
]
