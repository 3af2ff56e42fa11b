"""A value that a page of ours was told and a page of somebody else's cannot know: without it no cookie writes."""

import hmac
import secrets
import time

LIFETIME = 12 * 3600


class CsrfTokens:
    """Makes and checks them. They are bound to whom they were told, and end after half a day or with the server."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(32)

    def make(self, whom: str) -> str:
        """A new one. whom: an identity or a session."""
        until = str(int(time.time()) + LIFETIME)
        return f"{until}.{self._sign(whom, until)}"

    def accept(self, whom: str, given: str | None) -> bool:
        """Whether it was made for them and has not ended."""
        until, _, signature = (given or "").partition(".")
        fits = hmac.compare_digest(signature.encode(errors="replace"), self._sign(whom, until).encode())
        return fits and until.isdecimal() and len(until) < 16 and int(until) > time.time()

    def _sign(self, whom: str, until: str) -> str:
        return hmac.new(self._key, f"{whom}\n{until}".encode(), "sha256").hexdigest()
