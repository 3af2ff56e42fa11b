"""The result of an analysis: what `sprint analyze --json` prints, and what every face shows."""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from sprintlib.evidence import Evidence
from sprintlib.explain.model import Driver
from sprintlib.features import Metric
from sprintlib.forecast.finished_sprints import EarlierSprint, PlanAccuracy
from sprintlib.forecast.model import Basis, DeliveredBy, ForecastDates, Interval, ItemForecast
from sprintlib.knowledge.citations import ClaimKind, Report
from sprintlib.recommend.model import Plan, Recommendation
from sprintlib.risks.model import Risk

# Never certain: beyond these bounds the forecast is not reliable (docs/forecast.md).
Probability = Annotated[float, Field(ge=0.03, le=0.97)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class Scope(_Model):
    """Counts of items: committed + added - removed = done + dropped + open."""

    committed: int
    added: int
    removed: int
    done: int
    dropped: int
    open: int


class Points(_Model):
    """The scope in points of a GitHub Project, as they are now: committed + added - removed = done + dropped + open.

    per_working_day: done or dropped in the sprint for each working day since its start; null before a day has passed.
    without: items inside that have no points, which count for nothing here.
    """

    committed: float
    added: float
    removed: float
    done: float
    dropped: float
    open: float
    per_working_day: float | None
    without: int


class Part(_Model):
    """The share of one repository in a milestone that spans several."""

    repo: str
    number: int
    html_url: str
    title_then: str
    due_on: date | None
    scope: Scope
    probability: Probability | None
    reason: str | None = None


class BurnUpPoint(_Model):
    """One local day: items inside (scope) and of these done or dropped, at the end of the day."""

    day: date
    scope: int
    done: int


class ProjectionPoint(_Model):
    """One future local day: items done or dropped, the median with its 80 % interval."""

    day: date
    low: float
    middle: float
    high: float


class FinishPoint(_Model):
    """One coming working day: share of the futures (0-1) in which everything is done or dropped by its end."""

    day: date
    share: float


class BurnUp(_Model):
    """Past days and the projected range; the last past day is that of `as_of`.

    Days of more than a year back stand here only where something changed on them or on the next.
    """

    days: tuple[BurnUpPoint, ...]
    projection: tuple[ProjectionPoint, ...]
    start: date | None
    due_on: date | None


class Llm(_Model):
    """Whether words came from a model. dropped_claims: what it said that did not check out. missing: why no words.

    citations: how well all that it said was cited; null where it said nothing.
    """

    used: bool = False
    model: str | None = None
    dropped_claims: int = 0
    missing: str | None = None
    citations: Report | None = None


class Sentence(_Model):
    """One sentence of the prose and what it rests on. by_model: a language model worded it, and it checked out."""

    text: str
    kind: ClaimKind
    evidence: tuple[Evidence, ...] = ()
    by_model: bool = False


class MilestoneAnalysis(_Model):
    """One milestone as of one moment; parts where it spans several repositories.

    key: the sprint's identity (history.SprintKey), which outlives another title; empty in analyses of version 0.1.0.
    deadline: the end of `due_on` in the project's time zone.
    points: the same in points, where any item inside has some; forecasts are in items.
    adopted: what the team adopted that the forecast rests on too: a recalibration, imported priors; in words.
    plan: the cheapest way to the target, whose actions are the first recommendations; null without a probability.
    hostile_text: texts that read like orders to a language model; they move nothing else in here.
    """

    key: str = ""
    title: str
    titles_then: tuple[str, ...]
    number: dict[str, int]
    repos: tuple[str, ...]
    due_on: date | None
    deadline: datetime | None = None
    state: str
    scope: Scope
    points: Points | None = None
    probability: Probability | None
    reason: str | None = None
    probability_delivered: Probability | None
    delivered_by: DeliveredBy = "mechanistic"
    interval: Interval
    basis: Basis
    n_history: int
    adopted: tuple[str, ...] = ()
    forecast_dates: ForecastDates
    closed_in_two_weeks: tuple[int, int, int] | None = None
    health: int | None
    summary: str
    drivers: tuple[Driver, ...]
    risks: tuple[Risk, ...]
    recommendations: tuple[Recommendation, ...]
    plan: Plan | None = None
    hostile_text: tuple[Risk, ...] = ()
    parts: tuple[Part, ...]
    items: tuple[ItemForecast, ...] = ()
    governed_by: str | None
    burn_up: BurnUp
    finish_by_day: tuple[FinishPoint, ...] = ()
    measurements: tuple[Metric, ...] = ()
    known_later: tuple[str, ...]
    narrative: tuple[Sentence, ...] = ()
    llm: Llm = Llm()
    timings: dict[str, float]


class Analysis(_Model):
    """Every milestone of a project that was open as of one moment.

    freshness: per repository, when its facts were last collected completely. heard: when anything new of it came last,
    by a webhook too. notes: what is missing or unresolved. earlier: its finished dated sprints, oldest first;
    plan_accuracy: how well their plans held. time_zone: the project's, in which days begin and moments are told.
    """

    as_of: datetime
    project: str
    time_zone: str = "UTC"
    milestones: tuple[MilestoneAnalysis, ...]
    freshness: dict[str, datetime | None]
    heard: dict[str, datetime | None] = {}
    notes: tuple[str, ...]
    earlier: tuple[EarlierSprint, ...] = ()
    plan_accuracy: PlanAccuracy | None = None
    timings: dict[str, float]

    @property
    def zone(self) -> ZoneInfo:
        """`time_zone`, to convert moments with."""
        return ZoneInfo(self.time_zone)

    @property
    def facts_of(self) -> dict[str, datetime | None]:
        """Per repository, up to when its facts reach: the last complete collection, or what was heard after it.

        None before the first complete one: whatever was heard, something is missing.
        """
        return {
            repo: max(at, self.heard.get(repo) or at) if at is not None else None for repo, at in self.freshness.items()
        }
