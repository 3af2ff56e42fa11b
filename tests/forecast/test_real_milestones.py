"""The seven closed dated milestones of secp256k1 at a quarter, half and three quarters of their time.

Printed with `pytest -s`; discussed in docs/forecast.md. Seven milestones of one project calibrate nothing: the test
only holds what was measured, so that a change of the model shows.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sprintlib.calendar import WorkingCalendar
from sprintlib.dependencies import find_dependencies
from sprintlib.forecast import forecast
from sprintlib.github.dataset import ingest_dataset
from sprintlib.history import ProjectState, find_sprints, load_state
from sprintlib.history.scope import start_of
from sprintlib.risks import SprintContext
from sprintlib.settings import Settings, parse
from sprintlib.store import open_store

pytestmark = [pytest.mark.realdata, pytest.mark.slow]

REPO = "bitcoin-core/secp256k1"
CALENDAR = WorkingCalendar()
# (title, share of the time): (open then, of these ended in time, closings known, probability, probability_delivered)
# -1: no number, too little is known
EXPECTED = {
    ("0.3.0", 25): (1, 1, 0, -1.00, -1.00),
    ("0.3.0", 50): (0, 0, 1, 0.97, 0.97),
    ("0.3.0", 75): (1, 1, 1, -1.00, -1.00),
    ("0.4.0", 25): (4, 2, 4, -1.00, -1.00),
    ("0.4.0", 50): (1, 1, 8, 0.65, 0.94),
    ("0.4.0", 75): (1, 0, 9, 0.11, 0.89),
    ("0.4.1", 25): (4, 2, 11, 0.03, 0.66),
    ("0.4.1", 50): (4, 2, 11, 0.03, 0.34),
    ("0.4.1", 75): (3, 2, 12, 0.03, 0.24),
    ("0.6.0", 25): (2, 1, 17, 0.26, 0.95),
    ("0.6.0", 50): (2, 1, 17, 0.06, 0.85),
    ("0.6.0", 75): (2, 1, 17, 0.04, 0.60),
    ("0.7.0", 25): (2, 1, 19, 0.08, 0.89),
    ("0.7.0", 50): (2, 1, 20, 0.29, 0.91),
    ("0.7.0", 75): (1, 0, 21, 0.30, 0.80),
    ("0.7.1", 25): (1, 0, 27, 0.22, 0.95),
    ("0.7.1", 50): (2, 0, 28, 0.20, 0.90),
    ("0.7.1", 75): (2, 0, 28, 0.08, 0.67),
    ("0.8.0", 25): (2, 2, 28, 0.09, 0.79),
    ("0.8.0", 50): (2, 2, 28, 0.06, 0.60),
    ("0.8.0", 75): (2, 2, 28, 0.07, 0.45),
}
LATE = {"0.3.0": 32.6, "0.4.0": 18.4, "0.4.1": 14.6, "0.6.0": 2.7, "0.7.0": 3.4, "0.7.1": 10.9, "0.8.0": 0.9}
SHARES = (25, 50, 75)


class Project:
    """secp256k1 in a store."""

    def __init__(self, archive: Path, folder: Path) -> None:
        self.engine = open_store(f"sqlite:///{folder / 'sprint.db'}")
        self.settings: Settings = parse({"home": folder, "project": {"name": "secp", "repositories": [REPO]}})
        ingest_dataset(self.engine, archive, "secp", datetime(2026, 9, 1, tzinfo=UTC))

    def past(self, moment: datetime) -> ProjectState:
        return load_state(self.engine, self.settings, moment)


@pytest.fixture(scope="module")
def project(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(real_data / "github-backups/bitcoin-core_secp256k1.tar.xz", tmp_path_factory.mktemp("secp"))


@pytest.fixture(scope="module")
def measured(project: Project) -> dict[tuple[str, int], tuple[float, ...]]:
    """The columns of EXPECTED, for every milestone and time at which it held items."""
    whole = project.past(datetime(2026, 8, 31, tzinfo=UTC))
    dated = whole.milestones.filter(pl.col("due_on").is_not_null() & (pl.col("state") == "closed")).sort("due_on")
    rows = ((row, share) for row in dated.to_dicts() for share in SHARES)
    found = {(row["title"], share): _replayed(project, whole, row, share) for row, share in rows}
    return {key: row for key, row in found.items() if row is not None}


def _replayed(project: Project, whole: ProjectState, milestone: dict[str, Any], share: int) -> tuple[float, ...] | None:
    end = CALENDAR.deadline(milestone["due_on"])
    start = start_of(whole, milestone["repository_id"], milestone["number"], CALENDAR)
    assert start is not None
    assert (milestone["closed_at"] - end) / timedelta(days=1) == pytest.approx(LATE[milestone["title"]], abs=0.1)
    past = project.past(start + (end - start) * (share / 100))
    sprint = next(iter(find_sprints(past, CALENDAR, milestone["title"])), None)
    if sprint is None or sprint.items.is_empty():
        return None
    inputs = SprintContext(sprint, project.settings.risks, find_dependencies(past)).inputs
    found = forecast(inputs)
    ended = whole.items.join(sprint.open_items.select("ref"), on="ref", how="semi")
    in_time = ended.filter(pl.col("closed_at") < end).height
    told = (found.probability, found.probability_delivered)
    return ended.height, in_time, inputs.n_history, *(-1.0 if one is None else one for one in told)


def test_probability_beside_the_outcome(measured: dict[tuple[str, int], tuple[float, ...]]) -> None:
    sys.stdout.write("\nmilestone  time  open  ended in time  closings  probability  delivered\n")
    for (title, share), (left, in_time, closings, probability, delivered) in measured.items():
        sys.stdout.write(
            f"{title:<9}  {share:>3}%  {left:>4}  {in_time:>13}  {closings:>8}  {probability:>11.2f}  "
            f"{delivered:>9.2f}\n"
        )
    assert list(measured) == list(EXPECTED)
    for key, row in EXPECTED.items():
        assert measured[key] == pytest.approx(row, abs=0.051), key


def test_beside_the_base_rate(measured: dict[tuple[str, int], tuple[float, ...]]) -> None:
    """The event that was forecast is that all items open then end in time, not that the milestone does."""
    open_questions = [row for row in measured.values() if row[0] and row[3] >= 0]
    came = [float(in_time == left) for left, in_time, *_ in open_questions]
    told = [row[3] for row in open_questions]
    brier = sum((p - y) ** 2 for p, y in zip(told, came, strict=True)) / len(came)
    rate = sum(came) / len(came)
    assert (len(came), sum(came)) == (17, 4)
    assert rate * (1 - rate) == pytest.approx(0.180, abs=0.001)
    assert brier == pytest.approx(0.173, abs=0.02)  # .444 when the items were a queue at the team's pace
