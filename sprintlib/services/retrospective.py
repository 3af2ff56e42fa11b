"""A sprint that is over: what was planned and what was delivered, what was forecast and what came, what slowed it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from sprintlib.analysis import MilestoneAnalysis
from sprintlib.analysis.pipeline import project_sprints
from sprintlib.calendar import WorkingCalendar
from sprintlib.errors import AnalysisError
from sprintlib.forecast import day_name
from sprintlib.history import ProjectState, Sprint
from sprintlib.history.lateness import sprint_days_late
from sprintlib.history.started_work import started_at
from sprintlib.project import ProjectHandle
from sprintlib.risks import Risk
from sprintlib.services.analysis import analyze
from sprintlib.services.standings import end_of

LOOKS = (0, 25, 50, 75, 100)  # % of the time between start and end
_SECOND = timedelta(seconds=1)
_TELLING = ("high", "medium")


@dataclass(frozen=True)
class Look:
    """The sprint as of one moment of its time, from the facts of then. share: % of the time from start to end."""

    share: int
    moment: datetime
    analysis: MilestoneAnalysis


@dataclass(frozen=True)
class Hindrance:
    """A kind of risk that was there while the sprint was under way. looks: at how many of so many it was seen.

    worst: the gravest of its risks, of the last look that saw it.
    """

    kind: str
    looks: int
    of: int
    worst: Risk


@dataclass(frozen=True)
class Retrospective:
    """One sprint, from its start to its end: the deadline, or when its milestones were closed if that was before.

    committed, kept: items inside at the start, and of these done or dropped by the end. days_late: from the due date
    until the milestones were closed, or until now where one is still open.
    """

    key: str
    title: str
    start: datetime
    end: datetime
    looks: tuple[Look, ...]
    committed: int
    kept: int
    days_late: int
    still_open: bool
    hindrances: tuple[Hindrance, ...]

    @property
    def first(self) -> MilestoneAnalysis:
        """As it was planned."""
        return self.looks[0].analysis

    @property
    def last(self) -> MilestoneAnalysis:
        """As it ended."""
        return self.looks[-1].analysis

    @property
    def landed(self) -> bool:
        """Whether something was done or dropped inside, and nothing open at the end."""
        return self.last.scope.open == 0 and not self.is_empty

    @property
    def is_empty(self) -> bool:
        """Whether everything was taken out by the end."""
        return self.last.scope.open + self.last.scope.done + self.last.scope.dropped == 0


def retrospective(project: ProjectHandle, as_of: datetime, milestone: str | None = None) -> Retrospective:
    """Look back on a sprint that was over by a moment. milestone: title, key or number; None: the one that ended last.

    Raises AnalysisError where there is none, or it is not over yet.
    """
    past = project.state(as_of)
    sprint = _chosen(project, past, milestone)
    start, end = started_at(sprint), end_of_sprint(sprint)
    if end is None or end > as_of:
        due = f": it is due {day_name(sprint.due_on)}" if sprint.due_on else ""
        raise AnalysisError(f"{sprint.title} is not over yet{due}; a retrospective looks back on a sprint that is.")
    if start is None or start >= end:
        raise AnalysisError(f"{sprint.title} held no item while it was under way: there is nothing to look back on.")
    looks = tuple(_looks(project, sprint, start, end))
    if not looks:
        raise AnalysisError(f"Nothing is known of {sprint.title} from the time when it was under way.")
    committed = {ref for part in sprint.parts for ref in part.scope.committed}
    ended = past.items.filter(pl.col("ref").is_in(committed) & (pl.col("closed_at") < end))
    return Retrospective(
        key=str(sprint.key),
        title=sprint.title,
        start=start,
        end=end,
        looks=looks,
        committed=len(committed),
        kept=ended.height,
        days_late=sprint_days_late(sprint),
        still_open=sprint.state == "open",
        hindrances=_hindrances(looks),
    )


def ended_sprints(project: ProjectHandle, as_of: datetime, since: datetime) -> list[Sprint]:
    """The sprints that ended after one moment and by another, the one that ended last first."""
    past, calendar = project.state(as_of), project.calendar
    keys = {
        f"{row['repository_id']}-{row['number']}"
        for row in past.milestones.iter_rows(named=True)
        if any(since < moment <= as_of for moment in (row["closed_at"], _deadline(calendar, row["due_on"])) if moment)
    }
    found = {str(one.key): one for key in keys for one in project_sprints(past, project.settings, key)}
    over = [(end, one) for one in found.values() if (end := end_of_sprint(one)) and since < end <= as_of]
    return [one for _, one in sorted(over, key=lambda pair: (pair[0], str(pair[1].key)), reverse=True)]


def end_of_sprint(sprint: Sprint) -> datetime | None:
    """Its deadline, or when the last of its milestones was closed, whichever came first; None where none is known."""
    moments = [sprint.deadline] if sprint.deadline else []
    if sprint.state == "closed":
        closed = sprint.past.milestones.filter(
            pl.concat_str("repository_id", pl.lit("-"), "number").is_in([str(key) for key in sprint.keys])
        )["closed_at"]
        last = None if closed.null_count() else closed.max()
        moments += [last] if isinstance(last, datetime) else []
    return min(moments, default=None)


def _deadline(calendar: WorkingCalendar, due_on: date | None) -> datetime | None:
    return calendar.deadline(due_on) if due_on else None


def _chosen(project: ProjectHandle, past: ProjectState, milestone: str | None) -> Sprint:
    if milestone is not None:
        found = project_sprints(past, project.settings, milestone)
        if not found:
            raise AnalysisError(f"No milestone is called '{milestone}'.")
        return found[0]
    ended = ended_sprints(project, past.as_of, datetime.min.replace(tzinfo=past.as_of.tzinfo))
    if not ended:
        raise AnalysisError("No sprint is over yet: a retrospective looks back on one that is.")
    return ended[0]


def _looks(project: ProjectHandle, sprint: Sprint, start: datetime, end: datetime) -> Iterable[Look]:
    """The sprint at each share of its time; moments before anything was known of it are left out."""
    for share in LOOKS:
        moment = min(start + (end - start) * (share / 100), end - _SECOND)
        try:
            found = analyze(project, moment, str(sprint.key)).milestones
        except AnalysisError:
            continue
        yield from (Look(share, moment, one) for one in found[:1])


def _hindrances(looks: Sequence[Look]) -> tuple[Hindrance, ...]:
    """What threatened the sprint, seen most often first; of the same number, the gravest."""
    seen: dict[str, list[Risk]] = {}
    for look in looks:
        worst: Mapping[str, Risk] = {
            risk.kind: risk for risk in reversed(look.analysis.risks) if risk.severity in _TELLING
        }
        for kind, risk in worst.items():
            seen.setdefault(kind, []).append(risk)
    found = [Hindrance(kind, len(risks), len(looks), risks[-1]) for kind, risks in seen.items()]
    return tuple(sorted(found, key=lambda one: (-one.looks, one.worst.severity != "high", one.kind)))


def week_before(project: ProjectHandle, as_of: datetime) -> datetime:
    """The end of the same day a week earlier."""
    return end_of(project, project.calendar.local_date(as_of) - timedelta(days=7))
