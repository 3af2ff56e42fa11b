"""Writing a dated report: run the notebook under a watchdog, and publish what it made in one step."""

import hashlib
import json
import re
import shutil
import sys
import tempfile
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from sprintlib import resources
from sprintlib.child_environment import STORE, child_environment
from sprintlib.clock import clock_of
from sprintlib.errors import AnalysisError, ReportError, SprintError, StoreError
from sprintlib.imports import preload
from sprintlib.locks import file_lock
from sprintlib.observe.tracing import span
from sprintlib.reports import explaining
from sprintlib.reports.kinds import LAST_ENDED, NEAREST, STANDARD, WEEK, Kind, folder_parts, notebook_of
from sprintlib.reports.watch import run_watched
from sprintlib.results import run_table
from sprintlib.results.run_table import Trigger
from sprintlib.settings import Settings
from sprintlib.store import open_store, store_error

if TYPE_CHECKING:
    from sprintlib.analysis.model import Analysis

NO_MILESTONE = "(no open milestone)"
_UNNAMED: dict[Kind, str] = {"sprint_analysis": NEAREST, "weekly_digest": WEEK, "retrospective": LAST_ENDED}
_LEAST_FREE_BYTES = 5_000_000
_WHILE_SOMEBODY_WAITS = 25.0  # seconds for a model's words in a report by hand


@dataclass(frozen=True)
class ReportFiles:
    """Where a report lies, and what it says."""

    folder: Path
    notebook: Path
    html: Path
    markdown: Path
    numbers: Path
    run_id: int
    analysis: "Analysis"

    @property
    def title(self) -> str:
        """Of the milestone, or NO_MILESTONE where none was open."""
        return self.analysis.milestones[0].title if self.analysis.milestones else NO_MILESTONE

    @property
    def sprint(self) -> str | None:
        """The key of the sprint it is about; None where no milestone was open."""
        return (self.analysis.milestones[0].key or None) if self.analysis.milestones else None

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the verdict, and where the files are."""
        milestone = self.analysis.milestones[0] if self.analysis.milestones else None
        return {
            "milestone": milestone.title if milestone else None,
            "as_of": self.analysis.as_of.isoformat(),
            "probability": milestone.probability if milestone else None,
            "reason": milestone.reason if milestone else "no milestone was open",
            "folder": str(self.folder),
            "html": str(self.html),
            "markdown": str(self.markdown),
            "notebook": str(self.notebook),
            "numbers": str(self.numbers),
            "run": self.run_id,
        }


def write_report(
    settings: Settings,
    milestone: str | None = None,
    as_of: datetime | None = None,
    trigger: Trigger = "hand",
    notebook: Path | None = None,
    explain: bool | None = None,
    since: str | None = None,
    kind: Kind = STANDARD,
    pseudonyms: bool | None = None,
) -> ReportFiles:
    """Analyse a milestone as of a moment, and write its report into `<reports>/<date>/<project>-<milestone>/`.

    milestone: a title; None: the open one with the nearest deadline. as_of: aware; None: now.
    notebook: another notebook with the same parameters. A report of the same day and milestone is replaced.
    explain: run the agents first, whose words the report then shows; None: if `report.explain` says so and either
    nobody waits for the report or a model answers, which then has 25 seconds. Nothing but words is missing without.
    kind: what is told: one milestone, the week of all, or the looking back on a sprint that is over, of which one may
    be named. since: a day to compare with, as `services.memory.since_day` reads it; None: the last report of an earlier
    day. pseudonyms: people are called `dev-1a2b3c`; None: as `report.pseudonyms` says.
    Raises ReportError with one sentence; the run table has the same, but for a milestone that does not exist, and
    nothing half-done is left behind.
    """
    moment = (as_of or clock_of(settings)()).astimezone(UTC)
    hidden = settings.report.pseudonyms if pseudonyms is None else pseudonyms
    parameters = _parameters(settings, milestone, moment, since, hidden)
    engine = open_store(settings.database_url)
    run_table.mark_dead_runs(engine)
    if milestone is not None and notebook is None and trigger == "hand" and kind == STANDARD:
        _check_milestone(engine, settings, milestone, moment)
    if kind == STANDARD:
        _explain(engine, settings, milestone, moment, trigger, explain)
    with span("report", {"sprint.kind": kind, "sprint.trigger": trigger}), _partial_folder(settings) as partial:
        named = milestone or _UNNAMED[kind]
        run_id = run_table.start(engine, settings.project.name, named, moment, trigger, parameters, kind)
        with _failure_recorded(engine, settings, partial, run_id):
            _execute(settings, notebook or resources.folder("notebooks") / notebook_of(kind), partial, parameters)
            analysis = _numbers(partial)
            folder = _publish(settings, partial, analysis, moment, kind)
    files = _files(folder, run_id, analysis)
    relative = folder.relative_to(settings.reports_dir).as_posix()
    about = {} if kind == "weekly_digest" else {"milestone": files.title, "sprint": files.sprint}
    run_table.finish(engine, run_id, "ok", None, folder=relative, digest=_digest(files.notebook), **about)
    _store(engine, _by_name(engine, settings, analysis) if hidden else analysis)
    return files


def _parameters(
    settings: Settings, milestone: str | None, moment: datetime, since: str | None, hidden: bool
) -> dict[str, str | bool | None]:
    """What the notebook is run with; a notebook of somebody's own need not know the last two. Raises SettingsError."""
    parameters: dict[str, str | bool | None] = {"home": str(settings.home), "milestone": milestone}
    parameters |= {"as_of": moment.isoformat()} | ({"pseudonyms": True} if hidden else {})
    if since is None:
        return parameters
    from sprintlib.services.memory import since_day

    since_day(since, moment.astimezone(settings.time_zone).date())
    return {**parameters, "since": since}


