"""Working days of a project: weekends, public holidays and days off do not count."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
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
    _holidays: dict[int, frozenset[date]] = field(default_factory=dict, compare=False, repr=False)

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
        return day.weekday() not in self.weekend and day not in self.days_off and day not in self._holidays_of(day.year)

    def end_of_day(self, day: date) -> datetime:
        """The first moment (UTC) after the local day."""
        return datetime.combine(day + timedelta(days=1), time.min, self.time_zone).astimezone(_UTC)

    def deadline(self, due_on: date) -> datetime:
        """The first moment (UTC) after the due date; what is closed before it is in time."""
        return self.end_of_day(due_on)

    def start_of_day(self, day: date) -> datetime:
        """The first moment (UTC) of the local day."""
        return datetime.combine(day, time.min, self.time_zone).astimezone(_UTC)

    def working_days(self, first: date, last: date) -> list[date]:
        """Working days in [first, last], both included."""
        days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        return [day for day in days if self.is_working_day(day)]

    def following(self, day: date) -> Iterator[date]:
        """Working days after `day`, without end (raises StopIteration after ten years)."""
        for offset in range(1, 3660):
            candidate = day + timedelta(days=offset)
            if self.is_working_day(candidate):
                yield candidate

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

    def _holidays_of(self, year: int) -> frozenset[date]:
        if not self.country:
            return frozenset()
        if year not in self._holidays:
            import holidays  # slow, and needed only where a country is set

            self._holidays[year] = frozenset(holidays.country_holidays(self.country, years=year))
        return self._holidays[year]


def _has_holidays(country: str) -> bool:
    import holidays

    return country.upper() in holidays.list_supported_countries()
