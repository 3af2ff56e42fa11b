"""What if: the forecast of a sprint computed again under a change, with the same futures on both sides.

Common random numbers: a future that lands today also lands with less work, so that dropping, unblocking, reviewing,
a later due date or more people never lower the probability, and a gain carries little of the luck of the draw.
"""

from dataclasses import dataclass, replace
from datetime import date
from math import sqrt

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict

from sprintlib.forecast.absences import NOBODY, staffed
from sprintlib.forecast.inputs import ForecastInputs
from sprintlib.forecast.items import closings_of
from sprintlib.forecast.milestone_forecast import forecast, headline
from sprintlib.forecast.model import Forecast
from sprintlib.forecast.random_streams import DRAWS
from sprintlib.forecast.simulation import finish_days
from sprintlib.forecast.words import count, day_name, working_days
from sprintlib.forecast.workload import Workload
from sprintlib.history.sprint import Sprint

REVIEW_DAYS = 1.0  # an item that is reviewed or answered today is taken to end within a working day


@dataclass(frozen=True)
class Change:
    """What is supposed. drop, unblock, review: refs of open items. due_on: a new due date.

    people: how many join (or leave, negative) today and stay. away_days: working days that one person is away.
    """

    drop: tuple[str, ...] = ()
    unblock: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    due_on: date | None = None
    people: int = 0
    away_days: float = 0.0

    def and_also(self, other: "Change") -> "Change":
        """Both together: items of either, the later due date, people and absences added up."""
        dates = [day for day in (self.due_on, other.due_on) if day is not None]
        return Change(
            drop=_either(self.drop, other.drop),
            unblock=_either(self.unblock, other.unblock),
            review=_either(self.review, other.review),
            due_on=max(dates, default=None),
            people=self.people + other.people,
            away_days=self.away_days + other.away_days,
        )

    @property
    def refs(self) -> tuple[str, ...]:
        """Every item that it names."""
        return _either(self.drop, self.unblock, self.review)


def _either(*groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ref for group in groups for ref in group))


class WhatIfForecasts(BaseModel):
    """Both forecasts and what lies between them.

    gain: probability after minus before, as shown; null where one of them is. before_error, after_error, gain_error:
    standard errors of the Monte Carlo, which are no doubt about the model. assumptions: what was supposed, in words.
    """

    model_config = ConfigDict(frozen=True)

    before: Forecast
    after: Forecast
    gain: float | None
    before_error: float | None
    after_error: float | None
    gain_error: float | None
    assumptions: tuple[str, ...]


def what_if(inputs: ForecastInputs, change: Change) -> WhatIfForecasts:
    """The forecast as it is and as it would be under the change. Nothing is said about how likely the change is."""
    changed = apply_change(inputs, change)
    before, after = forecast(inputs), forecast(changed)
    landed = [_landed(each, found) for each, found in ((inputs, before), (changed, after))]
    return WhatIfForecasts(
        before=before,
        after=after,
        gain=gain(before.probability, after.probability),
        before_error=_error(landed[0]),
        after_error=_error(landed[1]),
        gain_error=None if landed[0] is None or landed[1] is None else _error(landed[1] - landed[0]),
        assumptions=tuple(_assumptions(inputs, changed, change)),
    )


def gain(before: float | None, after: float | None) -> float | None:
    """What a change brings: the probability under it minus the probability now, both as they are shown."""
    return None if before is None or after is None else round(after - before, 3)


def probability_under(inputs: ForecastInputs, change: Change) -> float | None:
    """The probability that `what_if` says of a change, without its dates and intervals."""
    return headline(apply_change(inputs, change)).probability


def apply_change(inputs: ForecastInputs, change: Change) -> ForecastInputs:
    """What the forecast would rest on."""
    sprint = rescheduled(_dropped(inputs.sprint, change.drop), change.due_on)
    work = work_under(inputs.work, change)
    if inputs.sprint.deadline is None and sprint.days_left:
        # from now on the items are planned, and close as planned ones do
        known = closings_of(sprint.past, sprint.calendar)
        work = replace(work, rates={**work.rates, **known.rates(inputs.work.open, sprint.days_left)})
    work = replace(work, days_left=sprint.days_left)
    return replace(inputs, sprint=sprint, work=staffed(work, _staff(inputs, work, change)))


