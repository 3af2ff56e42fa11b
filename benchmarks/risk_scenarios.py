"""Scenarios against the detectors that should notice them: `python benchmarks/risk_scenarios.py [SEEDS]`.

Also the last part of `benchmarks/risks.py`; ten startups a seed, some 15 seconds of processor time for each seed.

A startup per scenario and seed, looked at when the trouble has lasted so long that somebody should notice, and as many
without one, looked at at half time of the same sprint. What is so is what the simulation set out to do
(`simulate/troubles.py`); what was said is what the detectors make of the collected facts, changed files included.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import polars as pl
from sqlalchemy import Engine

from sprintlib.analysis.analyzing import find_situations
from sprintlib.github.clone import Clone, collect_changed_files
from sprintlib.github.dataset import ingest_dataset
from sprintlib.github.rows import Origin
from sprintlib.history import load_past
from sprintlib.risks import Risk, Situation, find_risks
from sprintlib.settings import parse
from sprintlib.simulate import Chronicle, write_startup
from sprintlib.simulate.chronicle import Key, Trouble, TroubleKind
from sprintlib.simulate.troubles import SCENARIOS, Scenario
from sprintlib.store import open_store

TODAY = date(2026, 11, 23)
HALF_TIME = timedelta(days=7)  # before the day on which a sprint is due
SPRINT_DAYS = timedelta(days=14)
KINDS: tuple[TroubleKind, ...] = get_args(TroubleKind)
# About the sprint as a whole; the others name items.
OF_THE_SPRINT = {"late_start", "quiet_milestone", "untracked_board", "too_much_wip", "review_bottleneck"}
NO_SIZES = datetime(2100, 1, 1, tzinfo=UTC)  # line counts are not looked at
Claims = set[tuple[str, ...]]


@dataclass(frozen=True)
class Case:
    """One sprint at one moment: what is so and what was said, by kind. facts: of what was said, what is so anyway."""

    scenario: Scenario | None
    true: dict[str, Claims]
    said: dict[str, Claims]
    facts: dict[str, Claims]


def measure(seeds: int) -> list[Case]:
    """Every scenario with every seed, and none."""
    cases = []
    for seed in range(seeds):
        for scenario in (None, *SCENARIOS):
            with TemporaryDirectory() as name:
                cases += _looked_at(Path(name), seed, scenario)
    return cases


def _looked_at(home: Path, seed: int, scenario: Scenario | None) -> Iterator[Case]:
    """The threatened sprint at the first moment at which its trouble can be seen; none where it never came to it."""
    chronicle = write_startup(home / "github", seed, TODAY, scenario)
    due_on = sorted({milestone.due_on for milestone in chronicle.milestones})[-2]
    visible = min((trouble.visible for trouble in chronicle.troubles), default=None)
    if scenario is None:
        visible = datetime.combine(due_on - HALF_TIME, datetime.min.time(), UTC) + timedelta(hours=12)
    if visible is not None:
        engine = open_store(f"sqlite:///{home / 'sprint.db'}")
        situation = _situation(engine, home, chronicle, due_on, visible)
        risks = find_risks(situation)
        said = {kind: _claims(situation, kind, risks) for kind in KINDS}
        facts = {"concurrent_edits": _overlaps(chronicle, said), "single_ownership": _owned(chronicle, situation, said)}
        yield Case(scenario, _truth(chronicle.troubles), said, facts)
        engine.dispose()


def _situation(engine: Engine, home: Path, chronicle: Chronicle, due_on: date, as_of: datetime) -> Situation:
    names = ingest_dataset(engine, home / "github", "Mooring")
    for repo in chronicle.repos:
        _store_changed_files(engine, home / "github" / repo, home / "clones")
    settings = parse({"home": home, "project": {"name": "Mooring", "repositories": names}})
    titles = {milestone.title for milestone in chronicle.milestones if milestone.due_on == due_on}
    (situation,) = find_situations(load_past(engine, settings, as_of), settings, titles.pop())
    return situation


def _store_changed_files(engine: Engine, folder: Path, clones: Path) -> None:
    """As a collection does it: from a clone."""
    number = json.loads((folder / "repository.json").read_bytes())["id"]
    clone = Clone(clones / f"{number}.git", f"file://{folder / 'repo.git'}", {})
    collect_changed_files(engine, Origin(number, "git", datetime.now(UTC)), clone, [], NO_SIZES)


# ---------------------------------------------------------------- what is so, and what was said


def _truth(troubles: tuple[Trouble, ...]) -> dict[str, Claims]:
    true: dict[str, Claims] = {kind: set() for kind in KINDS}
    for trouble in troubles:
        refs = tuple(_ref(key) for key in trouble.items)
        if trouble.kind in OF_THE_SPRINT:
            true[trouble.kind].add(("sprint",))
        elif trouble.kind == "concurrent_edits":
            true[trouble.kind].add(refs)
        else:
            true[trouble.kind] |= {(ref,) for ref in refs}
    return true


def _claims(situation: Situation, kind: TroubleKind, risks: tuple[Risk, ...]) -> Claims:
    """What the risks of one kind say, in the terms of the truth."""
    mine = [risk for risk in risks if risk.kind == kind]
    if kind in OF_THE_SPRINT:
        return {("sprint",) for _ in mine}
    if kind == "concurrent_edits":
        return {tuple(sorted(risk.items, key=_key)) for risk in mine}
    carried = {pull: item for item, pulls in situation.pulls_of.items() for pull in pulls if pull != item}
    named = {ref for risk in mine for ref in risk.items}
    if kind == "ageing_work":  # an item and the pull request that carries it are one piece of work
        named = {carried.get(ref, ref) for ref in named}
    return {(ref,) for ref in named}


def _overlaps(chronicle: Chronicle, said: dict[str, Claims]) -> Claims:
    """Of the pairs said, those whose commits change a common file."""
    paths: defaultdict[str, set[str]] = defaultdict(set)
    for commit in chronicle.commits:
        paths[_ref((commit.repo, commit.number))] |= {change.path for change in commit.changes}
    return {pair for pair in said["concurrent_edits"] if paths[pair[0]] & paths[pair[1]]}


def _owned(chronicle: Chronicle, situation: Situation, said: dict[str, Claims]) -> Claims:
    """Of the pull requests said, those that change a file of which one person wrote three quarters of all lines so far.

    All lines since the startup began, merged or not: what the team knows, not what four weeks of commits show.
    """
    lines: defaultdict[tuple[str, str], defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    touched: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for commit in chronicle.commits:
        if chronicle.start < commit.at <= situation.sprint.past.as_of:
            for change in commit.changes:
                lines[commit.repo, change.path][commit.author] += change.added
                touched[_ref((commit.repo, commit.number))].add((commit.repo, change.path))
    single = {path for path, authors in lines.items() if max(authors.values()) > 0.75 * sum(authors.values())}
    return {(ref,) for (ref,) in said["single_ownership"] if touched[ref] & single}


def _ref(key: Key) -> str:
    return f"sprint-demo/{key[0]}#{key[1]}"


def _key(ref: str) -> tuple[str, int]:
    repo, number = ref.split("#")
    return repo, int(number)


# ---------------------------------------------------------------- tables


def show_scenarios(cases: list[Case]) -> None:
    """Precision and recall by kind, then what each scenario set off."""
    print(f"\n== scenarios, {len(cases)} sprints, one trouble in most of them ==")
    rows = [_row(kind, cases) for kind in KINDS]
    show(pl.DataFrame(rows, schema=["kind", "true", "said", "hit", "precision", "recall", "also so"], orient="row"))
    print("\nshare of the sprints of a scenario in which a detector said something")
    shares = [
        _shares(scenario, [case for case in cases if case.scenario == scenario]) for scenario in (*SCENARIOS, None)
    ]
    show(pl.DataFrame(shares, schema=["scenario", "n", *KINDS], orient="row"))


def _row(kind: TroubleKind, cases: list[Case]) -> tuple[object, ...]:
    true, said = (sum(len(getattr(case, side)[kind]) for case in cases) for side in ("true", "said"))
    hit = sum(len(case.true[kind] & case.said[kind]) for case in cases)
    also = sum(len(case.facts[kind] - case.true[kind]) for case in cases if kind in case.facts)
    return kind, true, said, hit, hit / said if said else None, hit / true if true else None, also


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
    show_scenarios(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 15))
