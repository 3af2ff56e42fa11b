"""How many requests of which route were answered how, how long they took, and the id that their lines carry."""

import re
import uuid
from time import perf_counter

from prometheus_client import CollectorRegistry, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sprintlib.observe.context import bound
from sprintlib.observe.log import LOGGER
from sprintlib.observe.measures import record
from sprintlib.observe.tracing import Span, span

REGISTRY = CollectorRegistry()
_SECONDS = Histogram(
    "sprint_request_seconds",
    "Seconds from a request to the end of its answer.",
    ("method", "route", "status"),
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")
REQUEST_ID = "X-Request-ID"
_STREAM = "/events"  # lasts as long as somebody listens
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def _route(scope: Scope) -> str:
    found = getattr(scope.get("route"), "path", None)
    if found is None:
        return "none"
    place = scope["path"].split("/")
    # the route of a router that is included knows its path below that router only
    return "/".join(place[: len(place) - len(found.split("/")) + 1]) + str(found)


class Measured:
    """Measures every request by the route it found, never by its path, of which there are endlessly many.

    Each has an id, the client's own or a new one, which its answer and every line of the log that it causes carry.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = perf_counter(), 500
        given = Headers(scope=scope).get(REQUEST_ID, "")
        identifier = given if _ID.fullmatch(given) else uuid.uuid4().hex

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = identifier
            await send(message)

        with bound(request=identifier), span("request") as told:
            try:
                await self.app(scope, receive, noted)
            finally:
                _note(scope, status, perf_counter() - began, told)


def _note(scope: Scope, status: int, seconds: float, told: Span) -> None:
    route = _route(scope)
    method = scope["method"] if scope["method"] in _METHODS else "other"
    told.note({"http.request.method": method, "http.route": route, "http.response.status_code": status})
    _SECONDS.labels(method, route, str(status)).observe(seconds)
    if not route.endswith(_STREAM):
        record("api_latency", seconds)
    said = {"method": method, "route": route, "status": status, "milliseconds": round(1000 * seconds, 1)}
    LOGGER.info("request answered", extra=said)
