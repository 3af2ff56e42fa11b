"""Priors that organisations give each other: a project's own as numbers, and other teams' numbers taken in."""

from datetime import datetime
from pathlib import Path

from sprintlib import learning
from sprintlib.analysis.pipeline import project_sprints
from sprintlib.errors import AnalysisError
from sprintlib.forecast import build_inputs, sprint_history
from sprintlib.learning import Counts, Priors, read_priors, stored_priors, written_priors
from sprintlib.project import ProjectHandle
from sprintlib.recommend import interventions, read_feedback
from sprintlib.recommend.feedback import records

_DIGITS = 3  # of the pace: more would say more of a team than the number is worth


def own_priors(project: ProjectHandle, as_of: datetime) -> Priors:
    """What a project's own history says, in numbers alone. Raises AnalysisError where it says nothing; AccessError."""
    project.permit("run")
    if project.withheld:
        raise AnalysisError("Priors take sight of every repository of the project.")
    past = project.state(as_of)
    known = records(read_feedback(project.engine, project.name, as_of), past, project.calendar)
    plays = {name: Counts(accepted=one.accepted, dismissed=one.dismissed) for name, one in sorted(known.items())}
    learned = [one for one in map(build_inputs, project_sprints(past, project.settings)) if one.basis == "learned"]
    best = max(learned, key=lambda one: one.work.pace.days, default=None)
    if best is None and not plays:
        raise AnalysisError(
            "There is nothing to export yet: the pace still rests on other teams, and no recommendation was answered."
        )
    pace = None if best is None else float(f"{best.work.pace.mean / max(best.developers, 0.5):.{_DIGITS}g}")
    return Priors(
        items_per_developer_day=pace,
        working_days=0 if best is None else round(best.work.pace.days - best.prior.days),
        sprints=len(sprint_history(past, project.calendar).finished),
        plays={name: counts for name, counts in plays.items() if name in interventions()},
    )


def export_priors(project: ProjectHandle, file: Path, as_of: datetime) -> Priors:
    """Write the project's own priors into a file. Raises AnalysisError; OSError where it cannot be written."""
    found = own_priors(project, as_of)
    with project.acting("run", "priors exported"):
        file.write_text(written_priors(found), encoding="utf-8")
    return found


def import_priors(project: ProjectHandle, file: Path, at: datetime) -> Priors:
    """Take another team's priors in, in place of earlier ones. Raises AnalysisError for what is no such file."""
    project.permit("run")
    found = read_priors(file)
    with project.acting("run", "priors imported"), project.engine.begin() as connection:
        learning.keep_priors(connection, project.name, found, at)
    project.forget()
    return found


def drop_priors(project: ProjectHandle, at: datetime) -> None:
    """Go back to the priors that ship. Raises AnalysisError where these are in use; AccessError."""
    project.permit("run")
    with project.engine.connect() as connection:
        if stored_priors(connection, project.name, at) is None:
            raise AnalysisError("No priors were imported, so there are none to drop.")
    with project.acting("run", "priors dropped"), project.engine.begin() as connection:
        learning.keep_priors(connection, project.name, None, at)
    project.forget()


def used_priors(project: ProjectHandle, as_of: datetime) -> tuple[datetime, Priors] | None:
    """The imported priors in use at a moment, and since when."""
    project.permit("read")
    with project.engine.connect() as connection:
        return stored_priors(connection, project.name, as_of)
