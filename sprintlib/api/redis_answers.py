"""Answers that several servers of one store share, in Redis; each has the last ones in its memory too.

They are encrypted with the keys of the home: who reads Redis reads no answer, and who writes there makes none.
"""

import time
from collections.abc import Callable
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from sprintlib.access.sealing import Seal, is_sealed
from sprintlib.api.answers import MemoryAnswers
from sprintlib.errors import SealError, SettingsError

_KEPT_SECONDS = 3600  # nobody asks for an answer of before the last change again
_PATIENCE = 0.2  # seconds for Redis to answer: without it the store is asked
_PAUSE = 5.0  # seconds in which a Redis that did not answer is left alone
_MOST_BYTES = 8 * 1024 * 1024


class RedisAnswers:
    """Kept for an hour at most. Where Redis does not answer, memory alone serves."""

    are_here = False

    def __init__(self, url: str, data_dir: Path) -> None:
        if find_spec("redis") is None:
            raise SettingsError("[api] answers_url names Redis: install its client with 'pip install redis'.")
        from redis import Redis

        self._here = MemoryAnswers()
        self._data_dir = data_dir
        self._redis = Redis.from_url(url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE)
        self._again_at = 0.0

    def get(self, tag: str) -> bytes | None:
        """The body of the answer with this tag."""
        known = self._here.get(tag)
        if known is not None:
            return known
        found = self._asking(lambda: self._redis.get(_key(tag)))
        if not isinstance(found, bytes) or not is_sealed(found):
            return None
        try:
            body = Seal.of(self._data_dir).open(found)
        except (SealError, SettingsError):  # of another home
            return None
        self._here.put(tag, body)
        return body

    def put(self, tag: str, body: bytes) -> None:
        """Keep it, unless it is large or is kept already."""
        if self._here.get(tag) is not None or len(body) > _MOST_BYTES:
            return
        self._here.put(tag, body)
        closed = Seal.of(self._data_dir).close(body)
        self._asking(lambda: self._redis.set(_key(tag), closed, ex=_KEPT_SECONDS))

    def _asking(self, ask: Callable[[], object]) -> object:
        from redis import RedisError

        if time.monotonic() < self._again_at:
            return None
        try:
            return ask()
        except RedisError:
            self._again_at = time.monotonic() + _PAUSE
            return None


def _key(tag: str) -> str:
    return f"sprint-answers:{sha256(tag.encode()).hexdigest()}"
