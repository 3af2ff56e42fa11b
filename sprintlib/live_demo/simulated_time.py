"""The time in which the simulated startup lives: one working day after the other, nights and weekends left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

_OPENS, _HOURS = time(6), timedelta(hours=16)  # from before the first is at work until after the last has gone


@dataclass(frozen=True)
class SimulatedTime:
    """days: the working days that go by, at least one. pace: seconds that each takes."""

    days: Sequence[date]
    pace: float

    def number(self, seconds: float) -> int:
        """Which of the days it is so many seconds after the beginning; the number of days when all are over."""
        return min(max(int(seconds / self.pace), 0), len(self.days))

    def evening(self, number: int) -> datetime:
        """The end of one of the days (UTC)."""
        return datetime.combine(self.days[number], _OPENS, UTC) + _HOURS

    def moment(self, seconds: float) -> datetime:
        """What time it is then (UTC). After the last day it stays the end of that day."""
        number = self.number(seconds)
        if number == len(self.days):
            return self.evening(number - 1)
        share = max(seconds / self.pace - number, 0.0)
        return datetime.combine(self.days[number], _OPENS, UTC) + share * _HOURS
