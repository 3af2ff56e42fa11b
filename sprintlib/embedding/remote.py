"""Vectors made wherever a call happens to run: each process there keeps one embedding process until it ends."""

import atexit
import threading
from collections.abc import Sequence
from contextlib import ExitStack

from sprintlib.embedding.process import Embedder, Vectors, embedder

_LOCK = threading.Lock()
_STACK = ExitStack()
_KEPT: dict[str | None, Embedder] = {}


def encode_there(name: str | None, texts: Sequence[str]) -> tuple[str, Vectors]:
    """Digest of the model, and a row for each text. Raises KnowledgeError where model or packages are missing."""
    with _LOCK:  # one question at a time
        if name not in _KEPT:
            if not _KEPT:
                atexit.register(_STACK.close)
            _KEPT[name] = _STACK.enter_context(embedder(name))
        try:
            return _KEPT[name].model, _KEPT[name].encode(texts)
        except BaseException:
            del _KEPT[name]  # a call that is tried again finds a new one
            raise
