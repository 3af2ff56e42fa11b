"""What is overdue, and catching up with it once: the command that cron and launchd call."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from sprintlib import backup, digest
from sprintlib.clock import clock_of
from sprintlib.errors import ReportError, SprintError
from sprintlib.learning import last_trial
from sprintlib.locks import LockedError, file_lock
from sprintlib.parallel import in_order, open_executor
from sprintlib.project import ProjectHandle
from sprintlib.reports.dated_report import write_report
from sprintlib.reports.due_kinds import MissingReport, missing_reports
from sprintlib.reports.explaining import release_model
from sprintlib.reports.kinds import STANDARD
from sprintlib.reports.retention import prune
from sprintlib.reports.slots import Slot, slot_at, tried_lately
from sprintlib.results.run_table import Run, mark_dead_runs, runs
from sprintlib.settings import Settings
from sprintlib.store import open_store, store_error

Say = Callable[[str], None]
_JUST_BEGUN = timedelta(days=2)  # a sprint that began earlier has the report of the day


@dataclass(frozen=True)
class Result:
    """How one overdue report, message or backup went. milestone: null for the nearest deadline, and for the others."""

    milestone: str | None
    ok: bool
    message: str
    kind: str = "report"  # | digest | backup | recalibration


@dataclass(frozen=True)
class DatedSprint:
    """A sprint with a due date. key: its SprintKey as written, which outlives another title. started_at: if it has."""

    key: str
    title: str
    started_at: datetime | None = None

    def reported_by(self, run: Run) -> bool:
        """Whether a run was about it; one that came to nothing or is old is known by its title only."""
        return self.key == run.sprint if run.sprint else self.title == run.milestone


def is_due(sprint: DatedSprint | None, slot: Slot, past_runs: Sequence[Run], now: datetime) -> bool:
    """Whether the report that became due when `slot` began is missing. sprint: None takes a report on any.

    Any successful report on a moment of the slot will do, also one made by hand; missed days before it are not caught
    up. A failed attempt is repeated after an hour.
    """
    own = [run for run in past_runs if (sprint is None or sprint.reported_by(run)) and slot.holds(run.as_of)]
    if any(run.state == "ok" for run in own):
        return False
    return not tried_lately([run for run in own if run.trigger == "due"], now)


def run_due(
    settings: Settings,
    say: Say,
    now: datetime | None = None,
    explain: bool | None = None,
    scheduler: str | None = None,
) -> list[Result]:
    """Collect what is new, write overdue reports, send the digest and make the backup of the day. Idempotent.

    Each open dated milestone has its report; without one, there is a report on what is open. One failure does not stop
    the others.
    explain: as in `write_report`. scheduler: as of `open_executor`, a call for each report; by default one after the
    other, here. say: gets a line of plain text on whatever happens.
    A second call at the same time says so and does nothing.
    """
    with _alone(settings) as alone:
        if not alone:
            say("Another 'sprint run due' is already running: nothing to do.")
            return []
        return _catch_up(settings, say, now or clock_of(settings)(), explain, scheduler)


def overdue(engine: Engine, settings: Settings, now: datetime) -> list[DatedSprint | None]:
    """The sprints whose report is overdue, or that have just begun; None stands for the nearest deadline."""
    slot = slot_at(settings, settings.report.days, now)
    if slot is None and not settings.report.at_start:
        return []
    known = [run for run in runs(engine, settings.project.name) if run.kind == STANDARD]
    sprints: list[DatedSprint | None] = [*open_dated_sprints(engine, settings, now)]
    return [
        sprint
        for sprint in sprints or [None]
        if (slot is not None and is_due(sprint, slot, known, now))
        or (sprint is not None and settings.report.at_start and _has_just_begun(sprint, known, now))
    ]


def _has_just_begun(sprint: DatedSprint, known: Sequence[Run], now: datetime) -> bool:
    """Whether it began lately and no report says so yet; a failed attempt is repeated after an hour."""
    begun = sprint.started_at
    if begun is None or not begun <= now < begun + _JUST_BEGUN:
        return False
    own = [run for run in known if sprint.reported_by(run) and run.as_of >= begun]
    return not any(run.state == "ok" for run in own) and not tried_lately(own, now)


def open_dated_sprints(engine: Engine, settings: Settings, as_of: datetime) -> list[DatedSprint]:
    """The sprints that were open and had a due date, nearest deadline first."""
    from sprintlib.analysis.pipeline import project_sprints
    from sprintlib.history import load_state
    from sprintlib.history.started_work import started_at

    sprints = project_sprints(load_state(engine, settings, as_of), settings)
    return [
        DatedSprint(str(sprint.key), sprint.title, started_at(sprint))
        for sprint in sprints
        if sprint.due_on is not None
    ]


def _catch_up(settings: Settings, say: Say, now: datetime, explain: bool | None, scheduler: str | None) -> list[Result]:
    engine = open_store(settings.database_url)
    mark_dead_runs(engine)
    results = _reports(engine, settings, say, now, explain, scheduler)
    results += _learn(engine, settings, say, now)
    results += _messages(engine, settings, say, collected=bool(results)) + _back_up(settings, say, now)
    if not results:
        say("Nothing is due.")
    return results


def _reports(
    engine: Engine, settings: Settings, say: Say, now: datetime, explain: bool | None, scheduler: str | None
) -> list[Result]:
    project = ProjectHandle(settings, engine, clock_of(settings))
    if not overdue(engine, settings, now) and not missing_reports(project, runs(engine, project.name), now):
        return []
    _collect(engine, settings, say)
    project.forget()
    calls = [_standard(sprint) for sprint in overdue(engine, settings, now)]
    calls += missing_reports(project, runs(engine, project.name), now)
    results = []
    with open_executor(scheduler) as executor:
        for result, line in in_order(executor, _report, [(settings, call, explain) for call in calls]):
            say(line)
            results.append(result)
    if explain or (explain is None and settings.report.explain):
        release_model(settings)
    _prune(engine, settings, say, now)
    return results


def _prune(engine: Engine, settings: Settings, say: Say, now: datetime) -> None:
    try:
        for folder in prune(engine, settings, now):
            say(f"Removed {folder}, older than {settings.report.keep_days} days.")
    except DatabaseError as error:
        say(f"Old reports stay for now: {store_error(settings.database_url, error)}")


def _learn(engine: Engine, settings: Settings, say: Say, now: datetime) -> list[Result]:
    """The week's try to learn from finished sprints, where there are enough of them and it has not been made."""
    from sprintlib.services.learning import weekly_trial

    slot = slot_at(settings, settings.learning.days, now)
    with engine.connect() as connection:
        last = last_trial(connection, settings.project.name)
    if slot is None or (last is not None and slot.holds(last.tried_at)):
        return []
    try:
        found = weekly_trial(ProjectHandle(settings, engine, clock_of(settings)), now)
    except (SprintError, DatabaseError) as error:
        say(f"Recalibration: not tried: {_sentence(settings, error)}")
        return [Result(None, False, _sentence(settings, error), "recalibration")]
    if found is None:
        return []
    say(f"Recalibration: {found.sentence}")
    return [Result(None, True, found.sentence, "recalibration")]