def work_under(work: Workload, change: Change) -> Workload:
    """The open work once items are dropped, unblocked or reviewed; dates and people are not looked at."""
    return work.unblocked(change.unblock).landed_within(change.review, REVIEW_DAYS).without(change.drop)


def _dropped(sprint: Sprint, refs: tuple[str, ...]) -> Sprint:
    """The items stay inside as dropped: the milestone is done with them."""
    chosen = pl.col("ref").is_in(refs) & (pl.col("state") == "open")
    told = {"state": "closed", "closed_as": "dropped", "closed_at": sprint.past.as_of}
    return replace(
        sprint,
        items=sprint.items.with_columns(
            pl.when(chosen).then(pl.lit(value, sprint.items.schema[name])).otherwise(name).alias(name)
            for name, value in told.items()
        ),
    )


def rescheduled(sprint: Sprint, due_on: date | None) -> Sprint:
    """The sprint with another due date in all its parts; as it is for None."""
    if due_on is None:
        return sprint
    deadline = sprint.calendar.deadline(due_on)
    return replace(sprint, parts=tuple(replace(part, due_on=due_on, deadline=deadline) for part in sprint.parts))


def _staff(inputs: ForecastInputs, work: Workload, change: Change) -> float:
    """People at work under the change, as a multiple of today's: everybody closes the same share."""
    team = max(inputs.developers, 1.0)
    away = min(change.away_days / work.days_left, 1.0) if change.away_days and work.days_left else 0.0
    return max((team + change.people - away) / team, NOBODY)


def _landed(inputs: ForecastInputs, found: Forecast) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    """1 for each future that lands; None where the forecast rests on no futures."""
    if found.probability is None or inputs.work.days_left is None:
        return None
    landed = finish_days(inputs.work) <= inputs.work.days_left
    return np.asarray(landed, dtype=np.float64)


def _error(values: np.ndarray[tuple[int], np.dtype[np.float64]] | None) -> float | None:
    return None if values is None else round(float(values.std()) / sqrt(DRAWS), 4)


def _assumptions(inputs: ForecastInputs, changed: ForecastInputs, change: Change) -> list[str]:
    """What was supposed, a sentence each."""
    told = []
    if change.drop:
        told.append(f"{_named(change.drop)}: out today, and nothing comes in instead.")
    if change.unblock:
        told.append(f"{_named(change.unblock)}: no longer blocked from today on; still to be done at the team's pace.")
    if change.review:
        told.append(f"{_named(change.review)}: ended within {working_days(REVIEW_DAYS)}, beside the team's pace.")
    if change.due_on is not None:
        before = f" instead of {day_name(inputs.sprint.due_on)}" if inputs.sprint.due_on else ""
        told.append(f"Due {day_name(change.due_on)}{before}; items go on coming in at the same rate until then.")
    people = f"about {inputs.developers:.2g} active people"
    if change.people > 0:
        told.append(f"{change.people} more at work beside {people}, at full pace from today: newcomers rarely are.")
    if change.people < 0:
        told.append(f"{-change.people} of {people} away for good; everybody closes the same share.")
    if change.away_days:
        left = working_days(changed.work.days_left or 0.0)
        told.append(
            f"One of {people} away for {working_days(change.away_days)} of the {left} left; "
            "everybody closes the same share, spread evenly."
        )
    told.append(
        f"All else as in the forecast, with the same {DRAWS:,} futures before and after: this is what the model "
        "expects, not what such changes were seen to do."
    )
    return told


def _named(refs: tuple[str, ...]) -> str:
    return ", ".join(refs[:6]) + (f" and {count(len(refs) - 6, 'other')}" if len(refs) > 6 else "")
