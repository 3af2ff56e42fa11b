"""How many items an effect takes to be seen, and the interval of a difference between two shares."""

from dataclasses import dataclass
from math import ceil, sqrt

from sprintlib.errors import AnalysisError
from sprintlib.imports import special_functions

LEVEL = 0.05
_special = special_functions()


@dataclass(frozen=True)
class Difference:
    """Two shares, the second minus the first, and its 95 % interval."""

    first: float
    second: float
    value: float
    low: float
    high: float

    @property
    def is_shown(self) -> bool:
        """Whether the interval leaves out no difference."""
        return self.low > 0 or self.high < 0


def items_needed(baseline: float, effect: float, power: float = 0.8) -> int:
    """Items of both plays together, so that a true difference of `effect` is seen with this probability at 5 %.

    baseline: the share under the usual play, effect: the difference in shares, up or down; both 0-1. The normal
    approximation for two shares, n per play = (z(.975) sqrt(2 p q) + z(power) sqrt(p1 q1 + p2 q2))^2 / effect^2 with p
    the mean of both shares (Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd edition, 4.2).
    Raises AnalysisError where a share would leave 0-1.
    """
    other = baseline + effect
    if not (0 < baseline < 1 and 0 < other < 1 and effect):
        raise AnalysisError(
            f"From {baseline:.0%}, an effect of {100 * effect:+g} points is none that a share can have: both shares "
            "must lie between 0% and 100%, and differ."
        )
    mean = (baseline + other) / 2
    under_none = float(_special.ndtri(1 - LEVEL / 2)) * sqrt(2 * mean * (1 - mean))
    under_effect = float(_special.ndtri(power)) * sqrt(baseline * (1 - baseline) + other * (1 - other))
    return 2 * ceil((under_none + under_effect) ** 2 / effect**2)


def difference(first: tuple[int, int], second: tuple[int, int]) -> Difference | None:
    """The difference between two shares, each (successes, items); None where one has no items.

    The interval is Newcombe's from two Wilson intervals (Statistics in Medicine 17, 1998, method 10), which keeps its
    level with few items and with shares near 0 or 1.
    """
    if not first[1] or not second[1]:
        return None
    one, two = first[0] / first[1], second[0] / second[1]
    (low_one, high_one), (low_two, high_two) = _wilson(*first), _wilson(*second)
    value = two - one
    low = value - sqrt((two - low_two) ** 2 + (high_one - one) ** 2)
    high = value + sqrt((high_two - two) ** 2 + (one - low_one) ** 2)
    return Difference(one, two, value, low, high)


def _wilson(successes: int, items: int) -> tuple[float, float]:
    z = float(_special.ndtri(1 - LEVEL / 2))
    share, weight = successes / items, z * z / items
    middle = (share + weight / 2) / (1 + weight)
    half = z * sqrt(share * (1 - share) / items + weight / (4 * items)) / (1 + weight)
    return middle - half, middle + half