def _messages(engine: Engine, settings: Settings, say: Say, collected: bool) -> list[Result]:
    """The digest of the day, where [digest] names targets that have not had it."""
    project = ProjectHandle(settings, engine, clock_of(settings))
    if not digest.waiting(project):
        return []
    if not collected:
        _collect(engine, settings, say)
        project.forget()
    try:
        outcomes = digest.send_due(project)
    except (SprintError, DatabaseError) as error:
        say(f"Digest: failed: {_sentence(settings, error)}")
        return [Result(None, False, _sentence(settings, error), "digest")]
    for one in outcomes:
        say(f"Digest to {one.target}: {one.message}")
    return [Result(None, one.ok, one.message, "digest") for one in outcomes]


def _back_up(settings: Settings, say: Say, now: datetime) -> list[Result]:
    """The backup of the day, where it is missing, and what is no longer kept."""
    if not backup.is_due(settings, now):
        return []
    try:
        made = backup.make_backup(settings, now)
    except (SprintError, DatabaseError) as error:
        say(f"Backup: failed: {_sentence(settings, error)}")
        return [Result(None, False, _sentence(settings, error), "backup")]
    say(f"Backup: {made.file}")
    for file in backup.prune(settings, now):
        say(f"Removed {file.name}, which is no longer kept.")
    return [Result(None, True, str(made.file), "backup")]


def _collect(engine: Engine, settings: Settings, say: Say) -> None:
    """Collect what is new, if that is possible; otherwise the reports say how old their facts are."""
    from sprintlib.services import sync

    try:
        sync(ProjectHandle(settings, engine, clock_of(settings)))
    except (SprintError, DatabaseError) as error:
        say(f"Nothing new was collected: {_sentence(settings, error)} The reports use what was collected before.")


def _standard(sprint: DatedSprint | None) -> MissingReport:
    return MissingReport(STANDARD, sprint.title if sprint else None, sprint.title if sprint else "The nearest deadline")


def _report(settings: Settings, one: MissingReport, explain: bool | None) -> tuple[Result, str]:
    """Write one report; how it went, and the line that says so."""
    title = one.milestone if one.kind == STANDARD else one.title
    try:
        files = write_report(
            settings, one.milestone, trigger="due", kind=one.kind, explain=explain if one.kind == STANDARD else None
        )
    except (SprintError, DatabaseError) as error:
        sentence = _sentence(settings, error)
        return Result(title, False, sentence), f"{one.title}: failed: {sentence}"
    named = files.title if one.kind == STANDARD else one.title
    return Result(title, True, str(files.html)), f"{named}: {files.html}"


def _sentence(settings: Settings, error: SprintError | DatabaseError) -> str:
    """What went wrong with one thing; the store can refuse in the middle of any of them, and the others go on."""
    return str(store_error(settings.database_url, error) if isinstance(error, DatabaseError) else error)


@contextmanager
def _alone(settings: Settings) -> Iterator[bool]:
    """Whether this process is the only one that catches up."""
    with ExitStack() as stack:
        try:
            stack.enter_context(file_lock(settings.data_dir / "run-due.lock"))
        except LockedError:
            yield False
            return
        except OSError as error:
            raise ReportError(f"The data folder {settings.data_dir} cannot be written: {error.strerror}.") from error
        yield True
