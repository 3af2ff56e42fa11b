"""How often somebody may ask, and how often somebody may guess."""

import time
from importlib.util import find_spec

from fastapi import HTTPException
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from sprintlib.errors import SettingsError
from sprintlib.settings import ApiSettings

GUESSES = 10  # wrong tokens or passwords a minute, of one address


class Limits:
    """Counts in memory, or in Redis for several servers; where Redis does not answer, in memory meanwhile."""

    def __init__(self, settings: ApiSettings) -> None:
        self._asked = RateLimitItemPerMinute(settings.requests_per_minute, namespace="sprint-requests")
        self._guessed = RateLimitItemPerMinute(GUESSES, namespace="sprint-guesses")
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._limiter = self._here
        if not settings.limits_url.startswith("memory:"):
            if find_spec("redis") is None:
                raise SettingsError("[api] limits_url names Redis: install its client with 'pip install redis'.")
            storage = storage_from_string(settings.limits_url, wrap_exceptions=True)
            self._limiter = SlidingWindowCounterRateLimiter(storage)

    @property
    def are_here(self) -> bool:
        """Whether counting asks nobody but this process."""
        return self._limiter is self._here

    def count(self, who: str) -> dict[str, str]:
        """Count a request; headers that tell what is left. Raises 429."""
        allowed = self._hit(self._asked, who)
        reset, left = self._stats(self._asked, who)
        headers = {
            "RateLimit-Limit": str(self._asked.amount),
            "RateLimit-Remaining": str(left),
            "RateLimit-Reset": str(reset),
        }
        if not allowed:
            said = f"More than {self._asked.amount} requests a minute: wait {reset} s."
            raise HTTPException(429, said, headers | {"Retry-After": str(reset)})
        return headers

    def count_guess(self, address: str) -> None:
        """Count a sign-in that failed."""
        self._hit(self._guessed, address)

    def check_guesses(self, address: str) -> None:
        """Raises 429 for an address of which too many sign-ins failed."""
        reset, left = self._stats(self._guessed, address)
        if left <= 0:
            said = f"Too many sign-ins failed: wait {reset} s."
            raise HTTPException(429, said, {"Retry-After": str(reset)})

    def _hit(self, item: RateLimitItem, who: str) -> bool:
        try:
            return self._limiter.hit(item, who)
        except StorageError:
            return self._here.hit(item, who)

    def _stats(self, item: RateLimitItem, who: str) -> tuple[int, int]:
        """Seconds until some are free again, at least 1; and how many are left."""
        try:
            found = self._limiter.get_window_stats(item, who)
        except StorageError:
            found = self._here.get_window_stats(item, who)
        return max(1, round(found.reset_time - time.time())), found.remaining
