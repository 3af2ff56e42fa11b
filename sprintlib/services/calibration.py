"""How reliable the stored forecasts of this team were: what was said by tenths, beside the share that came."""

from dataclasses import dataclass

import numpy as np

from sprintlib.analysis.memory import ForecastRecord
from sprintlib.evaluate.metrics import ReliabilityBin, reliability
from sprintlib.forecast import count

FEWEST_SPRINTS = 5  # forecasts of one sprint are alike, so sprints count, not forecasts


@dataclass(frozen=True)
class Calibration:
    """n: stored forecasts of so many finished `sprints`. bins: by tenths of what was said. reason: why none, or ""."""

    n: int
    sprints: int
    bins: tuple[ReliabilityBin, ...]
    reason: str


def calibration(record: ForecastRecord) -> Calibration:
    """The reliability of a project's record; too few sprints are said and not judged."""
    told = record.forecasts
    sprints = len({one.sprint for one in told})
    if sprints < FEWEST_SPRINTS:
        stored = f"{count(len(told), 'stored forecast')} of {count(sprints, 'finished sprint')}"
        reason = f"Too few to judge: {stored}, and it needs {FEWEST_SPRINTS} sprints."
        return Calibration(len(told), sprints, (), f"{reason} 'sprint evaluate' replays those before.")
    chances = np.array([one.probability for one in told], dtype=np.float64)
    landed = np.array([one.landed for one in told], dtype=np.int64)
    return Calibration(len(told), sprints, tuple(reliability(chances, landed)), "")
