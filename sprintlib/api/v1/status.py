"""Whether the server is well, and its own metrics."""

from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from sprintlib.api.dependencies import Project
from sprintlib.api.measuring import REGISTRY
from sprintlib.inbox import counts
from sprintlib.services import repositories
from sprintlib.services.moments import Moment

router = APIRouter()


class Health(BaseModel):
    """The store answers; how the inbox stands, and when each repository was observed last."""

    status: Literal["ok"] = "ok"
    inbox: dict[str, int]
    observed_at: dict[str, Moment]


@router.get("/health", tags=["health"])
def health(project: Project) -> Health:
    """Whether the store can be read, and how fresh it is."""
    seen = {one.full_name: one.observed_at for one in repositories(project)}
    return Health(inbox=counts(project.engine), observed_at=seen)


@router.get(
    "/metrics",
    tags=["metrics"],
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(_project: Project) -> Response:
    """Requests by route and status, and how long they took, as Prometheus reads them."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
