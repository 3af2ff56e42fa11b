"""Rates of events per working day, learned from few observations: Gamma-Poisson with forgetting."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sprintlib.calendar import WorkingCalendar

DISCOUNT = 0.97  # weight of a working day relative to the next one; half is forgotten in 23 working days
WINDOW = 260  # working days looked back; older ones weigh under .0004

# Startup defaults (judgement, docs/forecast.md): wide enough that a week of the team's own history outweighs them.
ITEMS_PER_DEVELOPER_DAY = 0.35
PACE_SHAPE = 2.0
ARRIVAL_SHARE_PER_DAY = 0.02  # of the committed items: a fifth of the commitment in two weeks
ARRIVAL_SHAPE = 1.0


@dataclass(frozen=True)
class Rate:
    """Gamma distribution of a rate: `shape` pseudo-events in `days` pseudo-days, mean shape / days per working day."""

    shape: float
    days: float

    @property
    def mean(self) -> float:
        return self.shape / self.days

    def after(self, events: float, days: float) -> "Rate":
        """The posterior once `events` were seen in `days` working days (both may be discounted sums)."""
        return Rate(self.shape + events, self.days + days)


def prior_pace(developers: float, per_developer: float = ITEMS_PER_DEVELOPER_DAY) -> Rate:
    """Closings of milestone items per working day by a team of that size, before anything was seen of it."""
    return Rate(PACE_SHAPE, PACE_SHAPE / (per_developer * max(developers, 0.5)))


def starting_pace(developers: float, days: float, imported: float | None) -> tuple[Rate, float]:
    """The prior that a team starts from, and the items of each developer and working day that it says.

    imported: what other teams' priors say of that, if any: used until the `days` of the team's own weigh as much as
    either prior does.
    """
    shipped = prior_pace(developers)
    if imported is not None:
        other = prior_pace(developers, imported)
        if days < min(shipped.days, other.days):
            return other, imported
    return shipped, ITEMS_PER_DEVELOPER_DAY


def prior_arrivals(committed: int) -> Rate:
    """Items added per working day to a milestone that started with `committed` items."""
    return Rate(ARRIVAL_SHAPE, ARRIVAL_SHAPE / (ARRIVAL_SHARE_PER_DAY * max(committed, 1)))


@dataclass(frozen=True)
class DiscountedCounts:
    """What was seen, discounted by age: `events` in `days` working days."""

    events: float
    days: float


def discounted_counts(
    event_days: Iterable[date], exposure: Mapping[date, float], today: date, calendar: WorkingCalendar
) -> DiscountedCounts:
    """Sum events and exposure with weight DISCOUNT ** (working days of age).

    event_days: local dates, any number of events a day. exposure: working day -> days at risk on it (may exceed 1
    when several milestones are counted side by side). Both only within WINDOW working days before `today`.
    """
    ages = _ages(today, calendar)
    return DiscountedCounts(
        sum(DISCOUNT ** ages[day] for day in event_days if day in ages),
        sum(amount * DISCOUNT ** ages[day] for day, amount in exposure.items() if day in ages),
    )


@lru_cache(maxsize=8)
def _ages(today: date, calendar: WorkingCalendar) -> Mapping[date, int]:
    """Working days of age for every local day of the window; a day off is as old as the working day before it."""
    ages: dict[date, int] = {}
    day, age = today, 0
    while age <= WINDOW:
        ages[day] = age
        age += calendar.is_working_day(day)
        day -= timedelta(days=1)
        if (today - day).days > 2 * WINDOW:
            break
    return ages
