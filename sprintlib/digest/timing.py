"""When a digest is due: once a working day, or once a week, from a local time on."""

from datetime import date, datetime, time, timedelta

from sprintlib.calendar import WorkingCalendar
from sprintlib.settings import DigestSettings, Settings

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def slot_of(settings: Settings, now: datetime) -> date:
    """The local day that names the message of now: today, or the day of this week's message for a weekly one.

    What was sent under this day is not sent again.
    """
    today = now.astimezone(settings.time_zone).date()
    if settings.digest.every == "day":
        return today
    return today - timedelta(days=(today.weekday() - _WEEKDAYS.index(settings.digest.weekday)) % 7)


def is_due(settings: Settings, now: datetime) -> bool:
    """Whether messages go out at this moment: they are asked for, not snoozed, and it is a working day after the time.

    A weekly one that was missed, or whose day is a day off, goes out on the next working day of its week.
    """
    wanted: DigestSettings = settings.digest
    local = now.astimezone(settings.time_zone)
    if not wanted.to or is_snoozed(settings, local.date()):
        return False
    hour, minute = (int(part) for part in wanted.at.split(":"))
    on_time = local.time() >= time(hour, minute) or slot_of(settings, now) < local.date()
    return on_time and WorkingCalendar.from_settings(settings).is_working_day(local.date())


def is_snoozed(settings: Settings, today: date) -> bool:
    """Whether nothing goes out by itself today."""
    until = settings.digest.snooze_until
    return until is not None and today < until
