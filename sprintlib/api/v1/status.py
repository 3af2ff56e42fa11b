"""Whether the server is well, its own metrics, and the figures of the whole workbench."""

from collections.abc import Sequence
from typing import Literal

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from pydantic import BaseModel

from sprintlib.api.dependencies import Project
from sprintlib.api.measuring import REGISTRY
from sprintlib.figures import Figure, figures
from sprintlib.inbox import counts
from sprintlib.services import repositories
from sprintlib.services.moments import Moment

router = APIRouter()
scraped = APIRouter()  # where Prometheus looks by itself


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


@scraped.get(
    "/metrics",
    tags=["metrics"],
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
@router.get(
    "/metrics",
    tags=["metrics"],
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(project: Project) -> Response:
    """Requests by route and status, how long they took, and the eight figures with their targets, for Prometheus."""
    told = generate_latest(REGISTRY) + generate_latest(_gauges(figures(project.engine)))
    return Response(told, media_type=CONTENT_TYPE_LATEST)


def _gauges(found: Sequence[Figure]) -> CollectorRegistry:
    """In seconds, shares of 1, tokens a second and requests; a figure of which nothing was measured has no value."""
    registry = CollectorRegistry()
    value = Gauge("sprint_figure", "The last day; memory and cpu: ten minutes.", ("name", "unit"), registry=registry)
    target = Gauge("sprint_figure_target", "What the figure should be.", ("name", "unit"), registry=registry)
    alert = Gauge("sprint_figure_alert", "From where on it is a breach.", ("name", "unit"), registry=registry)
    breached = Gauge("sprint_figure_breached", "1 at the alert or beyond, else 0.", ("name",), registry=registry)
    for one in found:
        target.labels(one.name, one.unit).set(one.target)
        alert.labels(one.name, one.unit).set(one.alert)
        if one.value is not None:
            value.labels(one.name, one.unit).set(one.value)
            breached.labels(one.name).set(one.state == "breach")
    return registry
