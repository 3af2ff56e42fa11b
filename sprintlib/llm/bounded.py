"""HTTP to a model within limits: so many bytes, so many seconds, no compression that hides more."""

from collections.abc import Iterator
from time import perf_counter

import httpx

MAX_ANSWER_BYTES = 32_000_000  # of one answer; a list of models with their licences is some hundred kilobytes


class TooLargeError(Exception):
    """An answer went on beyond MAX_ANSWER_BYTES."""


class Bounded(httpx.HTTPTransport):
    """A transport that breaks off an answer which is too long, in bytes or in seconds from its request.

    The client's own timeout is for each piece: a server that sends a byte now and then would hold it for ever.
    Raises TooLargeError, httpx.ReadTimeout, and httpx.RemoteProtocolError for an encoding that was not asked for.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(trust_env=False)
        self._seconds = seconds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; its answer is read piece by piece, within the limits."""
        until = perf_counter() + self._seconds
        request.headers["accept-encoding"] = "identity"
        response = super().handle_request(request)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            response.close()
            raise httpx.RemoteProtocolError("an encoding that was not asked for")
        if isinstance(response.stream, httpx.SyncByteStream):
            response.stream = _BoundedStream(response.stream, until)
        return response


class _BoundedStream(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, until: float) -> None:
        self._stream, self._until = stream, until

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._stream:
            size += len(piece)
            if size > MAX_ANSWER_BYTES:
                raise TooLargeError
            if perf_counter() > self._until:
                raise httpx.ReadTimeout("the whole answer took too long")
            yield piece

    def close(self) -> None:
        self._stream.close()
