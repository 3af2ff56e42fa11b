"""Asking GitHub about the items that webhooks told of, beside the worker, at GitHub's pace."""

import threading
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from sprintlib import inbox
from sprintlib.errors import CollectError, RateLimitError, SettingsError
from sprintlib.github import Refresher, RetryPolicy, find_token
from sprintlib.observe.context import bound
from sprintlib.observe.log import LOGGER
from sprintlib.settings import Settings

_IDLE_SECONDS = 0.2
_LONGEST_PAUSE = 300.0


class RefreshThread(threading.Thread):
    """Asks about one item after the other until it is stopped. GitHub being away is waited for, a new token is taken.

    trouble: one sentence while GitHub cannot be asked, else None.
    """

    def __init__(self, engine: Engine, settings: Settings, retry_policy: RetryPolicy | None = None) -> None:
        super().__init__(name="refresh", daemon=True)
        self._engine = engine
        self._settings = settings
        self._retry_policy = retry_policy
        self._refresher: Refresher | None = None
        self._stop_it = threading.Event()
        self._pause = 1.0
        self.trouble: str | None = None

    def stop(self) -> None:
        self._stop_it.set()

    def run(self) -> None:
        while not self._stop_it.is_set():
            try:
                seconds = 0.0 if self.step() else _IDLE_SECONDS
            except (CollectError, SettingsError) as error:
                seconds = self._after(error)
            except DatabaseError as error:
                LOGGER.warning("the store could not be written while refreshing items: %s", error.orig)
                seconds = 5.0
            self._stop_it.wait(seconds)

    def step(self) -> bool:
        """Ask about one item. Returns False where none is put down. Raises CollectError where GitHub is away."""
        one = inbox.next_refresh(self._engine)
        if one is None:
            return False
        if self._refresher is None:
            token = find_token(self._settings)
            self._refresher = Refresher.connected(self._engine, self._settings, token, self._retry_policy)
        with bound(delivery=one.cause):
            try:
                self._refresher.refresh(one.repository_id, one.number)
            except CollectError:
                inbox.put_off(self._engine, one)
                raise
            inbox.refreshed(self._engine, one)
            LOGGER.info("item asked about", extra={"repository_id": one.repository_id, "number": one.number})
        self.trouble, self._pause = None, 1.0
        return True

    def _after(self, error: CollectError | SettingsError) -> float:
        """How long to wait after an error. The next try looks for the token again."""
        self._refresher = None
        if str(error) != self.trouble:
            LOGGER.warning("%s", error)
        self.trouble = str(error)
        if isinstance(error, RateLimitError) and error.reset_at:
            return min(max((error.reset_at - datetime.now(UTC)).total_seconds(), 1.0), 3600.0)
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        return self._pause
