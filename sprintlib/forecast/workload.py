"""The open work of a sprint, as the simulation sees it, and what becomes of it when something is done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sprintlib.forecast.rates import Rate


class Congestion(NamedTuple):
    """How open items slow each other: rates in a piece go with (1 + items / people) to the power of -slowing.

    open: items when the rates were observed. people: active then. slowing: at least 0, one a piece of items.EDGES.
    """

    open: int
    people: float
    slowing: tuple[float, ...]

    def relief(self, still: int) -> NDArray[np.float64]:
        """By how much the rates are higher with `still` items open, one a piece."""
        people = max(self.people, 1.0)
        ratio = max((1 + self.open / people) / (1 + still / people), 1.0)
        found: NDArray[np.float64] = ratio ** np.array(self.slowing)
        return found


@dataclass(frozen=True)
class Workload:
    """The open items of a sprint, as the simulation sees them.

    name: of the random numbers: equal names see the same luck, so it is made of what a renaming leaves as it is.
    pace: closings per working day.
    arrivals: items added per working day, or None for a closed scope.
    open: refs of every open item. blocked: ref -> mean working days until it is unblocked.
    landing: ref -> working days until it ends without using the pace.
    days_left: working days to the deadline, None without one; negative or 0 once it has passed.
    rates: ref -> its own closings per working day in each piece of items.EDGES, when not blocked; empty for a queue.
    waits_for: blocked item -> open items of the project, with rates, that must end before it does.
    crowd: how much the rates gain from fewer open items.
    carries: pull request -> the item that it carries, which ends with it and shares its luck.
    usual: the pace under which they were observed; at twice that pace they are twice as high.
    identities: ref -> what the random numbers of that item are named by, the ref itself where it is not there.
    """

    name: str
    pace: Rate
    arrivals: Rate | None
    open: tuple[str, ...]
    blocked: Mapping[str, float] = field(default_factory=dict)
    landing: Mapping[str, float] = field(default_factory=dict)
    days_left: float | None = None
    rates: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    waits_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    congestion: Congestion | None = None
    carries: Mapping[str, str] = field(default_factory=dict)
    usual: float = 1.0
    identities: Mapping[str, str] = field(default_factory=dict)

    def luck(self, ref: str) -> str:
        """What the random numbers of an item are named by: its own identity, or that of the item that it carries."""
        carried = self.carries.get(ref, ref)
        return self.identities.get(carried, carried)

    def identity(self, ref: str) -> str:
        """What the random numbers of an item by itself are named by."""
        return self.identities.get(ref, ref)

    def without(self, refs: Sequence[str]) -> "Workload":
        """The same work when these items are taken out; what waits for them alone is free."""
        waits = {ref: tuple(one for one in blockers if one not in refs) for ref, blockers in self.waits_for.items()}
        freed = [ref for ref, blockers in waits.items() if not blockers]
        left = tuple(ref for ref in self.open if ref not in refs)
        return replace(self.unblocked(freed), open=left, waits_for={ref: waits[ref] for ref in waits if waits[ref]})

    def unblocked(self, refs: Sequence[str]) -> "Workload":
        """The same work when these items wait for nothing any more."""
        return replace(self, blocked={ref: days for ref, days in self.blocked.items() if ref not in refs})

    def as_queue(self) -> "Workload":
        """The same work when nothing is known of single items."""
        return replace(self, rates={})

    def landed_within(self, refs: Sequence[str], days: float) -> "Workload":
        """The same work when these items end in `days` working days."""
        inside = {ref: days for ref in refs if ref in self.open}
        return replace(self.unblocked(tuple(inside)), landing={**self.landing, **inside})

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """Open items without the pull requests that carry another one of them: these are the same work."""
        inside = set(self.open)
        return tuple(ref for ref in self.open if self.carries.get(ref) not in inside)
