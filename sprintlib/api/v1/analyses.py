"""Analyses: as of a moment, and those that are stored."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from sprintlib.analysis import Analysis, MilestoneAnalysis
from sprintlib.api.dependencies import Computed, Computing, Moment, Number, Project, Stored
from sprintlib.api.lookups import there
from sprintlib.api.paging import Cursor, Limit, Page, numbered_page, page_of
from sprintlib.api.problems import responses
from sprintlib.services import analyze, stored_milestones
from sprintlib.services.stored import AnalysisRecord, StoredMilestone, analyses, stored_analysis

router = APIRouter(tags=["analysis"])


class AnalysisText(AnalysisRecord):
    """A stored analysis with what it says."""

    analysis: MilestoneAnalysis


@router.get("/analysis", dependencies=[Computed, Computing], responses=responses(503))
def read_analysis(
    project: Project,
    as_of: Moment,
    milestone: Annotated[
        str | None, Query(max_length=300, description="Title or number; default: every open one.")
    ] = None,
) -> Analysis:
    """Analyse as of a moment, as `sprint analyze --json` does; nothing is stored."""
    return analyze(project, as_of, milestone)


@router.get("/analyses", dependencies=[Stored])
def list_analyses(
    project: Project,
    sprint: Annotated[str | None, Query(max_length=48, description="Only of the sprint with this key.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AnalysisRecord]:
    """Which analyses are stored, the last written first."""
    return numbered_page(
        lambda most, before: analyses(project, most, before, sprint), lambda one: one.id, limit, cursor
    )


@router.get("/analyses/latest", dependencies=[Stored])
def list_latest(project: Project, limit: Limit = 50, cursor: Cursor = None) -> Page[StoredMilestone]:
    """The newest stored analysis of each milestone, by due date."""
    return page_of(stored_milestones(project), lambda one: one.analysis.key or one.analysis.title, limit, cursor)


@router.get("/analyses/{identifier}", dependencies=[Stored], response_model=AnalysisText, responses=responses(404))
def read_stored(project: Project, identifier: Number) -> Any:
    """One stored analysis, as it was written."""
    with there():
        return stored_analysis(project, identifier)