@contextmanager
def _failure_recorded(engine: Engine, settings: Settings, partial: Path, run_id: int) -> Iterator[None]:
    """What goes wrong inside ends the run in the run table, and leaves its folder for whoever looks into it."""

    def end(state: run_table.State, sentence: str) -> None:
        _keep_failed(settings, partial, run_id)
        with suppress(StoreError):  # then the books say that it was killed; the sentence is told all the same
            run_table.finish(engine, run_id, state, sentence)

    try:
        yield
    except KeyboardInterrupt:
        end("killed", "Stopped by hand.")
        raise
    except _TimeUpError as error:
        end("timeout", str(error))
        raise ReportError(str(error)) from None
    except (SprintError, OSError) as error:
        sentence = str(error) if isinstance(error, SprintError) else _unwritable(settings, error)
        end("failed", sentence)
        raise ReportError(sentence) from error


def _check_milestone(engine: Engine, settings: Settings, milestone: str, moment: datetime) -> None:
    """A title that somebody mistyped is told at once, before a kernel starts and a model is asked."""
    from sprintlib.analysis import check_milestone

    try:
        check_milestone(engine, settings, moment, milestone)
    except AnalysisError as error:
        raise ReportError(str(error)) from error


def _explain(
    engine: Engine, settings: Settings, milestone: str | None, moment: datetime, trigger: Trigger, explain: bool | None
) -> None:
    """Run the agents where that is asked for, or worth it."""
    if explain is False or (explain is None and not settings.report.explain):
        return
    hurried = explain is None and trigger == "hand"
    model = explaining.find_model(settings) if hurried else None
    if hurried and model is None:
        return
    seconds = _WHILE_SOMEBODY_WAITS if hurried else settings.llm.words_seconds
    explaining.explain(engine, settings, milestone, moment, model, seconds)


def folder_name(*names: str) -> str:
    """`demo-sprint-9`: safe on every file system. Names that lose more than spaces get six digits of their hash."""
    full = "-".join(names)
    ascii_only = unicodedata.normalize("NFKD", full).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9.]+", "-", ascii_only.lower()).strip("-.")[:60].rstrip("-.")
    if slug == re.sub(r"[\s-]+", "-", full.lower()):
        return slug
    return f"{slug}-{hashlib.sha256(full.encode()).hexdigest()[:6]}".lstrip("-")


class _TimeUpError(ReportError):
    """The wall-clock limit was reached."""


def _execute(settings: Settings, notebook: Path, partial: Path, parameters: dict[str, str | bool | None]) -> None:
    job, limit = partial / "job.json", settings.report.timeout_seconds
    job.write_text(
        json.dumps({"notebook": str(notebook), "folder": str(partial), "parameters": parameters}), encoding="utf-8"
    )
    with tempfile.TemporaryDirectory(prefix="sprint-", ignore_cleanup_errors=True) as scratch:
        command = [sys.executable, "-m", "sprintlib.reports.execute", str(job)]
        preload("sprintlib.results.analyses", "sprintlib.views")
        code = run_watched(command, partial, _environment(scratch), partial / "log.txt", limit)
    outcome = partial / "outcome.json"
    if code is None:
        raise _TimeUpError(
            f"The report was not ready after {limit} seconds: raise report.timeout_seconds in sprint.toml."
        )
    if not outcome.is_file():
        raise ReportError(_death(settings, code))
    ended = json.loads(outcome.read_text(encoding="utf-8"))
    if ended["state"] != "ok":
        raise ReportError(ended["message"])
    for leftover in (job, outcome, partial / "log.txt"):
        leftover.unlink()


