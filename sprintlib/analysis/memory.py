"""What is remembered beside the numbers of a moment: what changed since, and past forecasts beside what came."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict


class ScoredForecast(BaseModel):
    """What was said of a sprint while it was under way, and what came.

    share: % of its time. due_on: as it was then; a date that was moved later changes nothing here. open_items: that
    were open then; ended: of these, done or dropped by the end of that due date. probability: 0-1, as it was said.
    """

    model_config = ConfigDict(frozen=True)

    sprint: str
    title: str
    share: int
    said_at: datetime
    due_on: date
    probability: float
    open_items: int
    ended: int

    @property
    def landed(self) -> bool:
        return self.ended == self.open_items


class ForecastRecord(BaseModel):
    """Forecasts of finished sprints as they were stored then, oldest sprint first. brier: their mean score, or null."""

    model_config = ConfigDict(frozen=True)

    forecasts: tuple[ScoredForecast, ...] = ()
    brier: float | None = None


class Memory(BaseModel):
    """What a report says beside the numbers of its moment. since: the comparison in a sentence, or empty."""

    model_config = ConfigDict(frozen=True)

    since: str = ""
    record: ForecastRecord = ForecastRecord()
