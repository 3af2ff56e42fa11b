"""How long a forecast takes: `python benchmarks/speed.py`, CPU time of one process, a minute on one core.

A simulated startup is collected into a store, and its sprint in progress is forecast. Ten milestones: copies of that
sprint side by side, each with all its risks, actions and account, as `sprint analyze` does it.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import TypeVar

from sprintlib.analysis import analyze_past
from sprintlib.analysis.analyzing import find_situations
from sprintlib.forecast import Change, forecast, prepare, what_if
from sprintlib.github.dataset import ingest_dataset
from sprintlib.history import load_past
from sprintlib.recommend import recommend
from sprintlib.risks import Situation, find_risks
from sprintlib.settings import parse
from sprintlib.simulate import write_startup
from sprintlib.store import open_store

Result = TypeVar("Result")

TODAY, AS_OF = date(2026, 11, 23), datetime(2026, 11, 18, 12, tzinfo=UTC)
REPOSITORIES = ["sprint-demo/api", "sprint-demo/web", "sprint-demo/mobile"]


def main(seed: int) -> None:
    """Print milliseconds of CPU time."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        write_startup(home / "startup", seed, TODAY)
        engine = open_store(f"sqlite:///{home / 'sprint.db'}")
        ingest_dataset(engine, home / "startup", "demo", datetime(2026, 11, 23, tzinfo=UTC))
        settings = parse({"home": home, "project": {"name": "demo", "repositories": REPOSITORIES}})
        load, past = timed(lambda: load_past(engine, settings, AS_OF))
        print(f"history loaded                                {load:8.1f} ms")
        first, _ = timed(lambda: analyze_past(past, settings))
        print(f"first analysis of the project, nothing cached {first:8.1f} ms")
        (situation,) = find_situations(past, settings)
        outlook = situation.outlook
        refs = tuple(outlook.work.open)
        show("forecast of a milestone, observed", lambda: forecast(outlook), 50)
        show("observing it", lambda: prepare(situation.sprint, outlook.work.blocked, situation.waits_for), 20)
        show("a what-if", lambda: what_if(outlook, Change(drop=refs[:1])), 50)
        risks, told = find_risks(situation), forecast(outlook)
        show("recommendations", lambda: recommend(situation, outlook, told, risks), 5)
        again = timed(lambda: [analyze_past(replace(past), settings) for _ in range(5)])[0] / 5
        print(f"analysis of a project with one milestone      {again:8.1f} ms")
        each = timed(lambda: [_whole(replace(situation)) for _ in range(10)])[0] / 10
        print(f"each further milestone                        {each:8.1f} ms")
        print(f"ten milestones, history loaded: about         {load + again + 9 * each:8.1f} ms")


def _whole(situation: Situation) -> None:
    fresh = Situation(situation.sprint, situation.thresholds, situation.edges)
    outlook = fresh.outlook
    told = forecast(outlook)
    recommend(fresh, outlook, told, find_risks(fresh))


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Milliseconds of CPU time, and what came of it."""
    start = process_time()
    found = work()
    return 1000 * (process_time() - start), found


def show(name: str, work: Callable[[], object], times: int) -> None:
    """Milliseconds of CPU time, mean of so many."""
    work()
    spent, _ = timed(lambda: [work() for _ in range(times)])
    print(f"{name:<46}{spent / times:8.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 105)
