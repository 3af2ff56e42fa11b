"""The seven closed dated milestones of secp256k1 at half time: probability beside the outcome.

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
from sprintlib.forecast import find_sprints, forecast, prepare
from sprintlib.github.dataset import ingest_dataset
from sprintlib.history import Past, load_past
from sprintlib.history.scope import deadline, start_of
from sprintlib.settings import Settings, parse
from sprintlib.store import open_store

pytestmark = pytest.mark.realdata

REPO = "bitcoin-core/secp256k1"
CALENDAR = WorkingCalendar()
# title: (open at half time, of these ended in time, closings known, probability, probability_delivered, days late)
EXPECTED = {
    "0.3.0": (0, 0, 1, 0.97, 0.97, 32.6),
    "0.4.0": (1, 1, 9, 0.97, 0.97, 18.4),
    "0.4.1": (4, 2, 12, 0.31, 0.34, 14.6),
    "0.6.0": (2, 1, 18, 0.82, 0.85, 2.7),
    "0.7.0": (2, 1, 21, 0.83, 0.90, 3.4),
    "0.7.1": (2, 0, 29, 0.77, 0.90, 10.9),
    "0.8.0": (2, 2, 29, 0.67, 0.67, 0.9),
}


class Project:
    """secp256k1 in a store."""

    def __init__(self, archive: Path, folder: Path) -> None:
        self.engine = open_store(f"sqlite:///{folder / 'sprint.db'}")
        self.settings: Settings = parse({"home": folder, "project": {"name": "secp", "repositories": [REPO]}})
        ingest_dataset(self.engine, archive, "secp", datetime(2026, 9, 1, tzinfo=UTC))

    def past(self, moment: datetime) -> Past:
        return load_past(self.engine, self.settings, moment)


@pytest.fixture(scope="module")
def project(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(real_data / "github-backups/bitcoin-core_secp256k1.tar.xz", tmp_path_factory.mktemp("secp"))


@pytest.fixture(scope="module")
def measured(project: Project) -> dict[str, tuple[float, ...]]:
    """The columns of EXPECTED, by title."""
    whole = project.past(datetime(2026, 8, 31, tzinfo=UTC))
    dated = whole.milestones.filter(pl.col("due_on").is_not_null() & (pl.col("state") == "closed")).sort("due_on")
    return {row["title"]: _at_half_time(project, whole, row) for row in dated.to_dicts()}


def _at_half_time(project: Project, whole: Past, milestone: dict[str, Any]) -> tuple[float, ...]:
    end = deadline(milestone["due_on"], CALENDAR)
    start = start_of(whole, milestone["repository_id"], milestone["number"], CALENDAR)
    assert start is not None
    (sprint,) = find_sprints(project.past(start + (end - start) / 2), CALENDAR, {}, milestone["title"])
    outlook = prepare(sprint)
    found = forecast(outlook)
    ended = whole.items.join(sprint.open_items.select("ref"), on="ref", how="semi")
    in_time = ended.filter(pl.col("closed_at") < end).height
    late = (milestone["closed_at"] - end) / timedelta(days=1)
    assert found.probability is not None
    assert found.probability_delivered is not None
    return ended.height, in_time, outlook.n_history, found.probability, found.probability_delivered, late


def test_probability_at_half_time_beside_the_outcome(measured: dict[str, tuple[float, ...]]) -> None:
    sys.stdout.write("\nmilestone  open  ended in time  closings  probability  delivered  days late\n")
    for title, (left, in_time, closings, probability, delivered, late) in measured.items():
        sys.stdout.write(
            f"{title:<9}  {left:>4}  {in_time:>13}  {closings:>8}  {probability:>11.2f}  {delivered:>9.2f}  "
            f"{late:>9.1f}\n"
        )
    assert list(measured) == list(EXPECTED)
    for title, row in EXPECTED.items():
        assert measured[title] == pytest.approx(row, abs=0.051), title


def test_it_is_worse_than_the_base_rate_there_and_says_so(measured: dict[str, tuple[float, ...]]) -> None:
    """The event that was forecast is that all items open at half time end in time, not that the milestone does."""
    came = [float(in_time == left) for left, in_time, *_ in measured.values()]
    told = [row[3] for row in measured.values()]
    brier = sum((p - y) ** 2 for p, y in zip(told, came, strict=True)) / len(came)
    rate = sum(came) / len(came)
    assert sum(came) == 3
    assert brier == pytest.approx(0.31, abs=0.02)
    assert rate * (1 - rate) == pytest.approx(0.245, abs=0.001)
