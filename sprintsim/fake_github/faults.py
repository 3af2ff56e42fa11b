"""Misbehaviour on demand: what GitHub and the network between do on a bad day."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sprintlib.errors import SettingsError

KINDS = {
    "401": "the token is refused",
    "403": "the token may not read the repository",
    "404": "the repository is not found",
    "429": "too many requests, with Retry-After: 1 (every 5th)",
    "500": "server error (every 3rd)",
    "502": "bad gateway (every 3rd); 502:every=1,times=20 is a storm",
    "503": "unavailable (every 3rd)",
    "504": "gateway timeout (every 3rd)",
    "rate-limit": "403 after budget=60 requests within window=3600 seconds",
    "secondary-limit": "403 with Retry-After: 1 (every 20th)",
    "cut": "the connection closes in the middle of the body (every 4th)",
    "stall": "the body stops half-way for seconds=60 (every 10th)",
    "flaky": "502, cut, 429 and a short stall in turn (every 5th)",
}
OPTIONS = {
    "after=N": "let N requests pass first",
    "every=N": "hit each N-th of the rest",
    "times=N": "at most so many",
    "path=TEXT": "only requests whose path contains TEXT, git included",
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

    @classmethod
    def parse(cls, text: str) -> "Fault":
        """`KIND` or `KIND:name=value,name=value`. Raises SettingsError."""
        kind, _, options = text.partition(":")
        if kind not in KINDS:
            raise SettingsError(f"There is no fault '{kind}': choose one of {', '.join(KINDS)}.")
        given = dict(_option(kind, option) for option in filter(None, options.split(",")))
        return cls(kind, **{**_DEFAULTS.get(kind, {}), **given})


_DEFAULTS: dict[str, dict[str, Any]] = {
    "429": {"every": 5},
    **{kind: {"every": 3} for kind in ("500", "502", "503", "504")},
    "secondary-limit": {"every": 20},
    "cut": {"every": 4},
    "stall": {"every": 10},
    "flaky": {"every": 5, "seconds": 1.0},
}
# how an option is read, and its least value
_OPTIONS: dict[str, tuple[Callable[[str], Any], Any]] = {
    "after": (int, 0),
    "every": (int, 1),
    "times": (int, 1),
    "path": (str, ""),
    "budget": (int, 1),
    "window": (float, 0),
    "seconds": (float, 0),
}


def _option(kind: str, text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    if name not in _OPTIONS:
        raise SettingsError(f"A fault has no option '{name}': choose one of {', '.join(_OPTIONS)}.")
    convert, least = _OPTIONS[name]
    try:
        number = convert(value)
    except ValueError:
        raise SettingsError(f"'{value}' is not a number: write {kind}:{name}=5, for example.") from None
    if number < least:
        raise SettingsError(f"{name} of fault {kind} must be at least {least}.")
    return name, number


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
