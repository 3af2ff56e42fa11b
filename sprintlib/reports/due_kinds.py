"""Which weekly digests and retrospectives are missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sprintlib.errors import AnalysisError
from sprintlib.history.started_work import started_at
from sprintlib.project import ProjectHandle
from sprintlib.reports.kinds import WORDS, Kind
from sprintlib.results.run_table import Run
from sprintlib.settings import Settings

RETRY_AFTER = timedelta(hours=1)
_LOOKED_BACK_FOR = timedelta(days=7)  # a sprint that ended earlier is looked back on by hand
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class MissingReport:
    """A report that is to be written. milestone: the key of the sprint; None for the week."""

    kind: Kind
    milestone: str | None
    title: str


def missing_reports(project: ProjectHandle, known: Sequence[Run], now: datetime) -> list[MissingReport]:
    """What `[report] weekly` and `retrospective` ask for and no run has made; what failed waits an hour."""
    found = _week(project.settings, known, now)
    if not project.settings.report.retrospective:
        return found
    return [*found, *_ended(project, known, now)]


def _week(settings: Settings, known: Sequence[Run], now: datetime) -> list[MissingReport]:
    if settings.report.weekly is None:
        return []
    hour, minute = (int(part) for part in settings.report.at.split(":"))
    today = now.astimezone(settings.time_zone).date()
    day = today - timedelta(days=(today.weekday() - _WEEKDAYS.index(settings.report.weekly)) % 7)
    slot = datetime.combine(day, time(hour, minute), settings.time_zone).astimezone(UTC)
    slot = slot if slot <= now else slot - timedelta(days=7)
    own = [run for run in known if run.kind == "weekly_digest"]
    if any(run.state == "ok" and run.as_of >= slot for run in own) or _tried_lately(own, now):
        return []
    return [MissingReport("weekly_digest", None, WORDS["weekly_digest"].capitalize())]


def _ended(project: ProjectHandle, known: Sequence[Run], now: datetime) -> list[MissingReport]:
    from sprintlib.services.retrospective import end_of_sprint, ended_sprints

    try:
        sprints = ended_sprints(project, now, now - _LOOKED_BACK_FOR)
    except AnalysisError:
        return []
    own = [run for run in known if run.kind == "retrospective"]
    missing = []
    for sprint in sprints:
        start, end, key = started_at(sprint), end_of_sprint(sprint), str(sprint.key)
        told = [run for run in own if run.sprint == key or run.milestone == key]
        held = start is not None and end is not None and start < end
        if held and not any(run.state == "ok" for run in told) and not _tried_lately(told, now):
            missing.append(MissingReport("retrospective", key, f"{sprint.title}, looking back"))
    return missing


def _tried_lately(runs: Sequence[Run], now: datetime) -> bool:
    tried = [run.started_at for run in runs if run.state != "ok"]
    return bool(tried) and now - max(tried) < RETRY_AFTER