def _death(settings: Settings, code: int) -> str:
    free = shutil.disk_usage(settings.reports_dir).free
    if free < _LEAST_FREE_BYTES:
        return (
            f"The disk of {settings.reports_dir} is full ({free // 1_000_000} MB free): free some space and try again."
        )
    return f"The process that ran the notebook died with exit code {code}: it was killed, or memory ran out."


def _environment(scratch: str) -> dict[str, str]:
    """What a notebook may see; Jupyter's and IPython's own files go to a folder that is dropped.

    The folder's name is short: kernels listen on sockets in it, whose paths may not exceed 107 characters.
    """
    return child_environment(STORE) | {
        "TMPDIR": scratch,
        "IPYTHONDIR": scratch,
        "JUPYTER_RUNTIME_DIR": scratch,
        "JUPYTER_PLATFORM_DIRS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


@contextmanager
def _partial_folder(settings: Settings) -> Iterator[Path]:
    """A folder beside the final ones (so that moving it is one step), gone at the end whatever happens."""
    partial = settings.reports_dir / ".partial" / uuid.uuid4().hex[:12]
    try:
        partial.mkdir(parents=True)
    except OSError as error:
        raise ReportError(_unwritable(settings, error)) from error
    try:
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _publish(settings: Settings, partial: Path, analysis: "Analysis", moment: datetime, kind: Kind) -> Path:
    """Move the partial folder to its place; a former report of that day is there until the new one is."""
    about = analysis.as_of if kind == STANDARD else moment
    day = about.astimezone(settings.time_zone).date().isoformat()
    parts = folder_parts(kind, tuple(found.title for found in analysis.milestones))
    final = settings.reports_dir / day / folder_name(analysis.project, *parts)
    final.parent.mkdir(parents=True, exist_ok=True)
    with file_lock(settings.reports_dir / ".partial" / "lock", wait=True):
        if not final.exists():
            partial.rename(final)
            return final
        former = settings.reports_dir / ".partial" / f"{uuid.uuid4().hex[:12]}.former"
        final.rename(former)
        try:
            partial.rename(final)
        except OSError:
            former.rename(final)
            raise
        shutil.rmtree(former, ignore_errors=True)
    return final


def _keep_failed(settings: Settings, partial: Path, run_id: int) -> None:
    """What a failed run left is kept for inspection, out of the way of reports."""
    kept = settings.reports_dir / ".failed" / f"run-{run_id}"
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial.rename(kept)
    except OSError:
        return


def _numbers(folder: Path) -> "Analysis":
    from sprintlib.analysis.model import Analysis  # imported meanwhile

    return Analysis.model_validate_json((folder / "analysis.json").read_text(encoding="utf-8"))


def _files(folder: Path, run_id: int, analysis: "Analysis") -> ReportFiles:
    return ReportFiles(
        folder=folder,
        notebook=folder / "report.ipynb",
        html=folder / "report.html",
        markdown=folder / "report.md",
        numbers=folder / "analysis.json",
        run_id=run_id,
        analysis=analysis,
    )


def _store(engine: Engine, analysis: "Analysis") -> None:
    from sprintlib.results import store_analysis

    try:
        store_analysis(engine, analysis)
    except DatabaseError as error:
        raise store_error(str(engine.url), error) from error


def _by_name(engine: Engine, settings: Settings, analysis: "Analysis") -> "Analysis":
    """The same analysis without pseudonyms: what is stored is compared with later, and shown elsewhere."""
    from sprintlib.project import ProjectHandle
    from sprintlib.services import analyze

    chosen = {one.key for one in analysis.milestones}
    found = analyze(ProjectHandle(settings, engine), analysis.as_of, *(chosen if len(chosen) == 1 else ()))
    return found.model_copy(update={"milestones": tuple(one for one in found.milestones if one.key in chosen)})


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _unwritable(settings: Settings, error: OSError) -> str:
    return (
        f"The report cannot be written to {settings.reports_dir}: {error.strerror or error}. "
        "Free some space there or make it writable, or set paths.reports in sprint.toml."
    ).replace(". Free", "; free")
