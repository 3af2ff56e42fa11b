"""How many requests of which route were answered how, and how long they took."""

from time import perf_counter

from prometheus_client import CollectorRegistry, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REGISTRY = CollectorRegistry()
_SECONDS = Histogram(
    "sprint_request_seconds",
    "Seconds from a request to the end of its answer.",
    ("method", "route", "status"),
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")


def _route(scope: Scope) -> str:
    found = getattr(scope.get("route"), "path", None)
    if found is None:
        return "none"
    place = scope["path"].split("/")
    # the route of a router that is included knows its path below that router only
    return "/".join(place[: len(place) - len(found.split("/")) + 1]) + str(found)


class Measured:
    """Measures every request by the route it found, never by its path, of which there are endlessly many."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            route = _route(scope)
            method = scope["method"] if scope["method"] in _METHODS else "other"
            _SECONDS.labels(method, route, str(status)).observe(perf_counter() - began)
