"""Answers that were made already: the bytes of each stored read, until the store changes.

A tag names the store's change counter, the route, its query and who asks, so an answer is never older than the store
and never somebody else's. Memory is what a server uses; anything with the same two methods can stand in its place.
"""

from collections import OrderedDict
from threading import Lock
from typing import Protocol

_MOST_BYTES = 32 * 1024 * 1024


class Answers(Protocol):
    """Where they are kept. are_here: whether getting and putting ask nobody but this process."""

    are_here: bool

    def get(self, tag: str) -> bytes | None:
        """The body of the answer with this tag."""

    def put(self, tag: str, body: bytes) -> None:
        """Keep it, perhaps."""


class MemoryAnswers:
    """In this process, up to 32 MB; what was not asked for longest goes first."""

    are_here = True

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
