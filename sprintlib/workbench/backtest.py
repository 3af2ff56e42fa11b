"""How the forecasts of finished sprints would have done."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import polars as pl
from markupsafe import Markup

from sprintlib.workbench.display import chance_axis, whole

if TYPE_CHECKING:
    import altair as alt

    from sprintlib.evaluate import OwnBacktest


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
                x=chance_axis(alt.X, "probability"),
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
        return str(Markup("<p><strong>{}</strong></p>").format(self.verdict)) + whole(self.scores())
