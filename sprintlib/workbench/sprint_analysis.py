"""One sprint: its forecast, what was found, and what would change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from sprintlib.analysis import Analysis, MilestoneAnalysis
from sprintlib.forecast.words import percent, points
from sprintlib.recommend import Plan
from sprintlib.services import WhatIfResult, what_if
from sprintlib.workbench.display import whole

if TYPE_CHECKING:
    import altair as alt

    from sprintlib.workbench.project import Project


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
        return whole(self.frame().select(pl.exclude("id", "record", "rule")))


@dataclass(frozen=True)
class SprintAnalysis:
    """One sprint's analysis. Shows itself in a notebook; in a terminal it prints its verdict."""

    project: "Project"
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
