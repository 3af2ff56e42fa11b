"""Measures of this process into the store, where other processes find them."""

import threading
import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import psutil
from sqlalchemy import Engine, delete
from sqlalchemy.exc import DatabaseError

from sprintlib.figures.exporting import export
from sprintlib.observe.measures import Measure, drain, record
from sprintlib.store import upsert
from sprintlib.store.schema import metric

KEPT = timedelta(days=30)
SLOT = timedelta(minutes=5)
_EVERY_SECONDS = 30.0
_PROCESS = uuid.uuid4().hex[:16]
_LOCK = threading.Lock()
_SLOTS: dict[tuple[str, str], tuple[datetime, Measure]] = {}  # store and name -> what the present row holds


def keep(engine: Engine, now: datetime | None = None) -> int:
    """Write down what this process measured since the last call, into a row for each five minutes and kind.

    Returns how many kinds. Raises DatabaseError, and then what was measured since is lost.
    """
    moment = now or datetime.now(UTC)
    with _LOCK:
        rows = [_row(str(engine.url), name, measure, _slot(moment)) for name, measure in drain().items()]
        if rows:
            with engine.begin() as connection:
                upsert(connection, metric, rows)
                connection.execute(delete(metric).where(metric.c.at < moment - KEPT))
    return len(rows)


def _slot(moment: datetime) -> datetime:
    return datetime.fromtimestamp(moment.timestamp() // SLOT.total_seconds() * SLOT.total_seconds(), UTC)


def _row(store: str, name: str, later: Measure, slot: datetime) -> dict[str, object]:
    """The row of a slot, with what it holds already."""
    at, measure = _SLOTS.get((store, name), (slot, Measure()))
    if at != slot:
        measure = Measure()
    measure.add(later)
    _SLOTS[store, name] = slot, measure
    return {
        "at": slot,
        "name": name,
        "process": _PROCESS,
        "count": measure.count,
        "total": measure.total,
        "last": measure.last,
        "steps": {str(step): count for step, count in measure.steps.items()},
    }


class Keeper(threading.Thread):
    """Beside a service: every half minute, what the process measured and how busy the machine is.

    A store that refuses loses that half minute: figures never stop the work.
    """

    def __init__(self, engine: Engine, seconds: float = _EVERY_SECONDS) -> None:
        super().__init__(name="figures", daemon=True)
        self._engine = engine
        self._seconds = seconds
        self._over = threading.Event()

    def __enter__(self) -> "Keeper":
        export(self._engine)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join(timeout=5)
        with suppress(DatabaseError):
            keep(self._engine)

    def run(self) -> None:
        """Until it is over."""
        psutil.cpu_percent()  # the first call of a thread begins its count
        while not self._over.wait(self._seconds):
            record("cpu", psutil.cpu_percent() / 100)
            record("memory", psutil.virtual_memory().percent / 100)
            with suppress(DatabaseError):
                keep(self._engine)
