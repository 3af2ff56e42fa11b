"""What stands before the application: counting, the request budget, and faults."""

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

from sprintsim.fake_github.faults import Fault, FaultPlan
from sprintsim.fake_github.limits import Budget
from sprintsim.fake_github.stats import Stats

Clock = Callable[[], datetime]
Admit = Callable[[str, str], Response | None]
STATS_PATH = "/_stats"
UNKNOWN_PATH = "(unknown)"
SECONDARY_LIMIT = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
MESSAGES = {
    "401": "Bad credentials",
    "403": "Resource not accessible by personal access token",
    "404": "Not Found",
    "429": SECONDARY_LIMIT,
    "500": "Internal Server Error",
    "502": "Server Error",
    "503": "Service Unavailable",
    "504": "We couldn't respond to your request in time.",
}
RATE_LIMIT_PAGE = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"


def utc_now() -> datetime:
    """The time by this machine's clock."""
    return datetime.now(UTC)


class Gateway:
    """An ASGI application around the stand-in's own. clock: what GitHub says the time is, UTC.

    admit: by the Authorization header and the path, the answer to who may not ask.
    """

    def __init__(
        self,
        app: Starlette,
        fault: Fault | None,
        budget: Budget,
        stats: Stats,
        clock: Clock,
        admit: Admit | None = None,
    ) -> None:
        self._app = app
        self._fault = fault
        self._plan = FaultPlan(fault)
        self._budget = budget
        self._stats = stats
        self._clock = clock
        self._admit = admit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"] == STATS_PATH:
            await self._app(scope, receive, send)
            return
        kind = self._plan.next(scope["path"])
        if kind in ("cut", "stall"):
            await self._break_off(scope, receive, send, stalls=kind == "stall")
        elif kind:
            await error_answer(kind)(scope, receive, self._counted(scope, send))
        elif self._is_metered(scope) and self._budget.exhausted():
            await rate_limit_answer()(scope, receive, self._counted(scope, send))
        elif refusal := self._refusal(scope):
            await refusal(scope, receive, self._counted(scope, send))
        else:
            await self._app(scope, receive, self._counted(scope, send))

    def _refusal(self, scope: Scope) -> Response | None:
        given = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        return self._admit(given, scope["path"]) if self._admit else None

    def _is_metered(self, scope: Scope) -> bool:
        path: str = scope["path"]
        return path.startswith("/repos/") or path in ("/user", "/graphql")

    def _counted(self, scope: Scope, send: Send) -> Send:
        async def counting_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._stats.count(*self._place(scope), message["status"])
                if self._is_metered(scope) and message["status"] not in (304, 401) and not self._budget.exhausted():
                    self._budget.spend()
                message = self._with_limits(message)
            await send(message)

        return counting_send

    async def _break_off(self, scope: Scope, receive: Receive, send: Send, stalls: bool) -> None:
        """Send the head and half the body of the true answer, then nothing more."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        body = b"".join(message.get("body", b"") for message in messages[1:])
        self._stats.count(*self._place(scope), 0)
        await send(self._with_limits(messages[0]))
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        if stalls and self._fault:
            await _until_gone(receive, self._fault.seconds)

    def _with_limits(self, start: Message) -> Message:
        headers = {"date": format_datetime(self._clock(), usegmt=True), **self._budget.headers()}
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        return {**start, "headers": [*start["headers"], *encoded]}

    def _place(self, scope: Scope) -> tuple[str, str]:
        """Repository (lower case, empty where there is none) and path template of a request."""
        for route in self._app.routes:
            match, child = route.matches(scope)
            if match is Match.FULL and isinstance(route, Route):
                params = child["path_params"]
                name = f"{params['owner']}/{params['repo']}".lower().removesuffix(".git") if "repo" in params else ""
                return name, re.sub(r":\w+}", "}", route.path)
        return "", UNKNOWN_PATH


async def _until_gone(receive: Receive, seconds: float) -> None:
    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(gone(), seconds)
    except TimeoutError:
        return


def error_answer(kind: str) -> JSONResponse:
    """GitHub's answer for a status such as `404`, or for `secondary-limit`."""
    if kind == "secondary-limit":
        return _error(403, SECONDARY_LIMIT, {"Retry-After": "1"}, f"{RATE_LIMIT_PAGE}#about-secondary-rate-limits")
    headers = {"Retry-After": "1"} if kind == "429" else {}
    return _error(int(kind), MESSAGES[kind], headers)


def rate_limit_answer() -> JSONResponse:
    """The answer once the budget is used up; the reset time stands in the X-RateLimit headers."""
    return _error(403, "API rate limit exceeded for user ID 1.", {}, RATE_LIMIT_PAGE)


def _error(
    status: int, message: str, headers: Mapping[str, str], page: str = "https://docs.github.com/rest"
) -> JSONResponse:
    content = {"message": message, "documentation_url": page, "status": str(status)}
    return JSONResponse(content, status, headers=dict(headers))
