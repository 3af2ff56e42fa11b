"""The state of everything on one screen: verdicts, how old the facts are, what waits, runs, was saved and measured.

Nothing is asked of GitHub and nothing is written, so that it may be called every minute; `doctor` looks further.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from sprintlib import backup, inbox, schedule
from sprintlib.backup.files import OLD, folder_of
from sprintlib.backup.manifest import installed_version
from sprintlib.errors import AnalysisError
from sprintlib.facts.names import repositories_meant
from sprintlib.figures import Figure, breaches, figures
from sprintlib.history.completeness import incomplete
from sprintlib.project import ProjectHandle
from sprintlib.results import Run, runs
from sprintlib.services import analyze

STALE_FACTS = timedelta(days=1)


@dataclass(frozen=True)
class MilestoneVerdict:
    """One open milestone: what the analysis as of now says."""

    title: str
    probability: float | None
    due_on: date | None
    open: int
    done: int


@dataclass(frozen=True)
class StatusProblem:
    """What is not as it should be, and the command that mends it."""

    what: str
    todo: str


@dataclass(frozen=True)
class Status:
    """Everything that `sprint status` shows. facts: repository -> up to when they reach."""

    project: str
    as_of: datetime
    version: str
    verdicts: tuple[MilestoneVerdict, ...]
    facts: dict[str, datetime | None]
    inbox: dict[str, int]
    last_run: Run | None
    scheduler: str | None
    last_backup: datetime | None
    store_bytes: int | None
    problems: tuple[StatusProblem, ...]
    figures: tuple[Figure, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON; times are datetimes."""
        return {**asdict(self), "figures": [one.as_dict() for one in self.figures]}


def status(project: ProjectHandle) -> Status:
    """Look at a project now. Raises StoreError where its store cannot be read."""
    now, settings = project.clock(), project.settings
    verdicts, facts = _verdicts(project, now)
    counted = inbox.counts(project.engine)
    ran = runs(project.engine, project.name, 1)
    saved = backup.newest(folder_of(settings), now)
    found = Status(
        project=project.name,
        as_of=now,
        version=installed_version(),
        verdicts=verdicts,
        facts=facts,
        inbox=counted,
        last_run=ran[0] if ran else None,
        scheduler=schedule.status(settings),
        last_backup=saved.made_at if saved else None,
        store_bytes=_store_bytes(settings.database_url),
        problems=(),
        figures=figures(project.engine),
    )
    return Status(**{**vars(found), "problems": (*_incomplete(project), *_problems(found))})


def _verdicts(project: ProjectHandle, now: datetime) -> tuple[tuple[MilestoneVerdict, ...], dict[str, datetime | None]]:
    try:
        analysis = analyze(project, now)
    except AnalysisError:
        return (), dict.fromkeys(project.settings.project.repositories)
    found = tuple(
        MilestoneVerdict(one.title, one.probability, one.due_on, one.scope.open, one.scope.done)
        for one in analysis.milestones
    )
    return found, analysis.facts_of


def _incomplete(project: ProjectHandle) -> list[StatusProblem]:
    with project.engine.connect() as connection:
        meant = repositories_meant(connection, project.settings.project.repositories)
        return [StatusProblem(sentence, "sprint doctor") for sentence in incomplete(connection, list(meant))]


def _problems(found: Status) -> list[StatusProblem]:
    problems = []
    if not any(found.facts.values()):
        problems.append(StatusProblem("Nothing has been collected completely yet.", "sprint sync"))
    for name, at in found.facts.items():
        if at is not None and found.as_of - at > STALE_FACTS:
            problems.append(StatusProblem(f"The facts of {name} are more than a day old.", "sprint sync"))
    if found.inbox["aside"]:
        problems.append(
            StatusProblem(f"{found.inbox['aside']:,} deliveries are set aside.", "sprint inbox list --state aside")
        )
    if found.last_run is not None and found.last_run.state not in ("ok", "running"):
        problems.append(StatusProblem("The last report failed.", "sprint run list"))
    if found.last_backup is None:
        problems.append(StatusProblem("There is no backup.", "sprint backup"))
    elif found.as_of - found.last_backup > OLD:
        problems.append(StatusProblem("The last backup is more than two days old.", "sprint backup"))
    problems += [StatusProblem(f"Beyond its alert: {one.sentence()}.", one.mends) for one in breaches(found.figures)]
    return problems


def _store_bytes(url: str) -> int | None:
    """Size of a SQLite store with its log; None for a server."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    files = (Path(parsed.database + suffix) for suffix in ("", "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
