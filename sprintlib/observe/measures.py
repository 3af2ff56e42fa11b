"""What this process measured since it was asked last: counts in steps of a tenth, so that a year of it stays small."""

import math
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

_STEP = math.log(1.1)


@dataclass
class Measure:
    """Values of one kind. steps: how many values were at most 1.1 to that power, and above the power before."""

    count: int = 0
    total: float = 0.0
    last: float = 0.0
    steps: Counter[int] = field(default_factory=Counter)

    def add(self, later: "Measure") -> None:
        """Take in what was measured after this."""
        self.count += later.count
        self.total += later.total
        self.last = later.last
        self.steps.update(later.steps)


_LOCK = threading.Lock()
_MEASURES: dict[str, Measure] = {}


def record(name: str, value: float) -> None:
    """Note one value, not negative."""
    step = step_of(value)
    with _LOCK:
        measure = _MEASURES.setdefault(name, Measure())
        measure.count += 1
        measure.total += value
        measure.last = value
        measure.steps[step] += 1


@contextmanager
def timed(name: str) -> Iterator[None]:
    """Note how many seconds this takes; nothing where it fails."""
    began = perf_counter()
    yield
    record(name, perf_counter() - began)


def drain() -> dict[str, Measure]:
    """All measures since the last call, by name."""
    with _LOCK:
        found = dict(_MEASURES)
        _MEASURES.clear()
    return found


def holds(*names: str) -> bool:
    """Whether any of these was measured since the last call of `drain`."""
    with _LOCK:
        return any(name in _MEASURES for name in names)


def step_of(value: float) -> int:
    """The step that a value belongs to."""
    return math.ceil(math.log(max(value, 1e-6)) / _STEP)


def quantile(steps: Counter[int], share: float) -> float | None:
    """The value that this share of all values does not exceed, to a tenth; None where there are none."""
    wanted, seen = share * steps.total(), 0
    for step in sorted(steps):
        seen += steps[step]
        if seen >= wanted:
            return math.exp(step * _STEP)
    return None
