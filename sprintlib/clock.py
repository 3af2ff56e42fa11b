"""What time it is for a project: this machine's clock, or for a simulated one the moment that a file holds."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from sprintlib.errors import SettingsError
from sprintlib.settings import Settings

Clock = Callable[[], datetime]


def clock_of(settings: Settings) -> Clock:
    """Gives the present, UTC. A file is read at every call: whoever simulates moves its time on.

    Calling it raises SettingsError where `[clock] file` names a file that cannot be read.
    """
    if settings.clock.file is None:
        return utc_now
    place = (settings.home / settings.clock.file).expanduser()
    return lambda: _read(place)


def zone_name(moment: datetime, zone: tzinfo) -> str:
    """What a zone is called at a moment: `CET`, `CEST`, or `UTC-03` where it has no letters."""
    name = moment.astimezone(zone).tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name


def local_time(moment: datetime, zone: tzinfo) -> str:
    """A moment as it is told in a terminal: `2026-11-18 17:00 CET`."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} {zone_name(moment, zone)}"


def utc_now() -> datetime:
    """The present by this machine's clock."""
    return datetime.now(UTC)


def write_clock(place: Path, moment: datetime) -> None:
    """Say what time it is to everybody who reads that file; they see the time before or this one, nothing between."""
    new = place.with_name(f".{place.name}.new")
    new.write_text(moment.astimezone(UTC).isoformat() + "\n", encoding="ascii")
    new.replace(place)


def _read(place: Path) -> datetime:
    try:
        moment = datetime.fromisoformat(place.read_text(encoding="ascii").strip())
        if moment.tzinfo is None:
            raise ValueError("a time without its offset")
    except OSError as error:
        raise SettingsError(f"clock.file: {place} cannot be read: {error.strerror}.") from error
    except ValueError:
        raise SettingsError(f"clock.file: {place} holds no time such as 2026-11-23T16:00:00+00:00.") from None
    return moment.astimezone(UTC)
