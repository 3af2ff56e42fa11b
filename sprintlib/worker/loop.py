"""The worker: takes deliveries, writes their facts, analyses what they touch, and only then says that they are done.

Whatever kills it in between, the deliveries are taken again, and doing all of it again changes nothing.
"""

import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from sprintlib import inbox
from sprintlib.clock import clock_of
from sprintlib.facts.changes import causes_between, forget_changes
from sprintlib.inbox import Delivery, IgnoredError, UnreadableError
from sprintlib.observe.context import bound
from sprintlib.observe.log import LOGGER
from sprintlib.observe.tracing import record
from sprintlib.results import thin_analyses
from sprintlib.settings import Settings
from sprintlib.store import store_error
from sprintlib.worker.project import LiveProject

_IDLE_SECONDS = 0.05
_HEARTBEAT_SECONDS = 5.0
_TIDY_EVERY = timedelta(hours=6)
_FORWARD_EVERY = 1.0  # what is younger is up to date
_KEEP = timedelta(days=30)
_AT_ONCE = 100
# sprints that are touched only through the team's pace wait until it has been quiet for a while, but not for long
_QUIET_SECONDS = 2.0
_LONGEST_WAIT = 30  # times that: a minute in which something comes all the time


class Worker:
    """Works on one project until it is stopped.

    analyses: how many were stored since it began. quiet_seconds: how long nothing must have come before sprints are
    analysed that can wait; at most thirty times as long.
    """

    def __init__(self, engine: Engine, settings: Settings, quiet_seconds: float = _QUIET_SECONDS) -> None:
        self.engine = engine
        self.project = LiveProject(engine, settings)
        self.holder = inbox.worker_name()
        self.analyses = 0
        self._settings = settings
        self._stop = threading.Event()
        self._quiet_seconds = quiet_seconds
        self._is_abreast = False  # whether everything that was written has been analysed or is about to be
        self._looked_at = 0.0
        self._taken_at = self._waits_since = 0.0
        self._tidied_at: datetime | None = None
        self._causes: dict[str, set[str]] = {}  # key of a sprint that waits -> ids of the deliveries that touched it

    def stop(self) -> None:
        """End after the present round."""
        self._stop.set()

    def run(self, on_round: Callable[[], None] | None = None) -> None:
        """Work until `stop`. What the store refuses for a while is waited for."""
        with self._heartbeat():
            while not self._stop.is_set():
                try:
                    busy = self.round()
                except DatabaseError as error:
                    LOGGER.warning("%s", store_error(self._settings.database_url, error))
                    # nothing that was half done is built upon
                    self.project.history, self._looked_at, self._is_abreast = None, 0.0, False
                    busy = False
                    self._stop.wait(5.0)
                if on_round:
                    on_round()
                if not busy:
                    self._stop.wait(_IDLE_SECONDS)

    def round(self) -> bool:
        """One round: deliveries to facts, facts to analyses. Returns whether there is more to do at once."""
        taken = inbox.claim(self.engine, self.holder, _AT_ONCE)
        done = self._write(taken)
        if taken:
            self._taken_at = time.monotonic()
        elif self._is_up_to_date():
            return self._is_turn_of_late() and self._analyze_late()
        self._bring_forward()
        self._looked_at = time.monotonic()
        urgent = set(self.project.urgent)
        failed = self._analyze(urgent)
        if urgent:
            self._is_abreast = failed is None
        if failed is None:
            inbox.finish(self.engine, [one.id for one in done], self.holder)
            _tell(done)
        else:
            for one in done:
                inbox.fail(self.engine, one, self.holder, failed)
        if taken:
            return True
        if self._is_turn_of_late():
            return self._analyze_late()
        self._tidy()
        return False

    def _analyze_late(self) -> bool:
        """Analyse one sprint that can wait, on the state at hand: with others of the same state it costs a third."""
        self._analyze(self.project.next_late())
        return bool(self.project.late)

    def _is_up_to_date(self) -> bool:
        return time.monotonic() - self._looked_at < _FORWARD_EVERY

    def _is_turn_of_late(self) -> bool:
        """Whether it is quiet, or those that can wait have waited long enough: one analysis serves many deliveries."""
        now = time.monotonic()
        if not self.project.late:
            self._waits_since = now
            return False
        quiet, waited = now - self._taken_at, now - self._waits_since
        return quiet >= self._quiet_seconds or waited >= _LONGEST_WAIT * self._quiet_seconds

    def _analyze(self, keys: Collection[str]) -> str | None:
        """Analyse sprints. Returns what went wrong, if anything did: then these wait for the next change."""
        if not keys:
            return None
        caused_by = sorted({guid for key in keys for guid in self._causes.pop(key, ())})
        with bound(deliveries=caused_by or None):
            try:
                began = time.monotonic()
                stored = self.project.analyze(keys)
            except DatabaseError:
                raise
            except Exception as error:  # noqa: BLE001 - logged with its traceback
                LOGGER.exception("an analysis failed", extra={"sprints": sorted(keys)})
                self.project.urgent -= set(keys)
                self.project.late -= set(keys)
                return f"the analysis failed: {type(error).__name__}: {error}"
            said = {"sprints": sorted(keys), "stored": stored, "seconds": round(time.monotonic() - began, 3)}
            LOGGER.info("sprints analysed", extra=said)
        self.analyses += stored
        return None

    def _bring_forward(self) -> None:
        """Take in what was written, and note which deliveries it came by, for each sprint that is to be analysed."""
        before = self.project.history
        self.project.bring_forward()
        if before is None or self.project.history is None:
            return
        with self.engine.connect() as connection:
            caused_by = causes_between(connection, before.position, self.project.history.position)
        for key in (*self.project.urgent, *self.project.late) if caused_by else ():
            self._causes.setdefault(key, set()).update(caused_by)

    def settle(self) -> None:
        """Rounds until nothing is left to do now; what failed and waits for another try is left."""
        quiet_seconds = self._quiet_seconds
        self._looked_at, self._quiet_seconds = 0.0, 0.0
        while self.round():
            pass
        self._quiet_seconds = quiet_seconds

    def _write(self, taken: list[Delivery]) -> list[Delivery]:
        """Write the facts of deliveries. Returns those that are done once their analyses are stored."""
        done = []
        for one in taken:
            try:
                with bound(delivery=one.guid):
                    inbox.apply_delivery(self.engine, self._settings, one)
                    LOGGER.info("facts written", extra={"kind": one.event})
                done.append(one)
            except IgnoredError as reason:
                inbox.finish(self.engine, [one.id], self.holder, "ignored", {one.id: str(reason)})
            except UnreadableError as reason:
                inbox.fail(self.engine, one, self.holder, str(reason), again=False)
            except DatabaseError as error:
                inbox.fail(self.engine, one, self.holder, str(error.orig))
            except Exception as error:  # noqa: BLE001 - logged with its traceback
                # one delivery never stops the others; with its error it is there to be seen
                LOGGER.exception("a delivery failed", extra={"delivery": one.guid})
                inbox.fail(self.engine, one, self.holder, f"{type(error).__name__}: {error}")
        return done

    def _tidy(self) -> None:
        """Give back what dead workers hold; a few times a day, let go of what is old."""
        inbox.release_dead(self.engine)
        now = datetime.now(UTC)
        if self._tidied_at and now - self._tidied_at < _TIDY_EVERY:
            return
        self._tidied_at = now
        inbox.forget_bodies(self.engine, now - _KEEP)
        inbox.close_bodies(self.engine)
        old = clock_of(self._settings)() - _KEEP
        thin_analyses(self.engine, self._settings.project.name, old, self._settings.time_zone)
        with self.engine.begin() as connection:
            forget_changes(connection)

    def _heartbeat(self) -> "_Heartbeat":
        return _Heartbeat(self._give_sign, lambda: inbox.sign_off(self.engine, self.holder))

    def _give_sign(self) -> None:
        """Keep what is taken, and say that what is stored is up to date."""
        inbox.hold(self.engine, self.holder)
        if self._is_abreast:
            inbox.sign_on(self.engine, self.holder, self._settings.project.name)


def _tell(done: list[Delivery]) -> None:
    now = datetime.now(UTC)
    for one in done:
        record("event to analysis", one.received_at, now, {"sprint.event": one.event})


class _Heartbeat:
    """Gives a sign of life while a worker computes, and one when it ends."""

    def __init__(self, beat: Callable[[], None], end: Callable[[], None]) -> None:
        self._beat_once = beat
        self._end = end
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(timeout=5)
        with suppress(DatabaseError):  # the last sign grows old by itself
            self._end()

    def _beat(self) -> None:
        while not self._over.wait(_HEARTBEAT_SECONDS):
            with suppress(DatabaseError):  # the next beat, or the end of the lease, sees to it
                self._beat_once()
