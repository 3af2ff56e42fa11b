"""How long a forecast takes: `python benchmarks/speed.py`, CPU time of one process, a minute on one core.

A simulated startup is collected into a store, and its sprint in progress is forecast. Ten milestones: that sprint and
nine copies of it with their items, events, texts and reviews in one project, analysed as `sprint analyze` does it.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import TypeVar

import polars as pl

from sprintlib.analysis import analyze_past
from sprintlib.analysis.pipeline import sprint_contexts
from sprintlib.forecast import Change, build_inputs, forecast, what_if
from sprintlib.github.dataset import ingest_dataset
from sprintlib.history import ProjectState, load_state
from sprintlib.recommend import recommend
from sprintlib.risks import find_risks
from sprintlib.settings import parse
from sprintlib.store import open_store
from sprintsim.simulation import write_startup

Result = TypeVar("Result")

TODAY, AS_OF = date(2026, 11, 23), datetime(2026, 11, 18, 12, tzinfo=UTC)
REPOSITORIES = ["sprint-demo/api", "sprint-demo/web", "sprint-demo/mobile"]
_OF_ITEMS = ("items", "memberships", "transitions", "events", "comments", "reviews", "commits")
_APART = 10_000  # between the numbers of copies


def main(seed: int) -> None:
    """Print milliseconds of CPU time."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        write_startup(home / "startup", seed, TODAY)
        engine = open_store(f"sqlite:///{home / 'sprint.db'}")
        ingest_dataset(engine, home / "startup", "demo", datetime(2026, 11, 23, tzinfo=UTC))
        settings = parse({"home": home, "project": {"name": "demo", "repositories": REPOSITORIES}})
        load, past = timed(lambda: load_state(engine, settings, AS_OF))
        print(f"history loaded                                {load:8.1f} ms")
        first, _ = timed(lambda: analyze_past(past, settings))
        print(f"first analysis of the project, nothing cached {first:8.1f} ms")
        (context,) = sprint_contexts(past, settings)
        inputs = context.inputs
        refs = tuple(inputs.work.open)
        show("forecast of a milestone, observed", lambda: forecast(inputs), 50)
        show("observing it", lambda: build_inputs(context.sprint, inputs.work.blocked, context.waits_for), 20)
        show("a what-if", lambda: what_if(inputs, Change(drop=refs[:1])), 50)
        risks, told = find_risks(context), forecast(inputs)
        show("recommendations", lambda: recommend(context, inputs, told, risks), 5)
        again = timed(lambda: [analyze_past(replace(past), settings) for _ in range(5)])[0] / 5
        print(f"analysis of a project with one milestone      {again:8.1f} ms")
        more = side_by_side(past, context.sprint.title, 10)
        assert len(sprint_contexts(more, settings)) == 10
        ten = timed(lambda: [analyze_past(replace(more), settings) for _ in range(3)])[0] / 3
        print(f"of one with ten milestones                    {ten:8.1f} ms")
        print(f"ten milestones with their history loaded      {load + ten:8.1f} ms")


def side_by_side(past: ProjectState, title: str, times: int) -> ProjectState:
    """The past with so many copies of one sprint: its milestones, its items and what happened to them."""
    milestones = past.milestones.filter(title=title)
    inside = past.memberships.join(
        milestones.select("repository_id", milestone="number"), on=["repository_id", "milestone"], how="semi"
    )
    frames = {name: [getattr(past, name)] for name in ("milestones", *_OF_ITEMS)}
    for place in range(1, times):
        shifted = pl.col("number") + place * _APART
        named = (pl.concat_str(name, pl.lit(f" {place + 1}")) for name in ("title", "title_then"))
        frames["milestones"].append(milestones.with_columns(shifted, *named))
        for name in _OF_ITEMS:
            whole = getattr(past, name)
            copied = whole.join(inside, on=["repository_id", "number"], how="semi", maintain_order="left")
            frames[name].append(copied.with_columns(shifted, *_renamed(whole, place)).select(whole.columns))
    return replace(past, **{name: pl.concat(parts) for name, parts in frames.items()})


def _renamed(frame: pl.DataFrame, place: int) -> Iterator[pl.Expr]:
    """What has to differ in a copy of these rows."""
    if "milestone" in frame.columns:
        yield pl.col("milestone") + place * _APART
    if "ref" in frame.columns:
        yield pl.format("{}#{}", "repo", pl.col("number") + place * _APART).alias("ref")
    if "sha" in frame.columns:
        yield pl.concat_str("sha", pl.lit(f"-{place}"))


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
