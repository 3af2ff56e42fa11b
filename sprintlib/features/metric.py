"""What a feature says: a value with its unit, its n, its window and what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Metric:
    """One measured feature of a milestone or of the project around it, as of one moment.

    value: null where it cannot be known; `reason` then says why. For durations it is the median.
    p85: 85th percentile of a duration. unit: working days | share | items | lines | per day | ...
    n: observations it rests on. window: what they were taken from, in words.
    evidence: `owner/repo#n`, paths or run refs, the most telling first. approximate: true where GitHub's
    facts only come near the definition. usual: the team's own range of the value, where the feature knows one.
    in_forecast: whether the fact measured moves the probability; if not, it is context with weight 0.
    """

    family: str
    name: str
    value: float | None
    unit: str
    n: int
    window: str
    p85: float | None = None
    reason: str | None = None
    evidence: tuple[str, ...] = ()
    approximate: bool = False
    usual: tuple[float, float] | None = None
    in_forecast: bool = False


def share(family: str, name: str, part: int, whole: int, window: str, evidence: Sequence[str] = ()) -> Metric:
    """A part of a whole, 0-1; unknown where the whole is empty."""
    if whole == 0:
        return Metric(family, name, None, "share", 0, window, reason="nothing to measure yet")
    return Metric(family, name, part / whole, "share", whole, window, evidence=tuple(evidence))


def count(family: str, name: str, refs: Sequence[str], unit: str, window: str) -> Metric:
    """How many, with each one as evidence."""
    return Metric(family, name, float(len(refs)), unit, len(refs), window, evidence=tuple(refs))


def duration(family: str, name: str, days: Sequence[tuple[str, float]], window: str) -> Metric:
    """Median and 85th percentile of working days; `days` are (ref, working days), the longest become the evidence."""
    if not days:
        return Metric(family, name, None, "working days", 0, window, reason="nothing to measure yet")
    values = np.array([value for _, value in days])
    longest = sorted(days, key=lambda pair: -pair[1])[:5]
    return Metric(
        family,
        name,
        float(np.median(values)),
        "working days",
        len(days),
        window,
        p85=float(np.percentile(values, 85)),
        evidence=tuple(ref for ref, _ in longest),
    )
