"""What a browser sends to its kernel: looked at before Jupyter trusts the counts and offsets in it."""

import json
from itertools import pairwise
from typing import Any

from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

MAX_MESSAGE_BYTES = 1_000_000  # what widgets send is a few kilobytes
_MAX_PARTS = 64
_REFUSED = 1008  # policy violation, by RFC 6455
_ODD = (ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, RecursionError)


class KernelSocketHandler(VoilaKernelWebsocketHandler):
    """The connection between a page and its kernel; it ends with the first message that is none."""

    def on_message(self, ws_message: str | bytes) -> None:
        """Pass a message on. Jupyter makes a list as long as a message says it is, before it looks at its length."""
        subprotocol = getattr(self, "selected_subprotocol", None)
        try:
            if not is_message(ws_message, framed=bool(subprotocol)):
                raise ValueError("not a kernel message")
            super().on_message(ws_message)  # type: ignore[no-untyped-call]
        except _ODD as error:
            self.log.warning("A message to a kernel was refused: %s.", type(error).__name__)
            self.close(_REFUSED, "not a kernel message")


def is_message(message: Any, framed: bool) -> bool:
    """Whether a message has the form of a kernel message, as far as its counts and offsets go.

    framed: by Jupyter's protocol v1 (8 bytes an offset, little-endian); else JSON, or with buffers (4, big-endian).
    """
    if isinstance(message, str):
        return not framed and len(message) <= MAX_MESSAGE_BYTES and _is_object(message)
    if len(message) > MAX_MESSAGE_BYTES:
        return False
    if framed:
        offsets = _offsets(message, 8, "little")
        return len(offsets) >= 6 and offsets[-1] <= len(message)
    offsets = _offsets(message, 4, "big")
    return bool(offsets) and offsets[-1] <= len(message)


def _is_object(text: str) -> bool:
    return isinstance(json.loads(text), dict)


def _offsets(message: bytes, width: int, order: Any) -> list[int]:
    """The offsets at the head of a message, or none where they do not lie behind it, in order."""
    count = int.from_bytes(message[:width], order)
    head = width * (count + 1)
    if not 0 < count <= _MAX_PARTS or len(message) < head:
        return []
    offsets = [int.from_bytes(message[width * (i + 1) : width * (i + 2)], order) for i in range(count)]
    in_order = offsets[0] >= head and all(before <= after for before, after in pairwise(offsets))
    return offsets if in_order else []
