"""What is overdue, and catching up with it once: the command that cron and launchd call."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Engine

from sprintlib import backup
from sprintlib.clock import clock_of
from sprintlib.errors import ReportError, SprintError
from sprintlib.locks import LockedError, file_lock
from sprintlib.parallel import in_order, open_executor
from sprintlib.project import ProjectHandle
from sprintlib.reports.dated_report import write_report
from sprintlib.reports.explaining import release_model
from sprintlib.reports.retention import prune
from sprintlib.results.run_table import Run, mark_dead_runs, runs
from sprintlib.settings import Settings
from sprintlib.store import open_store

RETRY_AFTER = timedelta(hours=1)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """How one overdue report, or the day's backup, went. milestone: null for the nearest deadline, and for a backup."""

    milestone: str | None
    ok: bool
    message: str
    kind: str = "report"  # | backup


def last_slot(settings: Settings, now: datetime) -> datetime | None:
    """The last moment (UTC) up to `now` at which reports became due; None where no day has reports."""
    hour, minute = (int(part) for part in settings.report.at.split(":"))
    today = now.astimezone(settings.time_zone).date()
    for back in range(8):
        day = today - timedelta(days=back)
        slot = datetime.combine(day, time(hour, minute), settings.time_zone).astimezone(UTC)
        if _WEEKDAYS[day.weekday()] in settings.report.days and slot <= now:
            return slot
    return None


@dataclass(frozen=True)
class DatedSprint:
    """A sprint with a due date. key: its SprintKey as written, which outlives another title."""

    key: str
    title: str

    def reported_by(self, run: Run) -> bool:
        """Whether a run was about it; one that came to nothing or is old is known by its title only."""
        return self.key == run.sprint if run.sprint else self.title == run.milestone


def is_due(sprint: DatedSprint | None, slot: datetime, past_runs: Sequence[Run], now: datetime) -> bool:
    """Whether the report that became due at `slot` is missing. sprint: None takes a report on any.

    Any successful report on that moment or later will do, also one made by hand; missed days before it are not
    caught up. A failed attempt is repeated after an hour.
    """
    own = [run for run in past_runs if sprint is None or sprint.reported_by(run)]
    if any(run.state == "ok" and run.as_of >= slot for run in own):
        return False
    tried = [run.started_at for run in own if run.trigger == "due" and run.started_at >= slot and run.state != "ok"]
    return not tried or now - max(tried) >= RETRY_AFTER


def run_due(
    settings: Settings,
    say: Say,
    now: datetime | None = None,
    explain: bool | None = None,
    scheduler: str | None = None,
) -> list[Result]:
    """Collect what is new, write the overdue report of each open dated milestone, make the day's backup. Idempotent.

    Without a dated milestone, one report on what is open. One failure does not stop the others.
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
    """The sprints whose report is overdue; None stands for the nearest deadline."""
    slot = last_slot(settings, now)
    if slot is None:
        return []
    known = runs(engine, settings.project.name)
    sprints: list[DatedSprint | None] = [*open_dated_sprints(engine, settings, now)]
    return [sprint for sprint in sprints or [None] if is_due(sprint, slot, known, now)]


def open_dated_sprints(engine: Engine, settings: Settings, as_of: datetime) -> list[DatedSprint]:
    """The sprints that were open and had a due date, nearest deadline first."""
    from sprintlib.analysis.pipeline import project_sprints
    from sprintlib.history import load_state

    sprints = project_sprints(load_state(engine, settings, as_of), settings)
    return [DatedSprint(str(sprint.key), sprint.title) for sprint in sprints if sprint.due_on is not None]


def _catch_up(settings: Settings, say: Say, now: datetime, explain: bool | None, scheduler: str | None) -> list[Result]:
    engine = open_store(settings.database_url)
    mark_dead_runs(engine)
    results = _reports(engine, settings, say, now, explain, scheduler) + _back_up(settings, say, now)
    if not results:
        say("Nothing is due.")
    return results


def _reports(
    engine: Engine, settings: Settings, say: Say, now: datetime, explain: bool | None, scheduler: str | None
) -> list[Result]:
    if not overdue(engine, settings, now):
        return []
    _collect(engine, settings, say)
    results = []
    with open_executor(scheduler) as executor:
        calls = [(settings, sprint.title if sprint else None, explain) for sprint in overdue(engine, settings, now)]
        for result, line in in_order(executor, _report, calls):
            say(line)
            results.append(result)
    if explain or (explain is None and settings.report.explain):
        release_model(settings)
    for folder in prune(engine, settings, now):
        say(f"Removed {folder}, older than {settings.report.keep_days} days.")
    return results


def _back_up(settings: Settings, say: Say, now: datetime) -> list[Result]:
    """The backup of the day, where it is missing, and what is no longer kept."""
    if not backup.is_due(settings, now):
        return []
    try:
        made = backup.make_backup(settings, now)
    except SprintError as error:
        say(f"Backup: failed: {error}")
        return [Result(None, False, str(error), "backup")]
    say(f"Backup: {made.file}")
    for file in backup.prune(settings, now):
        say(f"Removed {file.name}, which is no longer kept.")
    return [Result(None, True, str(made.file), "backup")]


def _collect(engine: Engine, settings: Settings, say: Say) -> None:
    """Collect what is new, if that is possible; otherwise the reports say how old their facts are."""
    from sprintlib.services import sync

    try:
        sync(ProjectHandle(settings, engine))
    except SprintError as error:
        say(f"Nothing new was collected: {error} The reports use what was collected before.")


def _report(settings: Settings, title: str | None, explain: bool | None) -> tuple[Result, str]:
    """Write one report; how it went, and the line that says so."""
    try:
        files = write_report(settings, title, trigger="due", explain=explain)
    except SprintError as error:
        return Result(title, False, str(error)), f"{title or 'The nearest deadline'}: failed: {error}"
    return Result(title, True, str(files.html)), f"{files.title}: {files.html}"


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
