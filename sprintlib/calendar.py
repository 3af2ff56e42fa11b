"""Working days of a project: weekends, public holidays and days off do not count."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sprintlib.errors import SettingsError
from sprintlib.settings import Settings

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class WorkingCalendar:
    """Which local days are worked, and where a day begins.

    weekend: weekday numbers, Monday is 0. days_off: local dates.
    """

    time_zone: ZoneInfo = _UTC
    weekend: frozenset[int] = frozenset({5, 6})
    days_off: frozenset[date] = frozenset()
    country: str | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> "WorkingCalendar":
        """The calendar of `sprint.toml`. Raises SettingsError for a country without known holidays."""
        country = settings.calendar.country
        if country and not _has_holidays(country):
            raise SettingsError(
                f"calendar.country: no public holidays are known for '{country}'; use an ISO code such as DE."
            )
        return cls(
            time_zone=settings.time_zone,
            weekend=frozenset(_WEEKDAYS.index(day) for day in settings.calendar.weekend),
            days_off=frozenset(settings.calendar.days_off),
            country=country.upper() if country else None,
        )

    def local_date(self, moment: datetime) -> date:
        """The local date on which a moment (aware) falls."""
        return moment.astimezone(self.time_zone).date()

    def is_working_day(self, day: date) -> bool:
        if day.weekday() in self.weekend or day in self.days_off:
            return False
        return not self.country or day not in _holidays(self.country, day.year)

    def end_of_day(self, day: date) -> datetime:
        """The first moment (UTC) after the local day."""
        return _midnight(self.time_zone, day + timedelta(days=1))

    def deadline(self, due_on: date) -> datetime:
        """The first moment (UTC) after the due date; what is closed before it is in time."""
        return self.end_of_day(due_on)

    def start_of_day(self, day: date) -> datetime:
        """The first moment (UTC) of the local day."""
        return _midnight(self.time_zone, day)

    def working_days(self, first: date, last: date) -> list[date]:
        """Working days in [first, last], both included."""
        years = range(first.year, last.year + 1)
        days = [day for year in years for day in _worked_in(self, year)]
        return days[bisect_left(days, first) : bisect_right(days, last)]

    def following(self, day: date) -> Iterator[date]:
        """Working days after `day`, without end (raises StopIteration after ten years)."""
        for year in range(day.year, day.year + 11):
            days = _worked_in(self, year)
            yield from days[bisect_right(days, day) :]

    def working_time(self, start: datetime, end: datetime) -> float:
        """Working days between two moments, a day being 24 local hours; 0 where end <= start.

        A Friday 12:00 to the Monday 12:00 after it is 1.0.
        """
        if end <= start:
            return 0.0
        days = self.working_days(self.local_date(start), self.local_date(end))
        ends = dict.fromkeys((*days[:1], *days[-1:]))  # only these can be worked in part
        return len(days) - len(ends) + sum(self._worked(day, start, end) for day in ends)

    def _worked(self, day: date, start: datetime, end: datetime) -> float:
        """Share of a local day that lies between two moments, 0-1."""
        opens, closes = self.start_of_day(day), self.end_of_day(day)
        worked = min(end, closes) - max(start, opens)
        return max(worked.total_seconds(), 0.0) / (closes - opens).total_seconds()


@lru_cache(maxsize=20_000)  # a burn-up asks for every day of its sprint
def _midnight(time_zone: ZoneInfo, day: date) -> datetime:
    return datetime.combine(day, time.min, time_zone).astimezone(_UTC)


@lru_cache(maxsize=500)  # spans of time are asked for by the thousand, of a few calendars
def _worked_in(calendar: WorkingCalendar, year: int) -> tuple[date, ...]:
    """All working days of a year."""
    first, last = (date(year, *day).toordinal() for day in ((1, 1), (12, 31)))
    days = (date.fromordinal(day) for day in range(first, last + 1))
    return tuple(day for day in days if calendar.is_working_day(day))


@lru_cache(maxsize=500)
def _holidays(country: str, year: int) -> frozenset[date]:
    import holidays  # slow, and needed only where a country is set

    return frozenset(holidays.country_holidays(country, years=year))


def _has_holidays(country: str) -> bool:
    import holidays

    return country.upper() in holidays.list_supported_countries()
