"""The situation of sprint 2, for detectors."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl

from sprintlib.calendar import WorkingCalendar
from sprintlib.dependencies import find_dependencies
from sprintlib.history import ProjectState, find_sprints
from sprintlib.history.state import CHANGED_FILES, RUNS
from sprintlib.risks import SprintContext
from sprintlib.settings import RiskSettings
from tests.sprints import AS_OF
from tests.world import API, IDS, World, at

Change = tuple[str, str, str, str]  # sha, path, author, moment


def context(world: World, as_of: str = AS_OF, title: str = "Sprint 2", **thresholds: Any) -> SprintContext:
    """Sprint 2 as of Friday noon, with default thresholds unless named."""
    return situation_of(world, world.past(as_of), title, **thresholds)


def situation_of(world: World, past: ProjectState, title: str = "Sprint 2", **thresholds: Any) -> SprintContext:
    """A sprint of a past that was changed by hand."""
    (sprint,) = find_sprints(past, WorkingCalendar.from_settings(world.settings), title)
    return SprintContext(sprint, RiskSettings(**thresholds), find_dependencies(past))


def changing(world: World, *changes: Change, as_of: str = AS_OF, **thresholds: Any) -> SprintContext:
    """The situation after these commits changed these paths of acme/api."""
    rows = [
        (IDS[API], API, sha * 40, path, author, 1, 1, at(moment)) for sha, path, author, moment in changes
    ]  # the sha of World.commit("a" * 40, ...) is written "a" here
    frame = pl.DataFrame(rows, schema=CHANGED_FILES, orient="row")
    return situation_of(world, replace(world.past(as_of), changed_files=frame), **thresholds)


def running(
    world: World, *runs: tuple[int, int, str, str, datetime | str], as_of: str = AS_OF, **thresholds: Any
) -> SprintContext:
    """The situation after these runs of workflow 'tests' in acme/api: id, attempt, sha, conclusion, finished."""
    rows = [_run(*run) for run in runs]
    past = world.past(as_of)
    repositories = past.repositories.with_columns(has_ci_facts=pl.lit(value=True))
    return situation_of(
        world, replace(past, runs=pl.DataFrame(rows, schema=RUNS), repositories=repositories), **thresholds
    )


def _run(key: int, attempt: int, sha: str, conclusion: str, finished: datetime | str) -> dict[str, Any]:
    moment = at(finished) if isinstance(finished, str) else finished
    return {
        "repository_id": IDS[API],
        "repo": API,
        "id": key,
        "attempt": attempt,
        "name": "tests",
        "event": "push",
        "head_branch": "main",
        "head_sha": sha,
        "conclusion": conclusion,
        "html_url": f"https://github.com/{API}/actions/runs/{key}",
        "created_at": moment,
        "finished_at": moment,
    }
