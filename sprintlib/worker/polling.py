"""Following GitHub by asking it: cheap by ETags, often while something happens, seldom while nothing does."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from sprintlib.calendar import WorkingCalendar
from sprintlib.errors import RateLimitError, SprintError, UnreachableError
from sprintlib.github import RetryPolicy, SyncSummary, find_token, sync
from sprintlib.settings import Settings
from sprintlib.store import store_error

SHORTEST, LONGEST_BY_DAY, LONGEST = 30.0, 300.0, 900.0
_NIGHT_ENDS, _NIGHT_BEGINS = 7, 20
_WITHOUT_TOKEN = 900.0
_AFTER_ERROR = 30.0
_PATIENCE = RetryPolicy(attempts=3)
# how often a sleeping machine may look at its clock
_LOOK_SECONDS = 1.0


@dataclass
class Pace:
    """How long to wait until GitHub is asked again. calendar: when people work, in the project's time zone."""

    calendar: WorkingCalendar
    seconds: float = SHORTEST

    def after(self, changed: bool, now: datetime, has_token: bool = True) -> float:
        """Seconds to wait after an answer: the shortest after a change, then longer each time that nothing changed."""
        longest = LONGEST_BY_DAY if self._is_working_time(now) else LONGEST
        self.seconds = SHORTEST if changed else min(1.5 * self.seconds, longest)
        return max(self.seconds, SHORTEST if has_token else _WITHOUT_TOKEN)

    def after_error(self, error: SprintError, now: datetime) -> float:
        """Seconds to wait after an error: until a limit is over, else longer each time."""
        if isinstance(error, RateLimitError) and error.reset_at:
            return min(max((error.reset_at - now).total_seconds() + 1.0, SHORTEST), 3600.0)
        self.seconds = min(max(1.5 * self.seconds, _AFTER_ERROR), LONGEST_BY_DAY)
        return self.seconds

    def _is_working_time(self, now: datetime) -> bool:
        local = now.astimezone(self.calendar.time_zone)
        return self.calendar.is_working_day(local.date()) and _NIGHT_ENDS <= local.hour < _NIGHT_BEGINS


class Watch(threading.Thread):
    """Polls until it is stopped: network away, a revoked token and a machine that slept are only waited for.

    say: is told one line on what it is doing, whenever that changes. The token is looked for each time.
    """

    def __init__(self, engine: Engine, settings: Settings, say: Callable[[str], None]) -> None:
        super().__init__(name="watch", daemon=True)
        self._engine = engine
        self._settings = settings
        self._say = say
        self._pace = Pace(WorkingCalendar.from_settings(settings))
        self._stop_it = threading.Event()

    def stop(self) -> None:
        self._stop_it.set()

    def run(self) -> None:
        while not self._stop_it.is_set():
            self._wait(self.poll())

    def poll(self) -> float:
        """Ask once. Returns how many seconds to wait; never raises for what may be otherwise next time."""
        self._say("Asking GitHub what is new ...")
        now = datetime.now(UTC)
        try:
            token = find_token(self._settings)
            summary = sync(self._engine, self._settings, token, retry_policy=_PATIENCE)
        except SprintError as error:
            seconds = self._pace.after_error(error, now)
            self._say(f"{_trouble(error)} Next try {_at(seconds, self._settings)}.")
            return seconds
        except DatabaseError as error:
            seconds = _AFTER_ERROR
            self._say(f"{store_error(self._settings.database_url, error)} Next try {_at(seconds, self._settings)}.")
            return seconds
        seconds = self._pace.after(something_new(summary), now, token is not None)
        self._say(f"{told(summary)}; next look {_at(seconds, self._settings)}.")
        return seconds

    def _wait(self, seconds: float) -> None:
        """By the clock on the wall, so that a machine that slept asks as soon as it wakes."""
        until = time.time() + seconds
        while time.time() < until and not self._stop_it.wait(min(_LOOK_SECONDS, seconds)):
            pass


def something_new(summary: SyncSummary) -> bool:
    """Whether GitHub answered anything but that nothing changed."""
    return summary.requests > summary.not_modified


def told(summary: SyncSummary) -> str:
    """One line about a poll that went well."""
    new = summary.requests - summary.not_modified
    what = "Nothing new" if not something_new(summary) else f"Up to date, {new:,} answers with something new"
    aside = f", {len(summary.set_aside):,} things set aside" if summary.set_aside else ""
    return f"{what} ({summary.requests:,} requests{aside})"


def _trouble(error: SprintError) -> str:
    if isinstance(error, UnreachableError):
        return "GitHub cannot be reached; what is here stays as it is."
    return str(error)


def _at(seconds: float, settings: Settings) -> str:
    moment = datetime.fromtimestamp(time.time() + seconds, settings.time_zone)
    return f"at {moment:%H:%M:%S}"
