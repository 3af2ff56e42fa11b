"""Report runs and their files, jobs, deliveries of webhooks: what admins look after."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from sprintlib.api.dependencies import Number, Project, Stored, Writable, context
from sprintlib.api.jobs import FullError, Job, JobKind, JobState
from sprintlib.api.jobs import Progress as OnProgress
from sprintlib.api.lookups import there
from sprintlib.api.paging import Cursor, Limit, Page, numbered_page, page_of
from sprintlib.api.problems import responses
from sprintlib.knowledge import build_index
from sprintlib.project import ProjectHandle
from sprintlib.recommend.playbook import playbook_texts
from sprintlib.reports import write_report
from sprintlib.services import analyze, deliveries, delivery, report_file, retry_deliveries, runs
from sprintlib.services.delivery_records import DeliveryText, Inbox
from sprintlib.services.moments import Moment
from sprintlib.services.report_runs import ReportFormat, RunRecord

router = APIRouter()
_KINDS: dict[str, str] = {"html": "text/html", "markdown": "text/markdown", "numbers": "application/json"}
# a report carries its own scripts: it runs in a sandbox without an origin, from which it reaches nothing here
_SANDBOX = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src data:; font-src data:; frame-ancestors 'none'"
)


class JobRequest(BaseModel):
    """What is to be done. as_of, milestone: of an analysis or a report. explain: a report with a model's words."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"kind": "analysis", "milestone": None}]}
    )

    kind: JobKind
    as_of: str | None = Field(None, max_length=40)
    milestone: str | None = Field(None, max_length=300)
    explain: bool | None = None


class JobProgress(BaseModel):
    """What is being done, how far it is, of how many; null where that is not known."""

    what: str
    done: int
    total: int | None


class JobRecord(BaseModel):
    """A job. error: why it failed."""

    id: str
    kind: JobKind
    asked_by: str
    state: JobState
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    progress: JobProgress | None
    error: str | None

    @classmethod
    def of(cls, job: Job) -> "JobRecord":
        """As it stands now."""
        seen = job.progress
        progress = JobProgress(what=seen[0], done=seen[1], total=seen[2]) if seen else None
        names = [name for name in cls.model_fields if name != "progress"]
        return cls(progress=progress, **{name: getattr(job, name) for name in names})


@router.get("/runs", tags=["runs"], dependencies=[Stored])
def list_runs(project: Project, limit: Limit = 20, cursor: Cursor = None) -> Page[RunRecord]:
    """Report runs, newest first, as `sprint run list --json` prints them."""
    return numbered_page(lambda most, before: runs(project, most, before), lambda one: one.id, limit, cursor)


@router.get(
    "/reports/{run}/{kind}",
    tags=["reports"],
    dependencies=[Stored],
    responses={
        **responses(404),
        200: {"content": {kind: {"schema": {"type": "string"}} for kind in _KINDS.values()}},
    },
    response_class=Response,
)
def read_report(project: Project, run: Number, kind: ReportFormat) -> FileResponse:
    """The report of a run: the page, Markdown, or the numbers (`sprint analyze --json` of that moment)."""
    with there():
        file = report_file(project, run, kind)
    return FileResponse(file, media_type=_KINDS[kind], headers={"Content-Security-Policy": _SANDBOX})


@router.post("/jobs", tags=["jobs"], status_code=202, responses=responses(400, 413, 503))
def begin_job(project: Writable, request: Request, response: Response, asked: JobRequest) -> JobRecord:
    """Begin what takes longer: an analysis that is stored, a dated report, or the search index. For admins."""
    project.permit("run")
    moment = None if asked.as_of is None else project.moment(asked.as_of)
    work = {"analysis": _analysis, "report": _report, "index": _index}[asked.kind]
    try:
        job = context(request).jobs.put(
            asked.kind, project.who.name, lambda progress: work(project, asked, moment, progress)
        )
    except FullError:
        raise HTTPException(503, "Too many jobs wait already: try again later.", {"Retry-After": "60"}) from None
    response.headers["Location"] = str(request.url_for("read_job", identifier=job.id).path)
    return JobRecord.of(job)


@router.get("/jobs", tags=["jobs"])
def list_jobs(project: Project, request: Request, limit: Limit = 20, cursor: Cursor = None) -> Page[JobRecord]:
    """Jobs since the server began, newest first. For admins."""
    project.permit("run")
    found = [JobRecord.of(job) for job in context(request).jobs.listed()]
    return page_of(found, lambda one: one.id, limit, cursor)


@router.get("/jobs/{identifier}", tags=["jobs"], responses=responses(404))
def read_job(project: Project, request: Request, identifier: str) -> JobRecord:
    """How a job stands. For admins."""
    return JobRecord.of(_job(project, request, identifier))


@router.get("/jobs/{identifier}/result", tags=["jobs"], responses=responses(404, 409))
def read_result(project: Project, request: Request, identifier: str) -> Any:
    """What came out, as the command prints it with --json; 409 while it is not done, or where it failed."""
    job = _job(project, request, identifier)
    if job.state != "done":
        raise HTTPException(409, job.error or f"The job is {job.state}: ask again later.")
    return job.result


@router.get("/webhooks/deliveries", tags=["webhooks"], dependencies=[Stored])
def list_deliveries(
    project: Project,
    state: Annotated[list[Literal["waiting", "taken", "done", "ignored", "aside"]], Query(max_length=5)] = [],  # noqa: B006
    limit: Limit = 50,
    before: Annotated[int | None, Query(ge=1, le=10**15, description="Only those with a smaller number.")] = None,
) -> Inbox:
    """What GitHub delivered, newest first, as `sprint inbox list --json` prints it. For admins."""
    return deliveries(project, state, limit, before)


@router.get("/webhooks/deliveries/{name}", tags=["webhooks"], responses=responses(404))
def read_delivery(project: Project, name: str) -> DeliveryText:
    """One of them with headers and body, by its number or GitHub's id. For admins."""
    with there():
        return delivery(project, name)


@router.post("/webhooks/deliveries/{name}/retry", tags=["webhooks"], responses=responses(404))
def retry_delivery(project: Writable, name: str) -> dict[str, int]:
    """Work on one again, as `sprint inbox retry` does. For admins."""
    with there():
        return {"retried": retry_deliveries(project, [name])}


def _job(project: ProjectHandle, request: Request, identifier: str) -> Job:
    project.permit("run")
    job = context(request).jobs.find(identifier)
    if job is None:
        raise HTTPException(404, f"There is no job '{identifier}': they are forgotten when the server ends.")
    return job


def _analysis(project: ProjectHandle, asked: JobRequest, moment: datetime | None, progress: OnProgress) -> Any:
    progress("analysis", 0, 1)
    return analyze(project, moment, asked.milestone, store=True).model_dump(mode="json")


def _report(project: ProjectHandle, asked: JobRequest, moment: datetime | None, progress: OnProgress) -> Any:
    progress("report", 0, 1)
    with project.acting("run", f"report of {asked.milestone or 'the milestone due next'}"):
        return write_report(project.settings, asked.milestone, moment, explain=asked.explain).as_dict()


def _index(project: ProjectHandle, _asked: JobRequest, _moment: datetime | None, progress: OnProgress) -> Any:
    with project.acting("run", "search index"):
        return build_index(project.engine, project.settings, None, progress, playbook_texts()).model_dump(mode="json")
