"""A simulated startup on disk, in the layout that the GitHub stand-in serves."""

import json
import shutil
from collections import defaultdict
from datetime import date
from pathlib import Path

from sprintlib.errors import DatasetError
from sprintsim.simulation import payloads
from sprintsim.simulation.event_log import EventLog, Item, Key, Run, TimelineEvent
from sprintsim.simulation.injected_problems import Scenario
from sprintsim.simulation.payloads import Context, Json
from sprintsim.simulation.process import simulate
from sprintsim.simulation.repository import write_repository


def write_startup(folder: Path, seed: int, today: date, trouble: Scenario | None = None) -> EventLog:
    """Write one folder per repository into `folder`; equal arguments give equal bytes.

    Nothing in it happens on `today` or later, except due dates. What a former call left in those folders is
    replaced. trouble: see `simulate`. Returns what happened. Raises DatasetError if the folder cannot be written or git
    is missing.
    """
    event_log = simulate(seed, today, trouble)
    try:
        _write(folder, event_log)
    except OSError as error:
        raise DatasetError(f"The simulated startup cannot be written to {folder}: {error.strerror}.") from error
    return event_log


def _write(folder: Path, event_log: EventLog) -> None:
    for repo in event_log.repos:
        shutil.rmtree(folder / repo, ignore_errors=True)
        for name in ("issues", "pulls"):
            (folder / repo / name).mkdir(parents=True)
    context = Context(
        event_log, {repo: write_repository(folder / repo / "repo.git", event_log, repo) for repo in event_log.repos}
    )
    timelines: defaultdict[Key, list[TimelineEvent]] = defaultdict(list)
    for happening in event_log.happenings:
        timelines[(happening.repo, happening.number)].append(happening)
    for item in event_log.items:
        payload = _item(context, item, timelines[item.key])
        _write_json(folder / item.repo / f"{item.kind}s" / f"{item.number}.json", payload)
    for repo in event_log.repos:
        _write_lists(folder / repo, context, repo)


def _item(context: Context, item: Item, happenings: list[TimelineEvent]) -> Json:
    events = payloads.timeline(context, happenings)
    if item.kind == "issue":
        return {"type": "issue", "issue": payloads.issue(context, item.key), "events": events}
    return {
        "type": "pull",
        "pull": payloads.pull(context, item.key),
        "events": events,
        "comments": payloads.review_comments(context, happenings),
    }


def _write_lists(folder: Path, context: Context, repo: str) -> None:
    event_log = context.event_log
    _write_json(folder / "repository.json", payloads.full_repository(context, repo))
    _write_json(
        folder / "milestones.json",
        [payloads.milestone(context, each) for each in event_log.milestones if each.repo == repo],
    )
    _write_json(
        folder / "workflow_runs.json", [payloads.workflow_run(context, run) for run in _latest(event_log.runs, repo)]
    )
    _write_json(
        folder / "releases.json", [payloads.release(context, each) for each in event_log.releases if each.repo == repo]
    )
    _write_json(
        folder / "dependencies.json",
        {
            str(number): [payloads.issue(context, blocker) for blocker in blockers]
            for (name, number), blockers in event_log.blocked_by.items()
            if name == repo
        },
    )


def _latest(runs: tuple[Run, ...], repo: str) -> list[Run]:
    """The latest attempt of each run: GitHub's list has no others."""
    latest = {(run.workflow, run.number): run for run in runs if run.repo == repo}
    return sorted(latest.values(), key=lambda run: run.created_at)


def _write_json(path: Path, payload: object) -> None:
    path.write_text(json.dumps(payload, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
