"""Answering what an analysis recommends: by its number in the list, and with what the answer changes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sprintlib.analysis.model import MilestoneAnalysis
from sprintlib.analysis.pipeline import sprint_contexts
from sprintlib.errors import AnalysisError
from sprintlib.facts.names import former_names
from sprintlib.forecast import forecast
from sprintlib.project import ProjectHandle
from sprintlib.recommend import Recommendation, give_feedback, read_feedback, recommend, short_id
from sprintlib.recommend.feedback import (
    OUTCOME_DAYS,
    Decision,
    Feedback,
    acceptance,
    first_move,
    identifier_today,
    records,
    standing,
    under_names_of_today,
)
from sprintlib.results.analyses import recommended
from sprintlib.results.past_analyses import newest_before, recommended_actions
from sprintlib.risks import find_risks
from sprintlib.services.moments import Moment
from sprintlib.services.stored import latest

_ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)
_TOGETHER = timedelta(days=1)  # analyses this close to the newest one are the latest: a report each, say


@dataclass(frozen=True)
class OpenRecommendation:
    """One recommendation that can be answered. said: the last answer to it.

    number: its place in the list, from 1, until the next analysis. short: five letters for its id, which stay.
    experiment: which play its item got by lot, in words.
    """

    number: int
    id: str
    short: str
    milestone: str
    sprint: str
    as_of: Moment
    action: str
    expected_gain: float | None
    record: str | None
    said: Decision | None
    experiment: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"as_of": self.as_of.isoformat()}


@dataclass(frozen=True)
class FeedbackResult:
    """What an answer changed. weight: acceptance of actions of this play, before and after, by which gains are weighed.

    order: (action, place before) in the new order of the same milestone; None where it was not shown before. shorts:
    their short ids.
    """

    option: OpenRecommendation
    decision: Decision
    play: str
    weight: tuple[float, float]
    order: tuple[tuple[str, int | None], ...]
    shorts: tuple[str, ...] = ()

    @property
    def weighting(self) -> str:
        """What it changed for actions of the same play, as a sentence; "" for nothing."""
        before, after = self.weight
        if before == after:
            return ""
        way = "up" if after > before else "down"
        return f"Similar actions ({self.play}) are now weighted {after:.0%}, {way} from {before:.0%}."

    @property
    def moved(self) -> bool:
        """Whether any action stands elsewhere now."""
        return any(place != was for place, (_, was) in enumerate(self.order, start=1))


def open_recommendations(project: ProjectHandle) -> list[OpenRecommendation]:
    """What the latest analyses of open milestones recommend, in the order of their due dates, numbered through."""
    stored = [(as_of, found) for as_of, found in latest(project) if found.state == "open"]
    newest = max((as_of for as_of, _ in stored), default=None)
    said = {given.recommendation: given.decision for given in _said(project)}
    former = _former_names(project)
    found = [
        (milestone, as_of, advice)
        for as_of, milestone in stored
        if newest is not None and newest - as_of <= _TOGETHER
        for advice in milestone.recommendations
    ]
    return [
        _open(place, milestone, as_of, advice, said.get(identifier_today(advice.id, former)))
        for place, (milestone, as_of, advice) in enumerate(found, start=1)
    ]


@dataclass(frozen=True)
class GivenAnswer:
    """One answer that stands, and what became of it.

    moved_after: working days until something moved on its items; None where nothing did yet. closed: of its `items`
    those that are closed now. is_due: three working days have passed since. action: "" where no stored analysis says.
    """

    short: str
    id: str
    action: str
    play: str
    decision: Decision
    at: datetime
    reason: str | None
    until: date | None
    items: tuple[str, ...]
    closed: int
    moved_after: float | None
    is_due: bool


def given_answers(project: ProjectHandle, as_of: datetime) -> tuple[GivenAnswer, ...]:
    """What the team had said by a moment and not taken back, the newest first, with what happened until then."""
    past, calendar = project.state(as_of), project.calendar
    actions = recommended_actions(project.engine, project.name)
    closed = set(past.items.filter(state="closed")["ref"])
    return tuple(
        GivenAnswer(
            short=short_id(given.recommendation),
            id=given.recommendation,
            action=actions.get(given.recommendation, ""),
            play=given.play,
            decision=given.decision,
            at=given.happened_at,
            reason=given.reason,
            until=given.until,
            items=given.items,
            closed=len(closed & set(given.items)),
            moved_after=first_move(given.items, given.happened_at, past, calendar)
            if given.decision == "accept"
            else None,
            is_due=calendar.working_time(given.happened_at, past.as_of) >= OUTCOME_DAYS,
        )
        for given in reversed(read_feedback(project.engine, project.name, as_of))
    )


def _open(
    place: int, milestone: MilestoneAnalysis, as_of: datetime, advice: Recommendation, said: Decision | None
) -> OpenRecommendation:
    return OpenRecommendation(
        number=place,
        id=advice.id,
        short=short_id(advice.id),
        milestone=milestone.title,
        sprint=milestone.key,
        as_of=as_of,
        action=advice.action,
        expected_gain=advice.expected_gain,
        record=advice.record,
        said=said,
        experiment=str(advice.experiment) if advice.experiment else None,
    )


def record_feedback(
    project: ProjectHandle,
    named: str,
    decision: Decision,
    at: datetime,
    reason: str | None = None,
    until: date | None = None,
) -> FeedbackResult:
    """Store an answer, and say what it changes in the order of that milestone's actions; the audit says who gave it.

    named: the id of a recommendation of any stored analysis, long or short, or a number of `open_recommendations`.
    Raises AnalysisError for one that is not there, for a snooze until a day that has come, and where there is nothing
    to undo; AccessError.
    """
    project.permit("answer")
    today = at.astimezone(project.settings.time_zone).date()
    if until is not None and until <= today:
        raise AnalysisError(f"{until} is not in the future: snooze until a day after {today}.")
    option = _named(project, named)
    before = _said(project)
    former = _former_names(project)
    if decision == "undo" and all(one.recommendation != identifier_today(option.id, former) for one in before):
        raise AnalysisError(f"'{named}' has no answer that could be taken back.")
    with project.acting("answer", f"{decision} {option.id}"):
        stored = give_feedback(project.engine, project.name, option.id, decision, at, reason, until)
    given = under_names_of_today(stored, former)
    past = project.state(option.as_of)
    (context,) = sprint_contexts(past, project.settings, option.sprint or option.milestone)
    inputs = context.inputs
    future, risks = forecast(inputs), find_risks(context)
    answers = (before, standing((*before, given)))
    orders = [recommend(context, inputs, future, risks, said).recommendations for said in answers]
    known = [records(said, past, context.sprint.calendar) for said in answers]
    weights = [acceptance(given.play, one, past.priors) for one in known]
    shorts = tuple(short_id(one.id) for one in orders[1])
    return FeedbackResult(option, decision, given.play, (weights[0], weights[1]), _order(*orders), shorts)


def _order(before: Sequence[Recommendation], after: Sequence[Recommendation]) -> tuple[tuple[str, int | None], ...]:
    places = {one.id: place for place, one in enumerate(before, start=1)}
    return tuple((one.action, places.get(one.id)) for one in after)


def _named(project: ProjectHandle, named: str) -> OpenRecommendation:
    shown = open_recommendations(project)
    found = next((one for one in shown if named in (one.id, one.short, str(one.number))), None)
    if found is not None:
        return found
    if named.isdigit():
        has = f"there are {len(shown)}" if shown else "there is none yet"
        raise AnalysisError(f"There is no action {named}: {has}, 'sprint feedback' lists them.")
    # one that was dismissed is in older analyses only
    moments = [as_of for as_of, known in recommended(project.engine, project.name) if named in (known, short_id(known))]
    stored = newest_before(project.engine, project.name, max(moments)) if moments else {}
    for as_of, milestone in stored.values():
        for one in milestone.recommendations:
            if named in (one.id, short_id(one.id)):
                return _open(0, milestone, as_of, one, None)
    raise AnalysisError(f"No stored analysis recommends '{named}': 'sprint feedback' shows what can be answered.")


def _former_names(project: ProjectHandle) -> Mapping[str, str]:
    with project.engine.connect() as connection:
        return former_names(connection)


def _said(project: ProjectHandle) -> tuple[Feedback, ...]:
    """All that was ever said: an answer counts from the next analysis on."""
    return read_feedback(project.engine, project.name, _ALWAYS)
