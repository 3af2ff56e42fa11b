"""The main job on a simulated startup: simulate, serve, collect, analyse, report. No token, no network."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import tomlkit

from sprintlib import settings as settings_file
from sprintlib.analysis import Analysis, MilestoneAnalysis
from sprintlib.analysis.selection import select_milestone
from sprintlib.errors import AnalysisError, SettingsError
from sprintlib.github import OnProgress, SyncSummary, sync
from sprintlib.project import ProjectHandle
from sprintlib.reports import ReportFiles, write_report
from sprintlib.services import analyze
from sprintlib.settings import Settings
from sprintsim.fake_github import running
from sprintsim.simulation import EventLog, write_startup

PROJECT = "Mooring"
REPOSITORIES = ("sprint-demo/api", "sprint-demo/web", "sprint-demo/mobile")
DATASET = "github"
_MARK = "SIMULATED.txt"
_MARK_TEXT = "Everything in this folder is simulated. `sprint demo` empties it whenever it starts.\n"
_DATABASE_VARIABLE = "SPRINT_DATABASE_URL"

# Told what begins; gives back what wants to know about its progress, if anything does.
Step = Callable[[str], AbstractContextManager[OnProgress | None]]


@dataclass(frozen=True)
class Demo:
    """What a demo made. home: the demo's own home folder, for `sprint --home`."""

    home: Path
    event_log: EventLog
    collected: SyncSummary
    analysis: Analysis
    milestone: MilestoneAnalysis
    report: ReportFiles


def run_demo(home: Path, seed: int, today: date, step: Step) -> Demo:
    """Do the main job once, in `<home>/data/demo/`, which is emptied first; the report goes to the home's reports.

    today: the day on which the simulation stands still, not in the future. step: entered once per stage.
    Raises SettingsError for a wrong day or a folder that is not the demo's, and what the stages raise.
    """
    folder = home / "data" / "demo"
    moment = as_of(today)
    with own_database():
        return _run(folder, home, seed, today, moment, step)


def _run(folder: Path, home: Path, seed: int, today: date, moment: datetime | None, step: Step) -> Demo:
    with writing(folder):
        empty_folder(folder)
    with step("Simulating a startup"):
        event_log = write_startup(folder / DATASET, seed, today)
    with step("Collecting it over HTTP") as progress, running([folder / DATASET]) as url:
        with writing(folder):
            settings = write_settings(folder, home, url)
        project = ProjectHandle.open(settings)
        collected = sync(project.engine, settings, None, progress)
    with step("Analysing it"):
        analysis = analyze(project, moment, store=True)
    milestone = _milestone(analysis)
    with step("Writing the report"):
        report = write_report(settings, milestone.title, analysis.as_of)
    project.engine.dispose()
    return Demo(folder, event_log, collected, analysis, milestone, report)


def findings(milestone: MilestoneAnalysis) -> tuple[str, ...]:
    """The three most important findings: whether it lands, then the worst risks, in the order of the analysis."""
    return (milestone.summary, *(risk.statement for risk in milestone.risks[:2]))


def as_of(today: date) -> datetime | None:
    """The moment to analyse: the morning of an earlier day, None (now) for the current one.

    Raises SettingsError for a day to come.
    """
    current = datetime.now(UTC).date()
    if today > current:
        raise SettingsError(f"--today {today} is in the future: use {current} or an earlier day.")
    return datetime.combine(today, time(8), UTC) if today < current else None


def empty_folder(folder: Path) -> None:
    """Remove what an earlier demo left. Raises SettingsError for a folder that no demo made: it is not touched."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).is_file():
            raise SettingsError(f"{folder} holds something else than a demo: move it away, or use another --home.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).write_text(_MARK_TEXT, encoding="utf-8")


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Raises SettingsError with one sentence for what the disk refuses within the block."""
    try:
        yield
    except OSError as error:
        raise SettingsError(f"{folder} cannot be written ({error.strerror}): use another --home.") from error


@contextmanager
def own_database() -> Iterator[None]:
    """The demo never writes into the database that the user named in the environment."""
    url = os.environ.pop(_DATABASE_VARIABLE, None)
    try:
        yield
    finally:
        if url is not None:
            os.environ[_DATABASE_VARIABLE] = url


def write_settings(folder: Path, home: Path, url: str, clock: str | None = None) -> Settings:
    """Write and read the `sprint.toml` of a demo. url: of its GitHub. clock: file that says what time it is."""
    document = tomlkit.document()
    document.add(tomlkit.comment(f"To collect again: sprint github-server --dataset {DATASET} --port {_port(url)}"))
    document["project"] = {"name": PROJECT, "repositories": list(REPOSITORIES), "time_zone": "UTC"}
    document["github"] = {"api_url": url}
    if clock:
        document["clock"] = {"file": clock}
    document["paths"] = {"reports": os.path.relpath(home / "papermill_runs", folder)}
    (folder / settings_file.FILE_NAME).write_text(tomlkit.dumps(document), encoding="utf-8")
    return settings_file.load(folder)


def _port(url: str) -> str:
    return url.rpartition(":")[2]


def _milestone(analysis: Analysis) -> MilestoneAnalysis:
    milestone = select_milestone(analysis, None)
    if milestone is None:
        raise AnalysisError("The simulated startup has no open milestone: try another --seed.")
    return milestone
