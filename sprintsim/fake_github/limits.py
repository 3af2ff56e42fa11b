"""The request budget that GitHub reports with every answer."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

LIMIT = 5000
WINDOW_SECONDS = 3600.0
# where nothing is enforced the count stops here, so that no client pauses by itself
FLOOR = 1000


@dataclass
class Budget:
    """`limit` requests per window. Where it is not enforced, the remaining count never falls below FLOOR."""

    limit: int = LIMIT
    window_seconds: float = WINDOW_SECONDS
    enforced: bool = False
    clock: Callable[[], float] = time.time
    used: int = 0
    reset_at: float = field(default=0.0)

    def exhausted(self) -> bool:
        """Whether the next request must be refused."""
        self._renew()
        return self.enforced and self.used >= self.limit

    def spend(self) -> None:
        """Count one request that was answered with content; a 304 is free."""
        self._renew()
        floor = 0 if self.enforced else FLOOR
        self.used = min(self.used + 1, self.limit - floor)

    def _renew(self) -> None:
        if self.clock() >= self.reset_at:
            self.used = 0
            self.reset_at = self.clock() + self.window_seconds

    def numbers(self) -> dict[str, int]:
        """Limit, used, remaining, and the reset as epoch seconds."""
        self._renew()
        return {
            "limit": self.limit,
            "used": self.used,
            "remaining": self.limit - self.used,
            "reset": math.ceil(self.reset_at),
        }

    def headers(self) -> dict[str, str]:
        """The X-RateLimit headers."""
        numbers = {f"x-ratelimit-{name}": str(value) for name, value in self.numbers().items()}
        return numbers | {"x-ratelimit-resource": "core"}
