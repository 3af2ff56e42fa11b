"""What the detectors say about the milestones of secp256k1, read and judged one by one (docs/risks.md).

`labelled.csv` holds the first time that a detector named an item of a milestone, looking every second Tuesday at noon
from November 2022 to August 2026, in one project with bips. Whoever built the detectors labelled them: `right` where
what was said is so and somebody could have acted on it.
"""

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sprintlib.analysis.analyzing import find_situations
from sprintlib.github.dataset import ingest_dataset
from sprintlib.history import load_past
from sprintlib.risks import find_risks
from sprintlib.settings import parse
from sprintlib.store import open_store

REPO = "bitcoin-core/secp256k1"
DATASETS = ("bitcoin-core_secp256k1", "bitcoin_bips")
PRECISION = {  # kind: (right, said)
    "ageing_work": (10, 13),
    "blocked_item": (1, 1),
    "overcommitted": (5, 6),
    "oversized_pull_request": (3, 3),
    "quiet_milestone": (4, 9),
    "scope_creep": (7, 10),
    "stale_pull_request": (15, 21),
    "unstarted_near_due": (3, 4),
}


def labels() -> list[dict[str, str]]:
    with (Path(__file__).parent / "labelled.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_labels_add_up_to_what_is_reported() -> None:
    said = Counter(label["kind"] for label in labels())
    right = Counter(label["kind"] for label in labels() if label["verdict"] == "right")
    assert {kind: (right[kind], said[kind]) for kind in said} == PRECISION
    assert {label["verdict"] for label in labels()} == {"right", "wrong"}
    assert (right.total(), said.total()) == (48, 67)


@pytest.mark.realdata
@pytest.mark.slow
def test_the_detectors_still_say_what_was_labelled(real_data: Path, tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'sprint.db'}")
    settings = parse({"home": tmp_path, "project": {"name": "secp", "repositories": [REPO, "bitcoin/bips"]}})
    for name in DATASETS:
        archive = real_data / f"github-backups/{name}.tar.xz"
        ingest_dataset(engine, archive, "secp", datetime(2026, 9, 1, tzinfo=UTC))
    silent = []
    for day in sorted({label["as_of"] for label in labels()}):
        past = load_past(engine, settings, datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC))
        said = {
            (situation.sprint.title, risk.kind, " ".join(ref.removeprefix(REPO) for ref in risk.items))
            for situation in find_situations(past, settings)
            for risk in find_risks(situation)
        }
        for label in labels():
            if label["as_of"] == day and (label["milestone"], label["kind"], label["refs"]) not in said:
                silent.append((day, label["kind"], label["refs"]))
    assert silent == []
