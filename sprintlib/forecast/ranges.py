"""Quantiles and 80 % intervals of futures that come in whole numbers: items, or days of the calendar.

From the tenth to the ninetieth percentile, both included, is more than 80 %: of eight items closed by the due date such
a range held 95 % of the futures. So an end is given up where the rest is nearer to 80 %.
"""

from math import ceil

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.int64] | NDArray[np.float64]

SHARE = 0.8


def quantile(values: Values, level: float) -> float:
    """The smallest value that at least `level` of the futures do not exceed."""
    return float(np.partition(values, rank := ceil(level * len(values)) - 1)[rank])


def interval(values: Values, share: float = SHARE, least_high: float = 0.5) -> tuple[float, float]:
    """Lowest and highest of the neighbouring values that about `share` of the futures have, one value a future.

    It lies within the quantiles that leave half of the rest on either side, and holds their median. least_high: the
    upper end is no smaller than this quantile.
    """
    found, counts = np.unique(values, return_counts=True)
    held = np.cumsum(counts)
    low, high, floor = (
        int(np.searchsorted(held, ceil(level * len(values))))
        for level in ((1 - share) / 2, (1 + share) / 2, least_high)
    )
    inside, wanted = int(counts[low : high + 1].sum()), share * len(values)
    while low < high:
        ends = [(abs(inside - counts[low] - wanted), low)]
        if high > floor:
            ends.append((abs(inside - counts[high] - wanted), high))
        miss, end = min(ends)
        if miss >= abs(inside - wanted):
            break
        inside -= int(counts[end])
        low, high = (low + 1, high) if end == low else (low, high - 1)
    return float(found[low]), float(found[high])


def whole_interval(values: NDArray[np.int64]) -> tuple[int, int]:
    """The 80 % interval of a count."""
    low, high = interval(values)
    return int(low), int(high)
