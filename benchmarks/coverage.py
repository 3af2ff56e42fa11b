"""Whether the intervals of a sprint forecast hold what they say: `python benchmarks/coverage.py 231-260`, seeds.

Finished sprints of simulated startups, forecast at 30, 50 and 80 % of their time from what was known then; two minutes
of one core for 30 startups. Of each interval, for three shares of the futures:

    held      truths in it, in whole days or items, both ends included, as it is shown
    futures   futures in it: what it says by itself
    wide      truths between the percentiles, both included: as it would be without `forecast.ranges`
    smooth    the same with a truth on an end spread over the futures that have it, so that it does not matter that
              days and items are whole (randomised PIT: Czado, Gneiting & Held 2009, "Predictive model assessment for
              count data", Biometrics 65): 80 of 100 for 80 % if the futures are right
    width     highest less lowest, mean (days: 60 at most)

Then `probability`, so that nothing is won at its cost.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Engine
from startups import END, seeds, startup

from sprintlib.calendar import WorkingCalendar
from sprintlib.dependencies import find_dependencies
from sprintlib.forecast import ForecastInputs, SprintHistory, forecast
from sprintlib.forecast.milestone_forecast import FINISHED_BY, days_ahead
from sprintlib.forecast.ranges import Values, interval, quantile
from sprintlib.forecast.simulation import finish_days, present_closed
from sprintlib.history import find_sprints, load_state
from sprintlib.risks import SprintContext
from sprintlib.settings import Settings

TIMES = (30, 50, 80)
SHARES = (0.3, 0.5, 0.8)
CALENDAR = WorkingCalendar()


@dataclass(frozen=True)
class Foretold:
    """A whole number that was foretold. futures: shape (DRAWS,). truth: None where it is not known to be over yet.

    seen: the truth is more than this, where it is None.
    """

    futures: Values
    truth: float | None
    seen: float = 0.0


@dataclass(frozen=True)
class Case:
    """A sprint at one of TIMES: what was said, and what came."""

    time: int
    probability: float
    landed: bool
    finish: Foretold  # working days after that day; 0 is that day
    closed: Foretold  # items now open that were closed by the deadline


def cases(engine: Engine, settings: Settings, end: datetime) -> Iterator[Case]:
    """Every finished sprint with something open at one of TIMES and a number."""
    whole = load_state(engine, settings, end)
    closed = dict(whole.items.select("ref", "closed_at").iter_rows())
    for one in SprintHistory(whole, CALENDAR, most=1000).finished:
        for time in TIMES:
            moment = one.start + (one.deadline - one.start) * (time / 100)
            past = load_state(engine, settings, moment)
            sprint = next(iter(find_sprints(past, CALENDAR, one.title)), None)
            if sprint is None:
                continue
            inputs = SprintContext(sprint, settings.risks, find_dependencies(past)).inputs
            told = forecast(inputs)
            if inputs.work.open and told.probability is not None and told.reason is None:
                ends = [closed[ref] for ref in inputs.work.open]
                yield _case(inputs, time, told.probability, ends, one.deadline, end)


def _case(
    inputs: ForecastInputs,
    time: int,
    probability: float,
    ends: list[datetime | None],
    deadline: datetime,
    end: datetime,
) -> Case:
    sprint, work = inputs.sprint, inputs.work
    finish = finish_days(work)
    over = None if None in ends else max(each for each in ends if each)
    seen = days_ahead(sprint, np.array([CALENDAR.working_time(sprint.past.as_of, over or end)]))
    in_time = sum(each is not None and each < deadline for each in ends)
    return Case(
        time,
        probability,
        landed=in_time == len(ends),
        finish=Foretold(days_ahead(sprint, finish), float(seen[0]) if over else None, float(seen[0])),
        closed=Foretold(present_closed(work, work.days_left or 0.0, finish), float(in_time)),
    )


# ------------------------------------------------------------------ scoring


def held(one: Foretold, low: float, high: float) -> float | None:
    """1 where the truth lies between, ends included; None where that is not known yet."""
    if one.truth is None:
        return None if high >= one.seen else 0.0
    return float(low <= one.truth <= high)


def smoothed(one: Foretold, low: float, high: float) -> float | None:
    """How much of the truth, spread over the futures that have it, lies between two levels; None where not known."""
    if one.truth is None:
        return None if np.mean(one.futures <= one.seen) < high else 0.0
    below, up_to = float(np.mean(one.futures < one.truth)), float(np.mean(one.futures <= one.truth))
    if below == up_to:
        return float(low <= below <= high)
    return max(min(up_to, high) - max(below, low), 0.0) / (up_to - below)


def mean(values: Sequence[float | None]) -> float:
    """Of those that are known."""
    return float(np.mean([value for value in values if value is not None]))


def line(name: str, told: Sequence[Foretold], share: float, least_high: float) -> str:
    """One row of the table."""
    levels = (1 - share) / 2, (1 + share) / 2
    shown = [interval(one.futures, share, min(least_high, levels[1])) for one in told]
    wide = [(quantile(one.futures, levels[0]), quantile(one.futures, levels[1])) for one in told]
    known = [held(one, *ends) for one, ends in zip(told, shown, strict=True)]
    figures = [
        mean(known),
        mean(
            [
                float(np.mean((one.futures >= low) & (one.futures <= high)))
                for one, (low, high) in zip(told, shown, strict=True)
            ]
        ),
        mean([held(one, *ends) for one, ends in zip(told, wide, strict=True)]),
        mean([smoothed(one, *levels) for one in told]),
    ]
    n = len(known) - known.count(None)
    widths = [[min(high, 60.0) - min(low, 60.0) for low, high in ends] for ends in (shown, wide)]
    return (
        f"{name:<14}{share:>5.0%}{n:>6}"
        + "".join(f"{figure:>9.3f}" for figure in figures)
        + f"{mean(widths[0]):>8.2f} ({mean(widths[1]):.2f})"
    )


def report(found: Sequence[Case]) -> None:
    """Both intervals and `probability`, at each time and at all."""
    print(f"{'':<14}{'':>5}{'n':>6}{'held':>9}{'futures':>9}{'wide':>9}{'smooth':>9}{'width':>8} (wide)")
    for time in (None, *sorted({case.time for case in found})):
        chosen = [case for case in found if time in (None, case.time)]
        when = "all" if time is None else f"{time} %"
        for share in SHARES if time is None else SHARES[-1:]:
            print(line(f"finish, {when}", [case.finish for case in chosen], share, FINISHED_BY))
            print(line(f"closed, {when}", [case.closed for case in chosen], share, 0.5))
        told, came = (np.array([getattr(case, name) for case in chosen], float) for name in ("probability", "landed"))
        print(
            f"probability, {when}: n {len(chosen)}, Brier {np.mean((told - came) ** 2):.3f}, told {told.mean():.2f}, "
            f"came {came.mean():.2f}"
        )


def main(chosen: Sequence[int]) -> None:
    """Print the report of these startups."""
    found: list[Case] = []
    for seed in chosen:
        with startup(seed) as (engine, settings):
            found += cases(engine, settings, END)
    report(found)


if __name__ == "__main__":
    main(seeds(sys.argv[1]))
