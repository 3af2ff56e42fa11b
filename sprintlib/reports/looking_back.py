"""What the cells of the notebooks `weekly_digest` and `retrospective` call: each piece as HTML and as Markdown."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from sprintlib import settings as settings_module
from sprintlib import views
from sprintlib.analysis.changes import NOTHING, risk_name
from sprintlib.analysis.memory import ForecastRecord
from sprintlib.analysis.model import Analysis, MilestoneAnalysis
from sprintlib.evidence import Evidence
from sprintlib.project import ProjectHandle
from sprintlib.reports.page import Shown
from sprintlib.results import with_words
from sprintlib.services import analyze
from sprintlib.services.memory import compared, forecast_record, since_day
from sprintlib.services.pseudonyms import Pseudonyms
from sprintlib.services.retrospective import Hindrance, Retrospective, retrospective, week_before
from sprintlib.views import items as item_words
from sprintlib.views import record as record_words
from sprintlib.views.markup import known_repositories
from sprintlib.views.sections import Line, Section, sections_html, sections_markdown
from sprintlib.views.words import count, day, gain, headline, moment, particulars, percent

_MOST_ACTIONS = 3


@dataclass(frozen=True)
class SectionsReport:
    """The numbers that a report rests on, and how a page of sections shows them. pseudonyms: None: people by name."""

    analysis: Analysis
    title: str
    subtitle: str
    pseudonyms: Pseudonyms | None = None

    def piece(self, *sections: Section, first: bool = False) -> Shown:
        """Sections for one cell. first: with the title, the style, and the numbers, which travel with it."""
        known = known_repositories(self.analysis)
        title, subtitle = (self.title, self.subtitle) if first else ("", "")
        analysis = self.analysis
        if self.pseudonyms:
            title, sections = self.pseudonyms.text(title), self.pseudonyms.applied(sections)
            analysis = self.pseudonyms.applied(analysis) if first else analysis
        html = views.wrapped(sections_html(title, subtitle, sections, known))
        data: dict[str, Any] | None = analysis.model_dump(mode="json") if first else None
        markdown = sections_markdown(title, subtitle, sections, known)
        return Shown((views.style() if first else "") + html, data, markdown=markdown)


class Week:
    """A week of a project, in pieces for the cells of a notebook. since: what it is compared with, in words."""

    def __init__(
        self, project: ProjectHandle, analysis: Analysis, since: str, pseudonyms: Pseudonyms | None = None
    ) -> None:
        self._project, self.analysis, self._since = project, analysis, since
        today = project.calendar.local_date(analysis.as_of)
        self.since = since_day(since, today)[0]
        self._told = SectionsReport(
            analysis,
            f"{analysis.project}: the week",
            f"as of {moment(analysis.as_of, project.settings.time_zone)}",
            pseudonyms,
        )

    def verdicts(self) -> Shown:
        """How each open milestone stands, and what changed in the week. The first piece."""
        rows = tuple(self._row(one) for one in self.analysis.milestones)
        lines = () if rows else (Line("No milestone is open."),)
        head = ("Milestone", "Chance", "In words", f"Since {self.since}")
        return self._told.piece(Section("Will they land?", lines, head, rows), first=True)

    def actions(self) -> Shown:
        """The first three things to do for each milestone, with who can act."""
        sections = (
            Section(f"What to do for {one.title}", tuple(_action(one, place) for place in range(_offered(one))))
            for one in self.analysis.milestones
            if one.recommendations
        )
        return self._told.piece(*sections)

    def threats(self) -> Shown:
        """What threatens each milestone: its high and medium risks."""
        found = [
            Line(f"{one.title}: {risk.statement}", risk.evidence)
            for one in self.analysis.milestones
            for risk in one.risks
            if risk.severity in ("high", "medium")
        ]
        return self._told.piece(Section("What threatens them", tuple(found) or (Line("No risks found."),)))

    def record(self) -> Shown:
        """What was forecast of finished sprints, and what came."""
        return self._told.piece(_record(forecast_record(self._project, self.analysis.as_of)))

    def basis(self) -> Shown:
        """How old the facts are, and what is missing."""
        return self._told.piece(_basis(self.analysis))

    def _row(self, one: MilestoneAnalysis) -> tuple[str, ...]:
        figure, words = headline(self.analysis, one)
        found = compared(self._project, one, self.analysis.as_of, self._since)
        said = found.sentence.partition(": ")[2].rstrip(".") if found else NOTHING
        return (one.title, figure, words, said)


class LookingBack:
    """A sprint that is over, in pieces for the cells of a notebook."""

    def __init__(
        self,
        project: ProjectHandle,
        analysis: Analysis,
        found: Retrospective,
        as_of: datetime,
        pseudonyms: Pseudonyms | None = None,
    ) -> None:
        self._project, self.analysis, self.found, self._as_of = project, analysis, found, as_of
        zone = project.settings.time_zone
        span = f"{day(_day_of(found.start, zone))} to {day(_day_of(found.end, zone))}"
        self._told = SectionsReport(
            analysis, f"{found.title}: looking back", f"{analysis.project} · {span}", pseudonyms
        )

    def planned(self) -> Shown:
        """What was planned and what was delivered, in items. The first piece."""
        found = self.found
        late = f"; {_lateness(found)}" if found.days_late else ""
        share = f" ({found.kept / found.committed:.0%})" if found.committed else ""
        lines = (
            Line(f"{_outcome(found)} at the end{late}."),
            Line(f"{found.kept} of {found.committed} planned items were done or dropped in time{share}."),
            *_due_lines(found),
        )
        head = ("", "Planned", "Added", "Removed", "Done", "Dropped", "Open")
        rows = tuple(_scope_row(name, one) for name, one in (("At the start", found.first), ("At the end", found.last)))
        return self._told.piece(
            Section("Planned and delivered", lines, head, rows, (1, 2, 3, 4, 5, 6)), _unfinished(found), first=True
        )

    def forecast(self) -> Shown:
        """What the forecast said on the way, from the facts of each moment, and what came."""
        zone = self._project.settings.time_zone
        rows = tuple(
            (
                f"{look.share}%",
                day(_day_of(look.moment, zone)),
                day(look.analysis.due_on, "none"),
                percent(look.analysis.probability),
                str(look.analysis.scope.open),
            )
            for look in self.found.looks[:-1]
        )
        came = _outcome(self.found)
        lines = (Line(f"What came: {came[0].lower()}{came[1:]} at the end."),)
        head = ("Of its time", "Day", "Due then", "Chance", "Open items")
        return self._told.piece(Section("Forecast and outcome", lines, head, rows, (0, 3, 4)))

    def slowed(self) -> Shown:
        """What slowed us: threats by how long they were there, each with an example."""
        lines = tuple(Line(_seen(one), one.worst.evidence) for one in self.found.hindrances)
        return self._told.piece(Section("What slowed us", lines or (Line("No high or medium risk was seen."),)))

    def record(self) -> Shown:
        """What was forecast of this and other finished sprints, and what came."""
        return self._told.piece(_record(forecast_record(self._project, self._as_of)))

    def basis(self) -> Shown:
        """How old the facts are, and what is missing."""
        return self._told.piece(_basis(self.analysis))


def open_week(
    home: str | None = None, as_of: str | None = None, since: str | None = None, pseudonyms: bool = False
) -> Week:
    """A week of a project for a notebook. Reads the store, writes nothing.

    since: a day to compare with, such as `monday`; None: the same day a week before. pseudonyms: people are called
    `dev-1a2b3c`. Raises SettingsError, StoreError or AnalysisError with one sentence.
    """
    project, moment_ = _opened(home, as_of)
    found = with_words(project.engine, analyze(project, moment_))
    before = project.calendar.local_date(week_before(project, moment_)).isoformat()
    return Week(project, found, since or before, Pseudonyms.of(project) if pseudonyms else None)


def open_retrospective(
    home: str | None = None, milestone: str | None = None, as_of: str | None = None, pseudonyms: bool = False
) -> LookingBack:
    """A sprint that is over for a notebook. Reads the store, writes nothing.

    milestone: a title; None: the one that ended last. pseudonyms: people are called `dev-1a2b3c`.
    Raises SettingsError, StoreError or AnalysisError.
    """
    project, moment_ = _opened(home, as_of)
    found = retrospective(project, moment_, milestone)
    analysis = analyze(project, found.looks[-1].moment, found.key)
    return LookingBack(project, analysis, found, moment_, Pseudonyms.of(project) if pseudonyms else None)


def _opened(home: str | None, as_of: str | None) -> tuple[ProjectHandle, datetime]:
    from sprintlib.as_of import parse_as_of

    settings = settings_module.load(Path(home) if home else None)
    return ProjectHandle.open(settings, read_only=True), parse_as_of(as_of, settings)


def _offered(one: MilestoneAnalysis) -> int:
    return min(len(one.recommendations), _MOST_ACTIONS)


def _action(one: MilestoneAnalysis, place: int) -> Line:
    advice = one.recommendations[place]
    beside = ", ".join([*([gain(advice.expected_gain)] if advice.expected_gain else []), *particulars(advice)])
    return Line(f"{advice.action}{f' ({beside})' if beside else ''}", advice.evidence)


def _day_of(moment_: datetime, zone: tzinfo) -> date:
    """The local day that a moment ends or lies in: the end of Monday is Monday."""
    return (moment_ - timedelta(seconds=1)).astimezone(zone).date()


def _outcome(found: Retrospective) -> str:
    """What was left at the end: `3 items were still open`."""
    if found.is_empty:
        return "No item was left in it"
    if found.landed:
        return "Everything in it was done or dropped"
    left = found.last.scope.open
    return f"{count(left, 'item')} {'was' if left == 1 else 'were'} still open"


def _lateness(found: Retrospective) -> str:
    days = count(found.days_late, "day")
    return (
        f"the milestone is still open, {days} past its due date" if found.still_open else f"it was closed {days} late"
    )


def _due_lines(found: Retrospective) -> tuple[Line, ...]:
    """When it was due, and whether that was moved while it was under way."""
    first, last = found.first.due_on, found.last.due_on
    if first == last:
        return (Line(f"It was due {day(first, 'on no day')}, from the start on."),)
    return (Line(f"At the start it was due {day(first, 'on no day')}, at the end {day(last, 'on no day')}."),)


def _scope_row(name: str, one: MilestoneAnalysis) -> tuple[str, ...]:
    scope = one.scope
    counts = (scope.committed, scope.added, scope.removed, scope.done, scope.dropped, scope.open)
    return (name, *map(str, counts))


def _seen(one: Hindrance) -> str:
    """`Failing CI, at 3 of 5 looks: Workflow 'CI' has been red ...`."""
    name = risk_name(one.kind)
    return f"{name[:1].upper()}{name[1:]}, at {one.looks} of {one.of} looks: {one.worst.statement}"


def _unfinished(found: Retrospective) -> Section:
    """What was open inside at the end."""
    lines = tuple(
        Line(
            f"{item.ref} {item.title}: {item_words.state(item)}",
            (Evidence(ref=item.ref, kind=item.kind, url=item.html_url),),
        )
        for item in found.last.items
        if item.inside
    )
    return Section("Open at the end", lines or (Line("Nothing was left open."),))


def _record(record: ForecastRecord) -> Section:
    if not record.forecasts:
        return Section("What was forecast, and what came", (Line("No forecast of a finished sprint was stored."),))
    rows = tuple(record_words.cells(one) for one in reversed(record.forecasts))
    return Section(
        "What was forecast, and what came", (Line(record_words.score(record)),), record_words.HEAD, rows, (2, 4)
    )


def _basis(analysis: Analysis) -> Section:
    from sprintlib.views.words import age

    fresh = tuple(Line(f"{repo}: {age(at, analysis.as_of)}") for repo, at in analysis.facts_of.items())
    return Section("How old the facts are, and what is missing", (*fresh, *(Line(note) for note in analysis.notes)))
