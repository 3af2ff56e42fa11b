"""When people are at their desks."""

import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from sprintsim.simulation import constants
from sprintsim.simulation.event_log import Person


class WorkSchedule:
    """One person's working hours: weekdays but absences, and now and then some hours of a weekend."""

    def __init__(self, person: Person, days: Iterable[date], rng: random.Random) -> None:
        days = list(days)
        self.absences = _absences(days, rng)
        self._weekends = {day for day in days if day.weekday() >= 5 and rng.random() < constants.WEEKEND_WORK}
        self._starts = time(person.day_starts, 15)

    def at_desk(self, day: date) -> tuple[datetime, datetime] | None:
        """Start and end of the working day; None for a day off."""
        opens = datetime.combine(day, self._starts, UTC)
        if day in self._weekends:
            return opens + timedelta(hours=2), opens + timedelta(hours=2 + constants.WEEKEND_HOURS)
        if day.weekday() >= 5 or day in self.absences:
            return None
        return opens, opens + timedelta(hours=constants.DAY_HOURS)

    def stay_away(self, days: set[date]) -> None:
        """Be absent on these days, weekends included."""
        self.absences |= days
        self._weekends -= days

    def after(self, moment: datetime, hours: float) -> datetime:
        """The moment when `hours` at the desk have passed since `moment`."""
        left = timedelta(hours=hours)
        day = moment.date()
        while True:
            span = self.at_desk(day)
            if span and span[1] > moment:
                begins = max(moment, span[0])
                if begins + left <= span[1]:
                    return begins + left
                left -= span[1] - begins
            day += timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether the team works: Monday to Friday."""
    return day.weekday() < 5


def shift(day: date, working_days: int) -> date:
    """The working day that is so many working days after (or before) `day`; 0 is the next one from `day` on."""
    step = timedelta(days=1 if working_days >= 0 else -1)
    while working_days >= 0 and not is_working_day(day):
        day += step
    for _ in range(abs(working_days)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def _absences(days: list[date], rng: random.Random) -> set[date]:
    absences: set[date] = set()
    if not days:
        return absences
    spells = sum(rng.random() < constants.ABSENCES_PER_PERSON / 2 for _ in range(2))
    for _ in range(spells):
        first = rng.choice(days)
        absences.update(first + timedelta(days=offset) for offset in range(rng.randint(*constants.ABSENCE_DAYS)))
    return absences
