"""A simulated startup on disk, in the layout that the GitHub stand-in serves."""

import json
import shutil
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from sprintlib.errors import DatasetError
from sprintsim.simulation import payloads
from sprintsim.simulation.event_log import EventLog, Item, Key, Run, TimelineEvent
from sprintsim.simulation.injected_problems import Scenario
from sprintsim.simulation.payloads import Context, Json
from sprintsim.simulation.process import simulate
from sprintsim.simulation.repository import write_repository


def write_startup(
    folder: Path,
    seed: int,
    today: date,
    trouble: Scenario | None = None,
    until: date | None = None,
    board: bool = False,
) -> EventLog:
    """Write one folder per repository into `folder`; equal arguments give equal bytes.

    Nothing in it happens on `today` or later, except due dates. What a former call left in those folders is
    replaced. trouble, until: see `simulate`. board: with the same plan as a GitHub Project. Returns what happened.
    Raises DatasetError if the folder cannot be written or git is missing.
    """
    event_log = simulate(seed, today, trouble, until)
    try:
        _write(folder, event_log)
        if board:
            _write_json(folder / event_log.repos[0] / "boards.json", [payloads.board(event_log)])
    except OSError as error:
        raise DatasetError(f"The simulated startup cannot be written to {folder}: {error.strerror}.") from error
    return event_log


def _write(folder: Path, event_log: EventLog) -> None:
    for repo in event_log.repos:
        shutil.rmtree(folder / repo, ignore_errors=True)
        (folder / repo).mkdir(parents=True)
    write_payloads(
        folder,
        Context(
            event_log, {repo: write_repository(folder / repo / "repo.git", event_log, repo) for repo in event_log.repos}
        ),
    )


def write_payloads(folder: Path, context: Context) -> None:
    """Write what GitHub's API says of each repository into a folder of its name. Raises OSError."""
    event_log = context.event_log
    for repo in event_log.repos:
        for name in ("issues", "pulls"):
            (folder / repo / name).mkdir(parents=True)
    timelines = by_item(event_log.happenings)
    for item in event_log.items:
        payload = document(context, item, timelines[item.key])
        _write_json(folder / item.repo / f"{item.kind}s" / f"{item.number}.json", payload)
    for repo in event_log.repos:
        for name, content in lists(context, repo).items():
            _write_json(folder / repo / f"{name}.json", content)


def by_item(happenings: Iterable[TimelineEvent]) -> defaultdict[Key, list[TimelineEvent]]:
    """The timeline of each item, in the order in which things happened."""
    timelines: defaultdict[Key, list[TimelineEvent]] = defaultdict(list)
    for happening in happenings:
        timelines[(happening.repo, happening.number)].append(happening)
    return timelines


def document(context: Context, item: Item, happenings: list[TimelineEvent]) -> Json:
    """One item as a dataset holds it, with its timeline and the comments on its lines."""
    events = payloads.timeline(context, happenings)
    if item.kind == "issue":
        return {"type": "issue", "issue": payloads.issue(context, item.key), "events": events}
    return {
        "type": "pull",
        "pull": payloads.pull(context, item.key),
        "events": events,
        "comments": payloads.review_comments(context, happenings),
    }


def lists(context: Context, repo: str) -> dict[str, Any]:
    """What a dataset holds of a repository beside its items, by the name of the file."""
    event_log = context.event_log
    return {
        "repository": payloads.full_repository(context, repo),
        "milestones": [payloads.milestone(context, each) for each in event_log.milestones if each.repo == repo],
        "workflow_runs": [payloads.workflow_run(context, run) for run in _latest(event_log.runs, repo)],
        "releases": [payloads.release(context, each) for each in event_log.releases if each.repo == repo],
        "dependencies": {
            str(number): [payloads.issue(context, blocker) for blocker in blockers]
            for (name, number), blockers in event_log.blocked_by.items()
            if name == repo
        },
    }


def _latest(runs: tuple[Run, ...], repo: str) -> list[Run]:
    """The latest attempt of each run: GitHub's list has no others."""
    latest = {(run.workflow, run.number): run for run in runs if run.repo == repo}
    return sorted(latest.values(), key=lambda run: run.created_at)


def _write_json(path: Path, payload: object) -> None:
    path.write_text(json.dumps(payload, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
