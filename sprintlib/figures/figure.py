"""One figure of the running program: what it is, what it should be, and from where on it is a breach."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

State = Literal["ok", "missed", "breach", "unknown"]
Unit = Literal["seconds", "tokens/s", "share", "requests"]


@dataclass(frozen=True)
class Figure:
    """A value, its target, and the value from which on somebody is to look.

    told: what the value is of. value: in `unit`, a share 0-1; None where nothing was measured in the window. count: how
    many values it is of. mends: what to do about a breach.
    """

    name: str
    told: str
    unit: Unit
    target: float
    alert: float
    mends: str
    value: float | None = None
    count: int = 0

    @property
    def more_is_better(self) -> bool:
        """Whether it is a breach to be below the alert, not above it."""
        return self.alert < self.target

    @property
    def state(self) -> State:
        """`missed`: beyond the target, short of the alert; `breach`: at the alert or beyond."""
        if self.value is None:
            return "unknown"
        sign = -1 if self.more_is_better else 1
        if sign * self.value >= sign * self.alert:
            return "breach"
        return "missed" if sign * self.value > sign * self.target else "ok"

    def shown(self, value: float) -> str:
        """A value of this figure in words: `120 ms`, `1.4 s`, `62 s`, `31 tokens/s`, `74 %`, `4,321 requests`."""
        if self.unit == "seconds":
            return _duration(value)
        if self.unit == "share":
            return f"{100 * value:.0f} %"
        return f"{value:,.0f} {self.unit}"

    def sentence(self) -> str:
        """`retrieval 430 ms (target 100 ms, alert from 300 ms)`; without a value, that nothing was measured."""
        if self.value is None:
            return f"{self.told}: not measured"
        limits = f"target {self.shown(self.target)}, alert at {self.shown(self.alert)}"
        return f"{self.told} {self.shown(self.value)} ({limits})"

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "state": self.state}


def _duration(seconds: float) -> str:
    if seconds < 0.001:
        return "under 1 ms"
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


FIGURES = (
    Figure(
        "api_latency",
        "API latency, 95th percentile",
        "seconds",
        0.5,
        1.0,
        "see which route it is in /metrics; heavy reports belong into a job",
    ),
    Figure(
        "event_to_analysis",
        "from a webhook to its analysis, 95th percentile",
        "seconds",
        60,
        90,
        "'sprint inbox list' shows what waits; is 'sprint worker' running?",
    ),
    Figure(
        "llm_tokens",
        "the language model's pace",
        "tokens/s",
        30,
        15,
        "name a smaller model as [llm] model: 'sprint doctor' says which fits",
    ),
    Figure(
        "retrieval", "search, 95th percentile", "seconds", 0.1, 0.3, "run 'sprint index'; see docs/scaling.md on size"
    ),
    Figure(
        "store_query",
        "a query of the store, 95th percentile",
        "seconds",
        0.05,
        0.2,
        "is the disk busy? a large project is better off on PostgreSQL: 'sprint store migrate'",
    ),
    Figure("memory", "memory in use on this machine", "share", 0.7, 0.9, "end what is not needed, or a smaller model"),
    Figure("cpu", "processors busy on this machine", "share", 0.7, 0.9, "see what runs: reports can be due at night"),
    Figure(
        "github_budget",
        "requests left at GitHub",
        "requests",
        1000,
        500,
        "it is filled up every hour; receive webhooks, which cost none",
    ),
)
