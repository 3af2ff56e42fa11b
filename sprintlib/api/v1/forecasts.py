"""Forecasts, what-ifs, and who waits for whom."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from sprintlib.api.dependencies import AsOf, Computed, Computing, Moment, Project, Stored
from sprintlib.api.paging import Cursor, Limit, Page, page_of
from sprintlib.api.problems import responses
from sprintlib.services import dependencies, forecasts, last_recommended, what_if
from sprintlib.services.dependency_edges import Dependency
from sprintlib.services.stored import MilestoneForecast
from sprintlib.services.whatif import WhatIfResult

router = APIRouter()
Names = Annotated[list[str], Query(max_length=50, description="12, api#12 or acme/api#12; may be repeated.")]


@router.get("/forecasts", tags=["forecasts"], dependencies=[Stored])
def list_forecasts(project: Project, limit: Limit = 50, cursor: Cursor = None) -> Page[MilestoneForecast]:
    """The newest forecast of each milestone, by due date."""
    return page_of(forecasts(project), lambda one: one.key or one.title, limit, cursor)


@router.get("/forecasts/{key}", tags=["forecasts"], dependencies=[Stored], responses=responses(404))
def read_forecast(project: Project, key: str) -> MilestoneForecast:
    """One of them, by the key of the sprint."""
    found = next((one for one in forecasts(project) if one.key == key), None)
    if found is None:
        raise HTTPException(404, f"There is no forecast of a sprint '{key}'.")
    return found


@router.get("/what-if", tags=["what-if"], dependencies=[Computed, Computing], responses=responses(503))
def read_what_if(
    project: Project,
    as_of: AsOf,
    moment: Moment,
    milestone: Annotated[str | None, Query(max_length=300, description="Default: the one due next.")] = None,
    drop: Names = [],  # noqa: B006 - FastAPI copies it
    unblock: Names = [],  # noqa: B006
    review: Names = [],  # noqa: B006
    move_due: Annotated[date | None, Query(description="Another due date.")] = None,
    people: Annotated[int, Query(ge=-99, le=99, description="How many join (1) or leave (-1).", examples=[1])] = 0,
    away: Annotated[float, Query(ge=0, le=1000, description="One person is away so many working days.")] = 0.0,
    target: Annotated[float | None, Query(ge=0.05, le=0.95, description="Also what reaches this probability.")] = None,
    action: Annotated[list[str], Query(max_length=20, description="Ids of recommendations.")] = [],  # noqa: B006
) -> WhatIfResult:
    """The forecast of a milestone under supposed changes, as `sprint whatif --json` prints it; nothing is stored."""
    told = last_recommended(project, action[0]) if action and as_of is None else None
    return what_if(
        project,
        told or moment,
        milestone,
        drop=drop,
        unblock=unblock,
        review=review,
        due_on=move_due,
        people=people,
        away_days=away,
        target=target,
        actions=action,
    )


@router.get("/dependencies", tags=["dependencies"], dependencies=[Computed, Computing], responses=responses(503))
def list_dependencies(project: Project, as_of: Moment, limit: Limit = 50, cursor: Cursor = None) -> Page[Dependency]:
    """Who waits for whom, with the signal and the evidence of each."""
    found = dependencies(project, as_of)
    return page_of(found, lambda one: f"{one.waiting} {one.type} {one.blocker} {one.evidence_ref}", limit, cursor)
