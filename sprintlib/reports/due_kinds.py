"""Which weekly digests and retrospectives are missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sprintlib.errors import AnalysisError
from sprintlib.history.started_work import started_at
from sprintlib.project import ProjectHandle
from sprintlib.reports.kinds import WORDS, Kind
from sprintlib.reports.slots import slot_at, tried_lately
from sprintlib.results.run_table import Run
from sprintlib.settings import Settings

_LOOKED_BACK_FOR = timedelta(days=7)  # a sprint that ended earlier, while reports ran, is looked back on by hand
_LONGEST_ABSENCE = timedelta(days=90)


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
    slot = slot_at(settings, (settings.report.weekly,), now)
    own = [run for run in known if run.kind == "weekly_digest"]
    if slot is None or any(run.state == "ok" and slot.holds(run.as_of) for run in own) or tried_lately(own, now):
        return []
    return [MissingReport("weekly_digest", None, WORDS["weekly_digest"].capitalize())]


def _ended(project: ProjectHandle, known: Sequence[Run], now: datetime) -> list[MissingReport]:
    from sprintlib.services.retrospective import end_of_sprint, ended_sprints

    try:
        sprints = ended_sprints(project, now, _looked_back_since(known, now))
    except AnalysisError:
        return []
    own = [run for run in known if run.kind == "retrospective"]
    missing = []
    for sprint in sprints:
        start, end, key = started_at(sprint), end_of_sprint(sprint), str(sprint.key)
        told = [run for run in own if run.sprint == key or run.milestone == key]
        held = start is not None and end is not None and start < end
        if held and not any(run.state == "ok" for run in told) and not tried_lately(told, now):
            missing.append(MissingReport("retrospective", key, f"{sprint.title}, looking back"))
    return missing


def _looked_back_since(known: Sequence[Run], now: datetime) -> datetime:
    """A week ago or, after a longer absence, when reports last ran by themselves: nothing that ended is left out."""
    ran = max((run.as_of for run in known if run.trigger == "due" and run.as_of <= now), default=now)
    return max(min(now - _LOOKED_BACK_FOR, ran), now - _LONGEST_ABSENCE)
