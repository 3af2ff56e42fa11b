"""The moment an analysis speaks of."""

from datetime import UTC, date, datetime, timedelta

from sprintlib.calendar import WorkingCalendar
from sprintlib.clock import clock_of
from sprintlib.errors import SettingsError
from sprintlib.settings import Settings

YEARS = range(1970, 2200)  # beyond them a slip of the finger, and dates that calendars cannot count
LAST_SECOND = timedelta(seconds=1)  # GitHub's clock counts seconds, and the day itself stays the local date


def lies_ahead(moment: datetime) -> bool:
    """Whether a moment has not come yet. The last second of today, which stands for its date, does not count."""
    return moment > datetime.now(UTC) + timedelta(days=1)


def parse_as_of(text: str | None, settings: Settings) -> datetime:
    """A moment in UTC: now for None, RFC 3339 as written, or the last second of a date.

    A date is a day in the project's time zone. Raises SettingsError for anything else, a bare time too.
    """
    if text is None:
        return clock_of(settings)()
    try:
        if len(text) <= len("2026-11-23"):
            day = date.fromisoformat(text)
            moment = WorkingCalendar(time_zone=settings.time_zone).end_of_day(day) - LAST_SECOND
        else:
            moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and moment.year in YEARS:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise SettingsError(
        f"'{text}' is not a date or a time: write a date such as 2026-11-23, or a time with its offset such as "
        "2026-11-23T16:00:00Z."
    )
