"""Putting digests off: one key of sprint.toml, everything else in it stays as it is."""

from datetime import date

import tomlkit
from tomlkit.exceptions import TOMLKitError

from sprintlib.as_of import named_day
from sprintlib.clock import clock_of
from sprintlib.errors import SettingsError
from sprintlib.settings import FILE_NAME, Settings

_OFF = "off"


def snooze(settings: Settings, text: str) -> date | None:
    """Send nothing by itself before a day: a date, `tomorrow`, `+7d`; `off` ends it. Returns the day.

    Raises SettingsError for what is no day to come, or a file that cannot be written.
    """
    until = None if text.strip().lower() == _OFF else _day(settings, text)
    file = settings.home / FILE_NAME
    try:
        document = tomlkit.parse(file.read_text(encoding="utf-8"))
        section = document.setdefault("digest", tomlkit.table())
        if until is None:
            section.pop("snooze_until", None)
        else:
            section["snooze_until"] = until
        partial = file.with_suffix(".partial")
        partial.write_text(tomlkit.dumps(document), encoding="utf-8")
        partial.replace(file)
    except (OSError, TOMLKitError) as error:
        raise SettingsError(f"{file} cannot be changed ({type(error).__name__}): write snooze_until there.") from error
    return until


def _day(settings: Settings, text: str) -> date:
    today = clock_of(settings)().astimezone(settings.time_zone).date()
    try:
        found = named_day(text, today) or date.fromisoformat(text.strip())
    except ValueError:
        found = today
    if found <= today:
        raise SettingsError(f"'{text}' is not a day to come: write a date such as 2026-12-01, +7d, or off.")
    return found
