"""How good the forecasts of this team were: what stored analyses said of sprints that are over, beside what came."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from sprintlib import results
from sprintlib.evaluate.metrics import ReliabilityBin, brier, reliability
from sprintlib.forecast import count, sprint_history
from sprintlib.project import ProjectHandle

FEWEST_SPRINTS = 5  # forecasts of one sprint are alike, so sprints count, not days
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Calibration:
    """Stored forecasts against outcomes: one a sprint and local day, the last of it, up to the deadline.

    n: forecasts of so many finished `sprints`, of which `landed` had every item done or dropped by the deadline.
    bins: by tenths of what was said. brier: mean squared distance, 0 is perfect. reason: why there are no bins, or "".
    """

    n: int
    sprints: int
    landed: int
    bins: tuple[ReliabilityBin, ...]
    brier: float | None
    reason: str


def calibration(project: ProjectHandle, until: datetime) -> Calibration:
    """What was said of the project's last finished dated sprints in analyses stored up to a moment, and what came."""
    if project.withheld:  # what is stored may tell of what is left out
        return _too_few(0, 0, 0, "Only who may see every repository of the project is told how its forecasts were.")
    said = results.chances(project.engine, project.name, _FIRST, until)
    finished = sprint_history(project.state(until), project.calendar).finished if said else ()
    told: list[float] = []
    came: list[int] = []
    known = landed = 0
    for sprint in finished:
        by_day = {
            project.calendar.local_date(one.as_of): one.probability
            for one in said.get(sprint.key, ())
            if one.as_of < sprint.deadline and one.probability is not None
        }
        known, landed = known + bool(by_day), landed + (bool(by_day) and sprint.left == 0)
        told += by_day.values()
        came += [int(sprint.left == 0)] * len(by_day)
    if known < FEWEST_SPRINTS:
        stored = f"{count(len(told), 'stored forecast')} of {count(known, 'finished sprint')}"
        reason = f"Too few to judge: {stored}, and it needs {FEWEST_SPRINTS} sprints."
        return _too_few(len(told), known, landed, f"{reason} 'sprint evaluate' replays those before.")
    chances, outcomes = np.array(told, dtype=np.float64), np.array(came, dtype=np.int64)
    bins = tuple(reliability(chances, outcomes))
    return Calibration(len(told), known, landed, bins, brier(chances, outcomes), "")


def _too_few(n: int, sprints: int, landed: int, reason: str) -> Calibration:
    return Calibration(n, sprints, landed, (), None, reason)
