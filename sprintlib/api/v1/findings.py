"""Risks, recommendations with what the team answers, evidence, and answers to questions."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from sprintlib.api.dependencies import Computing, Moment, Project, Stored, Writable
from sprintlib.api.lookups import there
from sprintlib.api.paging import Cursor, Limit, Page, page_of
from sprintlib.api.problems import responses
from sprintlib.recommend.feedback import Decision
from sprintlib.risks.model import Severity
from sprintlib.services import ask, evidence, open_recommendations, record_feedback, risks
from sprintlib.services.evidence_texts import EvidenceText
from sprintlib.services.feedback import FeedbackResult, OpenRecommendation
from sprintlib.services.question_answering import Answer
from sprintlib.services.stored import MilestoneRisk

router = APIRouter()


class FeedbackGiven(BaseModel):
    """The team's answer to a recommendation. until: of a snooze, a day that is still to come."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"decision": "dismiss", "reason": "not now"}]}
    )

    decision: Decision
    reason: str | None = Field(None, max_length=1000)
    until: date | None = None


@router.get("/risks", tags=["risks"], dependencies=[Stored])
def list_risks(
    project: Project,
    severity: Severity | None = None,
    kind: Annotated[str | None, Query(max_length=60, examples=["blocked_item"])] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[MilestoneRisk]:
    """What threatens the milestones, by due date."""
    found = [one for one in risks(project) if severity in (None, one.risk.severity) and kind in (None, one.risk.kind)]
    return page_of(found, lambda one: f"{one.sprint} {one.risk.kind} {one.risk.statement}", limit, cursor)


@router.get("/recommendations", tags=["recommendations"], dependencies=[Stored])
def list_recommendations(project: Project, limit: Limit = 50, cursor: Cursor = None) -> Page[OpenRecommendation]:
    """What can be answered, as `sprint feedback list --json` prints it."""
    return page_of(open_recommendations(project), lambda one: f"{one.sprint} {one.id}", limit, cursor)


@router.get("/recommendations/{name}", tags=["recommendations"], dependencies=[Stored], responses=responses(404))
def read_recommendation(project: Project, name: str) -> OpenRecommendation:
    """One of them, by its short or long id."""
    found = next((one for one in open_recommendations(project) if name in (one.id, one.short)), None)
    if found is None:
        raise HTTPException(404, f"'{name}' is not recommended now.")
    return found


@router.post(
    "/recommendations/{name}/feedback",
    tags=["recommendations"],
    dependencies=[Computing],
    responses=responses(400, 404, 413, 503),
)
def give_feedback(project: Writable, name: str, said: FeedbackGiven) -> FeedbackResult:
    """Accept, dismiss or snooze one, or take the last answer back; what that changes in the order of the actions."""
    if said.decision == "snooze" and said.until is None:
        raise HTTPException(422, "until: a snooze needs the day on which it is shown again.")
    return record_feedback(project, name, said.decision, project.clock(), said.reason, said.until)


@router.get("/evidence", tags=["evidence"], dependencies=[Stored], responses=responses(404))
def read_evidence(
    project: Project,
    ref: Annotated[
        str, Query(max_length=320, description="owner/repo#12, owner/repo@1a2b3c4 or PB-006.", examples=["PB-006"])
    ],
) -> EvidenceText:
    """The stored text behind a citation; what comes from GitHub is marked as untrusted."""
    with there():
        return evidence(project, ref)


@router.get("/ask", tags=["ask"], dependencies=[Computing], responses=responses(503))
def read_answer(
    project: Project,
    as_of: Moment,
    question: Annotated[str, Query(min_length=1, max_length=1000, examples=["Which milestone is due next?"])],
) -> Answer:
    """Answer a question, every sentence with its citation, as `sprint ask --json` does."""
    return ask(project, question, as_of)
