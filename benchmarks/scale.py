"""What 1, 3 and 10 repositories in one store cost: `python -m benchmarks.scale [N ...] [--report]`.

Simulated startups of three repositories each fill one store; those of a number are cut off after so many. The project
that is looked at is the first startup (with 1, its first repository), so that what the others cost shows. Each number
runs in a process of its own and tells processor time, and the most memory it held:

    collect       a dataset into the store, a repository
    load          the project's state from the store
    analyse       all of its milestones, with the state loaded
    one change    one issue is edited, and what that touches is analysed, as a worker does it
    texts         the full-text index, from nothing
    search        one question by words, median of 30
    report        the dated notebook (only with --report: it takes half a minute)

The exponent of each is that of the number of repositories, by least squares on logarithms. The simulations go through
the executor of sprintlib.parallel: --scheduler has a Dask cluster, or one process a core, make them.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np
from sqlalchemy import Engine, func, select, update

from sprintlib.facts.changes import FactChange, note_changes
from sprintlib.github.dataset import ingest_dataset
from sprintlib.history import load_state
from sprintlib.knowledge import search, update_texts
from sprintlib.parallel import in_order, open_executor
from sprintlib.project import ProjectHandle
from sprintlib.reports import write_report
from sprintlib.services import analyze
from sprintlib.settings import Settings, parse
from sprintlib.store import open_store, schema
from sprintlib.worker.project import LiveProject
from sprintsim.simulation import write_startup

NAMES = ("api", "web", "mobile")
TODAY, NOW = date(2026, 11, 23), datetime(2026, 11, 22, 23, tzinfo=UTC)
SIZES = (1, 3, 10)
SEED = 11
_APART = 1_000_000_000  # between the ids of two startups
_QUESTIONS = ("what blocks the checkout", "flaky test", "who reviews the payment page", "login timeout", "migration")
_EDITS = 5


@dataclass(frozen=True)
class Told:
    """Of one number of repositories: processor seconds of each step, items in the store, megabytes at most."""

    repositories: int
    items: int
    seconds: dict[str, float]
    megabytes: int
    store_megabytes: float


def make_startup(folder: Path, place: int) -> None:
    """One startup in folders `NAME-PLACE`, with names and ids that no other has."""
    with TemporaryDirectory() as name:
        write_startup(Path(name), SEED + place, TODAY)
        for repo in NAMES:
            source = Path(name) / "sprint-demo" / repo
            if not source.is_dir():
                (source,) = (path for path in Path(name).rglob(repo) if (path / "issues").is_dir())
            target = folder / f"{place:03}-{NAMES.index(repo)}"
            for path in source.rglob("*.json"):
                there = target / path.relative_to(source)
                there.parent.mkdir(parents=True, exist_ok=True)
                there.write_text(_renamed(path.read_text(encoding="utf-8"), place), encoding="utf-8")


def _renamed(text: str, place: int) -> str:
    text = re.sub(r"sprint-demo/(api|web|mobile)\b", rf"sprint-demo/\1-{place}", text)
    text = re.sub(r'"name": ?"(api|web|mobile)"', rf'"name": "\1-{place}"', text)
    return re.sub(r'("id": ?)(\d+)', lambda found: f"{found[1]}{int(found[2]) + place * _APART}", text)


def measure(folder: Path, number: int, *, report: bool) -> Told:
    """In this process: the first repositories of a folder of startups, in a store of their own."""
    with TemporaryDirectory() as name:
        wanted = [f"sprint-demo/{repo}-0" for repo in NAMES][:number]
        settings = parse({"home": name, "project": {"name": "first", "repositories": wanted}})
        (Path(name) / "sprint.toml").write_text(
            f'[project]\nname = "first"\nrepositories = {json.dumps(wanted)}\n', encoding="utf-8"
        )
        engine = open_store(settings.database_url)
        seconds = {"collect": 0.0}
        for place, part in enumerate(sorted(folder.iterdir())[:number]):
            project = "first" if place < len(NAMES) else f"other-{place // len(NAMES)}"
            seconds["collect"] += timed(lambda part=part, to=project: ingest_dataset(engine, part, to, NOW))
        seconds["collect"] /= number
        seconds |= steps(engine, settings, report=report)
        with engine.connect() as connection:
            counted = (select(func.count()).select_from(table) for table in (schema.issue, schema.pull_request))
            items = sum(connection.scalar(query) or 0 for query in counted)
        engine.dispose()
        size = sum(path.stat().st_size for path in settings.data_dir.glob("sprint.db*")) / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    return Told(number, items, seconds, round(most), round(size, 1))


def steps(engine: Engine, settings: Settings, *, report: bool) -> dict[str, float]:
    """What is done with a store that holds everything."""
    found = {"load": timed(lambda: load_state(engine, settings, NOW))}
    project = ProjectHandle(settings, engine, lambda: NOW)
    project.state(NOW)
    analyze(project, NOW)  # models are read once
    found["analyse"] = timed(lambda: analyze(ProjectHandle(settings, engine, lambda: NOW), NOW))
    found["one change"] = one_change(engine, settings)
    found["texts"] = timed(lambda: update_texts(engine, settings))
    past = project.state(NOW)
    asked = [_QUESTIONS[place % len(_QUESTIONS)] for place in range(30)]
    found["search"] = float(
        np.median([timed(lambda one=one: search(engine, settings, one, NOW, past=past)) for one in asked])
    )
    if report:
        began = perf_counter()
        write_report(settings, None, NOW)
        found["report"] = perf_counter() - began  # by the clock: a notebook runs in processes of its own
    return found


def one_change(engine: Engine, settings: Settings) -> float:
    """An issue of the project is edited, and what that touches is analysed; the mean of a few."""
    live = LiveProject(engine, settings)
    live.bring_forward(NOW)
    live.analyze(set(live.urgent | live.late))
    with engine.connect() as connection:
        named = select(schema.repository.c.id).where(schema.repository.c.full_name == "sprint-demo/api-0")
        key = connection.scalar(named)
        issues = select(schema.issue.c.number).where(
            schema.issue.c.repository_id == key, schema.issue.c.state == "open"
        )
        numbers = list(connection.scalars(issues.order_by(schema.issue.c.number).limit(_EDITS)))
    spent = []
    for number in numbers:
        with engine.begin() as connection:
            mine = (schema.issue.c.repository_id == key) & (schema.issue.c.number == number)
            connection.execute(update(schema.issue).where(mine).values(title=f"Edited {number}"))
            note_changes(connection, [FactChange(int(key or 0), "item", str(number))])

        def react() -> None:
            live.bring_forward(NOW)
            live.analyze(set(live.urgent))

        spent.append(timed(react))
    return float(np.mean(spent))


def timed(work: Callable[[], object]) -> float:
    """Processor seconds of this process."""
    began = process_time()
    work()
    return process_time() - began


def exponent(numbers: list[int], seconds: list[float]) -> float:
    """Of the number of repositories: 0 costs the same whatever there is, 1 grows as it does."""
    return float(np.polyfit(np.log(numbers), np.log(np.maximum(seconds, 1e-6)), 1)[0])


def main(sizes: list[int], scheduler: str | None, *, report: bool) -> None:
    """Print a table."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        began = perf_counter()
        startups = -(-max(sizes) // len(NAMES))
        with open_executor(scheduler) as executor:
            list(in_order(executor, make_startup, [(folder, place) for place in range(startups)]))
        print(f"{startups} startups simulated in {perf_counter() - began:.1f} s by {scheduler or 'this process'}")
        told = [_apart(folder, size, report=report) for size in sizes]
    print(f"{'repositories':<16}" + "".join(f"{one['repositories']:>10}" for one in told) + "  exponent")
    for label in ("items", "megabytes", "store_megabytes"):
        print(f"{label:<16}" + "".join(f"{one[label]:>10,}" for one in told))
    for step in told[0]["seconds"]:
        spent = [one["seconds"][step] for one in told]
        grows = f"{exponent(sizes, spent):>10.2f}" if len(sizes) > 1 else ""
        print(f"{step:<16}" + "".join(f"{1000 * one:>8.1f}ms" for one in spent) + grows)


def _apart(folder: Path, size: int, *, report: bool) -> dict[str, Any]:
    """One number in a process of its own, whose memory is only its own."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.scale",
        str(size),
        "--in",
        str(folder),
        *(["--report"] if report else []),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES), help="numbers of repositories")
    parser.add_argument("--scheduler", help="tcp://HOST:PORT of a Dask cluster, or 'processes'")
    parser.add_argument("--report", action="store_true", help="write a report of each too")
    parser.add_argument("--in", dest="folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.folder:
        print(json.dumps(vars(measure(given.folder, given.sizes[0], report=given.report))))
    else:
        main(given.sizes or list(SIZES), given.scheduler, report=given.report)
