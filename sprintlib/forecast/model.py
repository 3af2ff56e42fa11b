"""What a forecast says."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Basis = Literal["prior", "learned", "insufficient-data"]
DeliveredBy = Literal["mechanistic", "layered"]


Stage = Literal["untouched", "begun", "opened", "reviewed", "approved"]


class ItemForecast(BaseModel):
    """An open item of a sprint, or an open pull request that carries one, and whether it closes in time.

    closes_by_due: probability that it is done or dropped by the deadline of the sprint, clamped to [.03, .97]; null
    with `reason`. carries: items of the sprint that it closes by keyword. inside: whether it is in the sprint itself.
    stage: how far it is, `begun` also for a draft. n_history: items the project closed in the 90 days before.
    """

    model_config = ConfigDict(frozen=True)

    ref: str
    kind: Literal["issue", "pull"]
    title: str
    html_url: str
    inside: bool
    carries: tuple[str, ...] = ()
    stage: Stage
    blocked: bool
    closes_by_due: Annotated[float, Field(ge=0.03, le=0.97)] | None
    reason: str | None = None
    basis: Basis
    n_history: int


class Interval(BaseModel):
    """80 % intervals, both ends included: the whole items, or days, whose share of the futures is nearest to that."""

    model_config = ConfigDict(frozen=True)

    items_closed_by_due: tuple[int, int] | None = None
    finish_date: tuple[date | None, date | None] | None = None


class ForecastDates(BaseModel):
    """By which date everything is done with 50, 70, 85, 95 % probability; null: beyond the horizon of a year."""

    model_config = ConfigDict(frozen=True)

    p50: date | None = None
    p70: date | None = None
    p85: date | None = None
    p95: date | None = None


class Forecast(BaseModel):
    """The future of one milestone, or of one part of it in one repository.

    probability: every item now inside is done or dropped by the deadline; clamped to [.03, .97]; null with `reason`.
    probability_delivered: at least the amount now in scope is delivered by then, by whichever items.
    delivered_by: `layered` where the statistical layer has a say in it, else the mechanistic one alone.
    n_history: closings of milestone items the throughput rests on. basis: what the numbers rest on.
    projection: (day, low, median, high) of the items done or dropped, with their 80 % interval, for the burn-up.
    finish_by_day: (working day, share of the futures in which everything is done or dropped by its end), from today.
    """

    model_config = ConfigDict(frozen=True)

    probability: float | None
    probability_delivered: float | None
    delivered_by: DeliveredBy = "mechanistic"
    reason: str | None = None
    basis: Basis
    n_history: int
    interval: Interval = Interval()
    dates: ForecastDates = ForecastDates()
    closed_in_two_weeks: tuple[int, int, int] | None = None
    projection: tuple[tuple[date, float, float, float], ...] = ()
    finish_by_day: tuple[tuple[date, float], ...] = ()
