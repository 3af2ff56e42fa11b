"""Answers that are known already are given before a request is routed: what most requests of a quiet store are.

Who asks, whether they may, and which answer it is, is said by the functions that routes depend on, too.
"""

from anyio import to_thread
from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sprintlib.api.context import Context
from sprintlib.api.dependencies import identify, stored, view
from sprintlib.api.problems import KnownAnswerError, NotModifiedError, known_answer

_MOST_PATHS = 2000


class KnownAnswers:
    """Keeps the body of every whole answer that has a tag, and gives it again until the store changes."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self.app, self._answers = app, context.answers
        self._routes: dict[str, object] = {}  # path of a stored read -> its route, for the metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        route = self._routes.get(scope["path"])
        known = await _known(scope) if route is not None else None
        if known is not None:
            scope["route"] = route
            await known(scope, receive, send)
        else:
            await self._keeping(scope, receive, send)

    async def _keeping(self, scope: Scope, receive: Receive, send: Send) -> None:
        tag: str | None = None
        parts: list[bytes] = []

        async def keeping(message: Message) -> None:
            nonlocal tag
            if message["type"] == "http.response.start" and message["status"] == 200:
                tag = Headers(raw=message["headers"]).get("etag")
            elif message["type"] == "http.response.body" and tag is not None:
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    await self._keep(scope, tag, b"".join(parts))
            await send(message)

        await self.app(scope, receive, keeping)

    async def _keep(self, scope: Scope, tag: str, body: bytes) -> None:
        if self._answers.are_here:
            self._answers.put(tag, body)
        else:  # not in the event loop: it is told to another server
            await to_thread.run_sync(self._answers.put, tag, body)
        if len(self._routes) >= _MOST_PATHS:
            self._routes.clear()
        self._routes[scope["path"]] = scope.get("route")


async def _known(scope: Scope) -> Response | None:
    """The answer of a stored read to who asks, or None: then the route makes it, or says what is wrong."""
    request, response = Request(scope), Response()
    del response.headers["content-length"]
    try:
        who = await identify(request, response)
        await stored(request, response, await view(request, who))
    except (NotModifiedError, KnownAnswerError) as told:
        return known_answer(told)
    except Exception:  # noqa: BLE001 - the route meets the same, and says so
        return None
    return None
