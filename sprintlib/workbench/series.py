"""What becomes of a project from day to day: its metrics, and a sprint."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from sprintlib.analysis import analyze_past
from sprintlib.calendar import WorkingCalendar
from sprintlib.errors import AnalysisError
from sprintlib.history import Sprint, load_state
from sprintlib.workbench.display import chance_axis, whole

if TYPE_CHECKING:
    import altair as alt

    from sprintlib.workbench.project import Project


_DAYS = pl.Schema({"day": pl.Date, "scope": pl.Int64, "done": pl.Int64, "probability": pl.Float64})


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
        return whole(self.latest())


@dataclass(frozen=True)
class SprintDays:
    """A sprint day by day."""

    project: "Project"
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
            .encode(x=day, y=chance_axis(alt.Y, "probability"), tooltip=[alt.Tooltip("probability:Q", format=".0%")])
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
