"""Encryption of what is kept as others sent it, with the keys of a home: Fernet (AES in CBC mode, and an HMAC).

What was stored before there was encryption is told by its first byte, and read as it is.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Engine

from sprintlib.access.keys import Key, load_keys
from sprintlib.errors import SealError
from sprintlib.store import data_dir_of

_VERSION = b"\x80"  # the first byte of a Fernet token; what zlib writes begins with 0x78
_PURPOSE = "sealed bodies"


@dataclass(frozen=True)
class Seal:
    """Closes with the newest key, and opens with any."""

    _fernet: MultiFernet = field(repr=False)

    @classmethod
    def of(cls, data_dir: Path) -> "Seal":
        """With the keys of a home as they are now. Raises SettingsError."""
        return _seal(load_keys(data_dir))

    @classmethod
    def with_keys(cls, keys: Sequence[Key]) -> "Seal":
        """With these, the newest first."""
        return cls(MultiFernet([Fernet(urlsafe_b64encode(key.derived(_PURPOSE))) for key in keys]))

    def close(self, plain: bytes) -> bytes:
        """The same encrypted, 57 to 72 bytes longer."""
        return urlsafe_b64decode(self._fernet.encrypt(plain))

    def open(self, stored: bytes) -> bytes:
        """What was closed, or was never closed. Raises SealError where the key is not here."""
        if not is_sealed(stored):
            return stored
        try:
            return self._fernet.decrypt(urlsafe_b64encode(stored))
        except InvalidToken:
            raise SealError("It is encrypted with a key that this home does not have.") from None

    def opens(self, stored: bytes) -> bool:
        """Whether the key is here."""
        try:
            self.open(stored)
        except SealError:
            return False
        return True

    def close_again(self, stored: bytes) -> bytes:
        """The same under the newest key. Raises SealError where the key of before is not here."""
        return self.close(self.open(stored))


def seal_of(engine: Engine) -> Seal:
    """That of the home which a store belongs to. Raises SettingsError where its keys cannot be read."""
    return Seal.of(data_dir_of(engine))


def is_sealed(stored: bytes) -> bool:
    """Whether this was closed by a seal."""
    return stored[:1] == _VERSION


@lru_cache(maxsize=8)
def _seal(keys: tuple[Key, ...]) -> Seal:
    return Seal.with_keys(keys)
