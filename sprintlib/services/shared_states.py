"""States of the project that requests share: brought forward by what changed, never older than the store."""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import Engine

from sprintlib.facts.changes import position
from sprintlib.history import LoadedHistory, ProjectState, advance, load_history, load_state
from sprintlib.settings import Settings

_HELD = 3  # the newest few, as requests of one moment may come in another order
_PAST = 4
_PRESENT = timedelta(minutes=1)
_Repositories = tuple[str, ...]


class States:
    """Gives the state as of a moment; safe for threads, which wait for each other while one loads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[_Repositories, list[LoadedHistory]] = {}
        self._past: OrderedDict[tuple[_Repositories, datetime, int], ProjectState] = OrderedDict()

    def __call__(self, engine: Engine, settings: Settings, as_of: datetime) -> ProjectState:
        """As `load_state` gives it."""
        repositories = settings.project.repositories
        with self._lock:
            held = self._held.setdefault(repositories, [])
            before = next((one for one in reversed(held) if one.state.as_of <= as_of), None)
            if before is None and held:
                return self._earlier(engine, settings, as_of)
            found = advance(before, engine, settings, as_of) if before else load_history(engine, settings, as_of)
            if as_of <= datetime.now(as_of.tzinfo) and (before is None or found.state is not before.state):
                held.append(found)
                del held[:-_HELD]
            return found.state

    def present(self, engine: Engine, settings: Settings, now: datetime) -> datetime:
        """The present to the minute: the last moment asked about, while nothing was written and the day is the same.

        So that who asks one thing after the other does not have everything worked out anew for each.
        """
        with self._lock:
            held = self._held.get(settings.project.repositories, [])
            last = held[-1] if held else None
            if last is None or not timedelta(0) <= now - last.state.as_of < _PRESENT:
                return now
            days = {one.astimezone(settings.time_zone).date() for one in (now, last.state.as_of)}
            return last.state.as_of if len(days) == 1 and last.position == _position(engine) else now

    def _earlier(self, engine: Engine, settings: Settings, as_of: datetime) -> ProjectState:
        key = (settings.project.repositories, as_of, _position(engine))
        if key not in self._past:
            self._past[key] = load_state(engine, settings, as_of)
            while len(self._past) > _PAST:
                self._past.popitem(last=False)
        self._past.move_to_end(key)
        return self._past[key]


def _position(engine: Engine) -> int:
    with engine.connect() as connection:
        return position(connection)
