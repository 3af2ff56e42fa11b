"""The moments at which reports become due: a local time of day on days of the week."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sprintlib.results.run_table import Run
from sprintlib.settings import Settings

RETRY_AFTER = timedelta(hours=1)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Slot:
    """From the moment at which a report became due until the next one becomes due, UTC; the end is not inside."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether a report as of that moment is the one of this slot; one made while the clock was wrong is not."""
        return self.start <= moment < self.end


def slot_at(settings: Settings, days: Collection[str], now: datetime) -> Slot | None:
    """The slot that `now` is in, by `[report] at` on these days; None without any day.

    A local time that a change of the clocks leaves out is taken as if they had not been changed; of one that comes
    twice, the first counts. So every day has one.
    """
    if not days:
        return None
    today = now.astimezone(settings.time_zone).date()
    near = [today + timedelta(days=offset) for offset in range(-8, 9)]
    starts = [_moment(settings, datetime.combine(day, time())) for day in near if _WEEKDAYS[day.weekday()] in days]
    start = max(moment for moment in starts if moment <= now)
    return Slot(start, min(moment for moment in starts if moment > now))


def tried_lately(runs: Collection[Run], now: datetime) -> bool:
    """Whether any of these came to nothing, or runs, less than an hour ago; by the project's clock, on either side.

    What failed while the clock was ahead does not wait until it has caught up.
    """
    return any(run.state != "ok" and abs(now - run.as_of) < RETRY_AFTER for run in runs)


def _moment(settings: Settings, day: datetime) -> datetime:
    hour, minute = (int(part) for part in settings.report.at.split(":"))
    return day.replace(hour=hour, minute=minute, tzinfo=settings.time_zone).astimezone(UTC)
