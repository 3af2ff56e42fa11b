"""The moment an analysis speaks of."""

import re
from datetime import UTC, date, datetime, timedelta

from sprintlib.calendar import WorkingCalendar
from sprintlib.clock import clock_of
from sprintlib.errors import SettingsError
from sprintlib.settings import Settings

YEARS = range(1970, 2200)  # beyond them a slip of the finger, and dates that calendars cannot count
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_AHEAD = re.compile(r"([+-]\d{1,4})d")
LAST_SECOND = timedelta(seconds=1)  # GitHub's clock counts seconds, and the day itself stays the local date


def lies_ahead(moment: datetime) -> bool:
    """Whether a moment has not come yet. The last second of today, which stands for its date, does not count."""
    return moment > datetime.now(UTC) + timedelta(days=1)


def named_day(text: str, today: date) -> date | None:
    """The day that `yesterday`, `today`, `tomorrow`, `+3d` or `-3d` names, seen from today; None for other words."""
    word = text.strip().lower()
    if word in _DAYS:
        return today + timedelta(days=_DAYS[word])
    match = _AHEAD.fullmatch(word)
    return today + timedelta(days=int(match[1])) if match else None


def parse_as_of(text: str | None, settings: Settings) -> datetime:
    """A moment in UTC: now for None, RFC 3339 as written, or the last second of a date.

    A date is a day in the project's time zone; `yesterday`, `today` and `-3d` name one too. Raises SettingsError for
    anything else, a bare time too.
    """
    if text is None:
        return clock_of(settings)()
    try:
        day = named_day(text, datetime.now(settings.time_zone).date())
        if day is not None or len(text) <= len("2026-11-23"):
            day = day or date.fromisoformat(text)
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
