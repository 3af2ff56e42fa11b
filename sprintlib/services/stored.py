"""What is stored of analyses: the newest of each milestone, those before, and what they say one subject at a time."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from sprintlib.analysis import MilestoneAnalysis
from sprintlib.analysis.model import Probability
from sprintlib.errors import AccessError, AnalysisError
from sprintlib.forecast.model import Basis, DeliveredBy, ForecastDates, Interval, ItemForecast
from sprintlib.project import ProjectHandle
from sprintlib.results import latest_analyses
from sprintlib.results import reading as results
from sprintlib.risks.model import Risk
from sprintlib.services.analysis import analyze
from sprintlib.services.moments import Moment


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class AnalysisRecord(_Model):
    """A stored analysis of one milestone: which, as of when, and its id. sprint: the key of the sprint."""

    id: int
    milestone: str
    sprint: str | None
    as_of: Moment
    revision: int
    version: str
    created_at: Moment


class StoredMilestone(_Model):
    """The newest stored analysis of a milestone: as of when, and the milestone as `sprint analyze --json` prints it."""

    as_of: Moment
    analysis: MilestoneAnalysis


class MilestoneForecast(_Model):
    """When a milestone is done, and how likely in time: the forecast part of its newest analysis.

    key: of the sprint. probability: every item is done or dropped by the deadline. items: its open items one by one.
    """

    key: str
    title: str
    as_of: Moment
    due_on: date | None
    probability: Probability | None
    reason: str | None
    probability_delivered: Probability | None
    delivered_by: DeliveredBy
    basis: Basis
    n_history: int
    interval: Interval
    forecast_dates: ForecastDates
    items: tuple[ItemForecast, ...]


class MilestoneRisk(_Model):
    """A risk, of which milestone, and as of when."""

    milestone: str
    sprint: str
    as_of: Moment
    risk: Risk


def latest(project: ProjectHandle) -> list[tuple[datetime, MilestoneAnalysis]]:
    """The newest stored analysis of each milestone, with its moment, by due date.

    For somebody who may not see every repository nothing stored is used, as any of it may tell of the others: their
    part is analysed anew. Raises AnalysisError.
    """
    project.permit("read")
    if not project.withheld:
        return latest_analyses(project.engine, project.name)
    found = analyze(project)
    return [(found.as_of, milestone) for milestone in found.milestones]


def stored_milestones(project: ProjectHandle) -> list[StoredMilestone]:
    """The newest analysis of each milestone."""
    return [StoredMilestone(as_of=as_of, analysis=found) for as_of, found in latest(project)]


def forecasts(project: ProjectHandle) -> list[MilestoneForecast]:
    """The forecast part of each."""
    names = [name for name in MilestoneForecast.model_fields if name != "as_of"]
    return [
        MilestoneForecast(as_of=as_of, **{name: getattr(found, name) for name in names})
        for as_of, found in latest(project)
    ]


def risks(project: ProjectHandle) -> list[MilestoneRisk]:
    """The risks of each, the gravest of a milestone first."""
    return [
        MilestoneRisk(milestone=found.title, sprint=found.key, as_of=as_of, risk=risk)
        for as_of, found in latest(project)
        for risk in found.risks
    ]


def analyses(
    project: ProjectHandle, most: int, before: int | None = None, sprint: str | None = None
) -> list[AnalysisRecord]:
    """Which analyses are stored, the last written first. Raises AccessError for who may not see every repository."""
    _see_all(project)
    return [_record(one) for one in results.stored_analyses(project.engine, project.name, most, before, sprint)]


def analyses_after(project: ProjectHandle, last: int | None) -> Sequence[AnalysisRecord]:
    """Those written after the one with this id, in order; none where no id is given. Raises AccessError as above."""
    _see_all(project)
    if last is None:
        return ()
    return [_record(one) for one in results.analyses_after(project.engine, project.name, last)]


def last_analysis(project: ProjectHandle) -> int:
    """The id of the analysis written last; 0 before the first."""
    return results.last_analysis(project.engine, project.name)


def stored_analysis(project: ProjectHandle, identifier: int) -> dict[str, Any]:
    """A stored analysis: its record, and as `analysis` what `sprint analyze --json` printed of the milestone.

    Raises AnalysisError where there is none, AccessError for who may not see every repository.
    """
    _see_all(project)
    found = results.stored_analysis(project.engine, project.name, identifier)
    if found is None:
        raise AnalysisError(f"There is no stored analysis {identifier}.")
    return _record(found).model_dump(mode="json") | {"analysis": found.body}


def _see_all(project: ProjectHandle) -> None:
    project.permit("read")
    if project.withheld:
        raise AccessError(
            f"{project.who.name} may not see every repository of {project.name}, and stored analyses tell of all: "
            "ask for an analysis as of a moment instead."
        )


def _record(found: results.StoredAnalysis) -> AnalysisRecord:
    return AnalysisRecord(**{name: getattr(found, name) for name in AnalysisRecord.model_fields})
