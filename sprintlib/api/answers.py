"""Answers that were made already: the bytes of each stored read, until the store changes.

A tag names the store's change counter, the route, its query and who asks, so an answer is never older than the store
and never somebody else's. Memory is what a server uses; anything with the same two methods can stand in its place.
"""

from collections import OrderedDict
from threading import Lock
from typing import Protocol

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MOST_BYTES = 32 * 1024 * 1024


class Answers(Protocol):
    """Where they are kept."""

    def get(self, tag: str) -> bytes | None:
        """The body of the answer with this tag."""

    def put(self, tag: str, body: bytes) -> None:
        """Keep it, perhaps."""


class MemoryAnswers:
    """In this process, up to 32 MB; what was not asked for longest goes first."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most, self._bytes = most_bytes, 0
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, tag: str) -> bytes | None:
        """The body of the answer with this tag."""
        with self._lock:
            body = self._bodies.get(tag)
            if body is not None:
                self._bodies.move_to_end(tag)
            return body

    def put(self, tag: str, body: bytes) -> None:
        """Keep it, unless it is a large part of all."""
        with self._lock:
            if tag in self._bodies or len(body) > self._most // 4:
                return
            self._bodies[tag] = body
            self._bytes += len(body)
            while self._bytes > self._most:
                self._bytes -= len(self._bodies.popitem(last=False)[1])


class KeepAnswers:
    """Keeps the body of every whole answer that has a tag."""

    def __init__(self, app: ASGIApp, answers: Answers) -> None:
        self.app, self._answers = app, answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        tag: str | None = None
        parts: list[bytes] = []

        async def keeping(message: Message) -> None:
            nonlocal tag
            if message["type"] == "http.response.start" and message["status"] == 200:
                tag = Headers(raw=message["headers"]).get("etag")
            elif message["type"] == "http.response.body" and tag is not None:
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    # not in the event loop: it may be told to another server
                    await to_thread.run_sync(self._answers.put, tag, b"".join(parts))
            await send(message)

        await self.app(scope, receive, keeping)
