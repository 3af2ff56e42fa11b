"""Do citations hold: `python -m benchmarks.citations [ANALYSES]`, 200 by default; ten minutes or so.

Simulated startups (other seeds, milestones and days) and, where it is there, secp256k1: every analysis is explained
three times, by a model that tells the truth, by one that lies in ten ways, and by none. Ids and numbers on the page
are held against the tables by tests/agents/audit.py, which shares no code with the check; the figures of the page
against a second analysis straight from the store.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from sqlalchemy import Engine

from sprintlib.github.dataset import ingest_dataset
from sprintlib.history import load_state
from sprintlib.settings import Settings, parse
from sprintlib.store import open_store
from sprintsim.simulation import write_startup
from tests.agents.audit import Result, audited

SECP = Path(__file__).parents[2] / "shared" / "data" / "github-backups" / "bitcoin-core_secp256k1.tar.xz"
TODAY = date(2026, 11, 23)
_REAL_SHARE = 0.25


def main(analyses: int) -> None:
    """Print what was shown, what was caught, and what was lost."""
    result, real = Result(), int(analyses * _REAL_SHARE) if SECP.is_file() else 0
    done = sum(1 for _ in _simulated(analyses - real, result)) + sum(1 for _ in _real(real, result))
    print(f"{done} analyses, of which at most {real} of secp256k1; figures differ on {result.differing}")
    for name, audit in result.audits.items():
        print(
            f"{name}: {audit.ids} ids shown, {len(audit.foreign)} not stored; {audit.sentences} sentences of the model "
            f"with {audit.numbers} numbers, {len(audit.unfounded)} not stored"
        )
        for told in (*audit.foreign, *audit.unfounded)[:10]:
            print(f"    {told}")
        names = ("citation precision", "recall", "unsupported", "coverage")
        means = [sum(values) / len(values) for values in zip(*result.reports[name], strict=True)]
        print("    " + ", ".join(f"{what} {mean:.2f}" for what, mean in zip(names, means, strict=True)))
    for how, count in sorted(result.said.items()):
        kept = result.kept[how]
        print(f"  {how:15} {count:5} said, {kept:4} kept, {1 - kept / count:.3f} dropped")
    for told in result.passed[:20]:
        print(f"  kept, {told}")
    for reason, count in result.reasons.most_common(8):
        print(f"  true and dropped: {count} {reason}")


def _simulated(analyses: int, result: Result) -> Iterator[None]:
    """Ten analyses of each startup: its five sprints, early and late."""
    for seed in range(-(-analyses // 10)):
        with TemporaryDirectory() as folder:
            home = Path(folder)
            write_startup(home / "github", seed, TODAY)
            engine = open_store(f"sqlite:///{home / 'data' / 'sprint.db'}")
            names = ingest_dataset(engine, home / "github", "Mooring")
            settings = parse({"home": home, "project": {"name": "Mooring", "repositories": names}})
            found = audited(engine, settings, _moments(engine, settings), seed, result)
            yield from islice(found, min(10, analyses - 10 * seed))


def _real(analyses: int, result: Result) -> Iterator[None]:
    if analyses:
        with TemporaryDirectory() as folder:
            home = Path(folder)
            engine = open_store(f"sqlite:///{home / 'data' / 'sprint.db'}")
            ingest_dataset(engine, SECP, "secp256k1")
            project = {"name": "secp256k1", "repositories": ["bitcoin-core/secp256k1"]}
            settings = parse({"home": home, "project": project})
            yield from islice(audited(engine, settings, _moments(engine, settings), 99, result), analyses)


def _moments(engine: Engine, settings: Settings) -> Iterator[tuple[str, datetime]]:
    """(milestone, noon of a day in its course), evenly spread over the milestones that had a due date."""
    past = load_state(engine, settings, datetime.now(UTC))
    rows = past.milestones.filter(pl.col("due_on").is_not_null()).group_by("title").agg(pl.col("due_on").max())
    dated = sorted(rows.iter_rows(), key=lambda row: (row[1], row[0]))
    for back in (8, 3, 12, 1, 20, 5, 30):
        for title, due_on in dated:
            yield title, datetime.combine(due_on - timedelta(days=back), time(12), UTC)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
