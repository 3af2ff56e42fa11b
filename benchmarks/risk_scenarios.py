"""Scenarios against the detectors that should notice them: `python benchmarks/risk_scenarios.py [SEEDS [FIRST]]`.

Also the last part of `benchmarks/risks.py`; ten startups a seed, some 15 seconds of processor time for each seed.

A startup per scenario and seed, looked at when the trouble has lasted so long that somebody should notice, and as many
without one, looked at at half time of the same sprint. What was put in is what the simulation set out to do
(`simulate/troubles.py`); what is so besides is told by `risk_truths.py`; what was said is what detectors make of the
collected facts, changed files included. Seeds from FIRST (200) on: the rules were chosen on 100 to 107.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import polars as pl
from risk_truths import Claims, conflict, have_one_author, ref_of, take_longest
from sqlalchemy import Engine

from sprintlib.analysis.pipeline import sprint_contexts
from sprintlib.facts.rows import Origin
from sprintlib.github.clone import Clone, collect_changed_files
from sprintlib.github.dataset import ingest_dataset
from sprintlib.history import load_state
from sprintlib.risks import Risk, SprintContext, find_risks
from sprintlib.settings import parse
from sprintlib.store import open_store
from sprintsim.simulation import EventLog, write_startup
from sprintsim.simulation.event_log import InjectedProblem, TroubleKind
from sprintsim.simulation.injected_problems import SCENARIOS, Scenario

TODAY = date(2026, 11, 23)
HALF_TIME = timedelta(days=7)  # before the day on which a sprint is due
SPRINT_DAYS = timedelta(days=14)
KINDS: tuple[TroubleKind, ...] = get_args(TroubleKind)
# About the sprint as a whole; the others name items.
OF_THE_SPRINT = {"late_start", "quiet_milestone", "untracked_board", "too_much_wip", "review_bottleneck"}
WITH_SIZES = datetime(2000, 1, 1, tzinfo=UTC)
FRESH = 200  # the first seed on which no rule was chosen


@dataclass(frozen=True)
class Case:
    """One sprint at one moment, by kind: what was put in, what was said, and what of that is so, put in or not."""

    scenario: Scenario | None
    put_in: dict[str, Claims]
    said: dict[str, Claims]
    so: dict[str, Claims]


def measure(seeds: int, first: int = FRESH) -> list[Case]:
    """Every scenario with every seed, and none."""
    cases = []
    for seed in range(first, first + seeds):
        for scenario in (None, *SCENARIOS):
            with TemporaryDirectory() as name:
                cases += _looked_at(Path(name), seed, scenario)
    return cases


def _looked_at(home: Path, seed: int, scenario: Scenario | None) -> Iterator[Case]:
    """The threatened sprint at the first moment at which its trouble can be seen; none where it never came to it."""
    event_log = write_startup(home / "github", seed, TODAY, scenario)
    due_on = sorted({milestone.due_on for milestone in event_log.milestones})[-2]
    visible = min((trouble.visible for trouble in event_log.troubles), default=None)
    if scenario is None:
        visible = datetime.combine(due_on - HALF_TIME, datetime.min.time(), UTC) + timedelta(hours=12)
    if visible is not None:
        engine = open_store(f"sqlite:///{home / 'sprint.db'}")
        context = _situation(engine, home, event_log, due_on, visible)
        risks = find_risks(context)
        said = {kind: _claims(context, kind, risks) for kind in KINDS}
        put_in = _put_in(scenario, event_log.troubles)
        yield Case(scenario, put_in, said, _so(event_log, context, home / "github", put_in, said))
        engine.dispose()


def _situation(engine: Engine, home: Path, event_log: EventLog, due_on: date, as_of: datetime) -> SprintContext:
    names = ingest_dataset(engine, home / "github", "Mooring")
    for repo in event_log.repos:
        _store_changed_files(engine, home / "github" / repo, home / "clones")
    settings = parse({"home": home, "project": {"name": "Mooring", "repositories": names}})
    titles = {milestone.title for milestone in event_log.milestones if milestone.due_on == due_on}
    (context,) = sprint_contexts(load_state(engine, settings, as_of), settings, titles.pop())
    return context


def _store_changed_files(engine: Engine, folder: Path, clones: Path) -> None:
    """As a collection does it: from a clone."""
    number = json.loads((folder / "repository.json").read_bytes())["id"]
    clone = Clone(clones / f"{number}.git", f"file://{folder / 'repo.git'}", {})
    collect_changed_files(engine, Origin(number, "git", datetime.now(UTC)), clone, [], WITH_SIZES)


# ---------------------------------------------------------------- what is so, and what was said


def _put_in(scenario: Scenario | None, troubles: tuple[InjectedProblem, ...]) -> dict[str, Claims]:
    """What should be noticed. Of one person who juggles nothing: `too_much_wip` is about teams."""
    found: dict[str, Claims] = {kind: set() for kind in KINDS}
    for trouble in troubles:
        refs = tuple(ref_of(key) for key in trouble.items)
        if trouble.kind in OF_THE_SPRINT:
            found[trouble.kind] |= {("sprint",)} if scenario != "one_person_juggles" else set()
        elif trouble.kind == "concurrent_edits":
            found[trouble.kind].add(refs)
        else:
            found[trouble.kind] |= {(ref,) for ref in refs}
    return found


def _so(
    event_log: EventLog, context: SprintContext, repositories: Path, put_in: dict[str, Claims], said: dict[str, Claims]
) -> dict[str, Claims]:
    """What was said and is so; where nothing else tells, only what was put in."""
    as_of = context.sprint.past.as_of
    return {kind: said[kind] & put_in[kind] for kind in KINDS} | {
        "ageing_work": take_longest(event_log, said["ageing_work"]),
        "concurrent_edits": conflict(event_log, context, repositories, said["concurrent_edits"]),
        "single_ownership": have_one_author(event_log, as_of, said["single_ownership"]),
    }


def _claims(context: SprintContext, kind: TroubleKind, risks: tuple[Risk, ...]) -> Claims:
    """What the risks of one kind say, in the terms of the truth."""
    mine = [risk for risk in risks if risk.kind == kind]
    if kind in OF_THE_SPRINT:
        return {("sprint",) for _ in mine}
    if kind == "concurrent_edits":
        return {tuple(sorted(risk.items, key=_key)) for risk in mine}
    carried = {pull: item for item, pulls in context.pulls_of.items() for pull in pulls if pull != item}
    named = {ref for risk in mine for ref in risk.items}
    if kind == "ageing_work":  # an item and the pull request that carries it are one piece of work
        named = {carried.get(ref, ref) for ref in named}
    return {(ref,) for ref in named}


def _key(ref: str) -> tuple[str, int]:
    repo, number = ref.split("#")
    return repo, int(number)


# ---------------------------------------------------------------- tables


def show_scenarios(cases: list[Case]) -> None:
    """Precision and recall by kind, then what each scenario set off."""
    print(f"\n== scenarios, {len(cases)} sprints, one trouble in most of them ==")
    rows = [_row(kind, cases) for kind in KINDS]
    names = ["kind", "put in", "noticed", "recall", "said", "so", "precision"]
    show(pl.DataFrame(rows, schema=names, orient="row"))
    print("\nshare of the sprints of a scenario in which a detector said something")
    shares = [
        _shares(scenario, [case for case in cases if case.scenario == scenario]) for scenario in (*SCENARIOS, None)
    ]
    show(pl.DataFrame(shares, schema=["scenario", "n", *KINDS], orient="row"))


def _row(kind: TroubleKind, cases: list[Case]) -> tuple[object, ...]:
    put_in, said, so = (sum(len(getattr(case, side)[kind]) for case in cases) for side in ("put_in", "said", "so"))
    noticed = sum(len(case.put_in[kind] & case.said[kind]) for case in cases)
    return kind, put_in, noticed, noticed / put_in if put_in else None, said, so, so / said if said else None


def _shares(scenario: Scenario | None, cases: list[Case]) -> tuple[object, ...]:
    count = max(len(cases), 1)
    return scenario or "none", len(cases), *(sum(bool(case.said[kind]) for case in cases) / count for kind in KINDS)


def show(table: pl.DataFrame) -> None:
    """The whole table, numbers with two digits."""
    with pl.Config(
        tbl_rows=50,
        tbl_cols=20,
        tbl_width_chars=200,
        float_precision=2,
        tbl_hide_column_data_types=True,
        tbl_hide_dataframe_shape=True,
    ):
        print(table)


if __name__ == "__main__":
    show_scenarios(measure(*map(int, sys.argv[1:3] or ("15",))))
