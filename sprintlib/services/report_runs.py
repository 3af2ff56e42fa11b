"""Report runs, the files of those that went well, and what they said beside what is said now."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from sprintlib.errors import AccessError, AnalysisError
from sprintlib.project import ProjectHandle
from sprintlib.results import mark_dead_runs
from sprintlib.results import runs as read_runs
from sprintlib.results.run_table import Kind, State, Trigger, find_run
from sprintlib.services.moments import Moment
from sprintlib.services.stored import latest

ReportFormat = Literal["html", "markdown", "numbers"]
FILES: dict[ReportFormat, str] = {"html": "report.html", "markdown": "report.md", "numbers": "analysis.json"}


class RunRecord(BaseModel):
    """One report that runs or ran, as `sprint run list --json` prints it. folder: relative to the reports folder."""

    model_config = ConfigDict(frozen=True)

    id: int
    milestone: str
    as_of: Moment
    state: State
    trigger: Trigger
    started_at: Moment
    finished_at: Moment | None
    folder: str | None
    message: str | None
    pid: int | None
    sprint: str | None
    kind: Kind


def runs(project: ProjectHandle, most: int, before: int | None = None) -> list[RunRecord]:
    """Report runs, newest first. before: only those with a smaller id.

    Raises AccessError for who may not see every repository, as a report tells of all.
    """
    _see_all(project)
    mark_dead_runs(project.engine)
    return [RunRecord(**asdict(one)) for one in read_runs(project.engine, project.name, most, before)]


def report_file(project: ProjectHandle, run: int, kind: ReportFormat) -> Path:
    """The file of a run's report. Raises AnalysisError where there is none (any more), AccessError as `runs`."""
    _see_all(project)
    found = find_run(project.engine, project.name, run)
    folder = project.settings.reports_dir
    file = (folder / (found.folder or "") / FILES[kind]).resolve() if found else folder
    if found is None or not found.folder or not file.is_relative_to(folder) or not file.is_file():
        raise AnalysisError(f"Run {run} has no report: 'sprint run list' shows those that have.")
    return file


class ReportVerdict(NamedTuple):
    """The chance (0-1) that a report gave its milestone, and the one of the newest analysis; None where unknown."""

    then: float | None
    now: float | None


def report_verdicts(project: ProjectHandle, folders: Iterable[str]) -> Mapping[str, ReportVerdict]:
    """Of each report of one milestone, by its folder. A report that is gone or cannot be read is left out."""
    _see_all(project)
    now = {milestone.key: milestone.probability for _, milestone in latest(project)}
    found = {}
    for folder in folders:
        told = _told(project.settings.reports_dir / folder / FILES["numbers"])
        if told is not None:
            found[folder] = ReportVerdict(told.get("probability"), now.get(told.get("key", "")))
    return found


def _told(file: Path) -> Mapping[str, Any] | None:
    """The only milestone of a report's numbers."""
    try:
        milestones = json.loads(file.read_text(encoding="utf-8"))["milestones"]
        (milestone,) = milestones
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return milestone if isinstance(milestone, dict) else None


def _see_all(project: ProjectHandle) -> None:
    project.permit("read")
    if project.withheld:
        raise AccessError(f"{project.who.name} may not see every repository of {project.name}: reports tell of all.")
