"""Misbehaviour on demand: what GitHub and the network between do on a bad day."""

from dataclasses import dataclass, fields, replace
from typing import Any

from sprintlib.errors import SettingsError

KINDS = {
    "401": "the token is refused (Bad credentials)",
    "403": "the token may not read the repository",
    "404": "the repository is not found",
    "429": "too many requests, with Retry-After: 1 (every 5th)",
    "500": "server error (every 3rd)",
    "502": "bad gateway (every 3rd); '502:times=20,every=1' is a storm that passes",
    "503": "unavailable (every 3rd)",
    "504": "gateway timeout (every 3rd)",
    "rate-limit": "the budget (budget=60 requests in window=3600 seconds) is enforced: 403 until the reset",
    "secondary-limit": "403 with Retry-After: 1, as for clients that are too fast (every 20th)",
    "cut": "the connection closes in the middle of the body (every 4th)",
    "stall": "the body stops half-way for seconds=60, then the connection closes (every 10th)",
    "flaky": "502, cut, 429 and a short stall in turn (every 5th)",
}
FLAKY_TURNS = ("502", "cut", "429", "stall")


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and when.

    after: requests that pass first. every: of the rest, each N-th is hit. times: at most so many (None: no end).
    path: only requests whose path contains this text (empty: every API request, but not git).
    budget, window: requests and seconds of `rate-limit`. seconds: length of a stall.
    """

    kind: str
    after: int = 0
    every: int = 1
    times: int | None = None
    path: str = ""
    budget: int = 60
    window: float = 3600.0
    seconds: float = 60.0


_DEFAULTS: dict[str, dict[str, Any]] = {
    "429": {"every": 5},
    **{kind: {"every": 3} for kind in ("500", "502", "503", "504")},
    "secondary-limit": {"every": 20},
    "cut": {"every": 4},
    "stall": {"every": 10},
    "flaky": {"every": 5, "seconds": 1.0},
}
_OPTIONS = {
    "after": int,
    "every": int,
    "times": int,
    "path": str,
    "budget": int,
    "window": float,
    "seconds": float,
}


def parse(text: str) -> Fault:
    """`KIND` or `KIND:name=value,name=value`. Raises SettingsError."""
    kind, _, options = text.partition(":")
    if kind not in KINDS:
        raise SettingsError(f"There is no fault '{kind}': choose one of {', '.join(KINDS)}.")
    fault = Fault(kind, **_DEFAULTS.get(kind, {}))
    for option in filter(None, options.split(",")):
        name, _, value = option.partition("=")
        if name not in _OPTIONS:
            raise SettingsError(f"A fault has no option '{name}': choose one of {', '.join(_OPTIONS)}.")
        try:
            fault = replace(fault, **{name: _OPTIONS[name](value)})
        except ValueError:
            raise SettingsError(f"'{value}' is not a number: write {kind}:{name}=5, for example.") from None
    negative = [f.name for f in fields(fault) if isinstance(v := getattr(fault, f.name), int | float) and v < 0]
    if negative or fault.every < 1:
        raise SettingsError(f"{(negative or ['every'])[0]} of fault {kind} is too small.")
    return fault


class FaultPlan:
    """Decides request by request. Counts every request that the fault applies to."""

    def __init__(self, fault: Fault | None) -> None:
        self.fault = fault
        self._seen = 0
        self._hits = 0

    def next(self, path: str) -> str | None:
        """The kind of fault for a request to this path; None lets it pass."""
        fault = self.fault
        if fault is None or fault.kind == "rate-limit" or not self._applies(path, fault):
            return None
        self._seen += 1
        turn = self._seen - fault.after
        if turn <= 0 or turn % fault.every or (fault.times is not None and self._hits >= fault.times):
            return None
        self._hits += 1
        return FLAKY_TURNS[(self._hits - 1) % len(FLAKY_TURNS)] if fault.kind == "flaky" else fault.kind

    def _applies(self, path: str, fault: Fault) -> bool:
        if fault.path:
            return fault.path in path
        # a token that may not read one repository is still good for asking about its budget
        everywhere = fault.kind not in ("403", "404")
        return path.startswith("/repos/") or (everywhere and path in ("/rate_limit", "/user"))
