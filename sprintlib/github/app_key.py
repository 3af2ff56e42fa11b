"""The private key of a GitHub App: read from a file that only its owner may read, and used to sign requests."""

import stat
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sprintlib.errors import SettingsError

# GitHub takes ten minutes at most, and clocks differ
_VALID = timedelta(minutes=9)
_EARLIER = timedelta(minutes=1)
_LONGEST_FILE = 64 * 1024


@dataclass(frozen=True)
class AppKey:
    """The key of the app with this id."""

    app_id: int
    file: Path
    key: RSAPrivateKey = field(repr=False)

    @classmethod
    def read(cls, app_id: int, file: Path) -> "AppKey":
        """Raises SettingsError with one sentence for a file that is missing, open to others, or no private key."""
        return cls(app_id, file, _key(file))

    def signed(self, now: datetime) -> str:
        """A JSON web token that says who asks. now: GitHub's time."""
        claims: dict[str, Any] = {
            "iat": int((now - _EARLIER).timestamp()),
            "exp": int((now + _VALID).timestamp()),
            "iss": str(self.app_id),
        }
        return jwt.encode(claims, self.key, algorithm="RS256")


def _key(file: Path) -> RSAPrivateKey:
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SettingsError(f"Others may read the app's private key {file} (mode {mode:o}): run 'chmod 600' on it.")
        with file.open("rb") as opened:
            held = opened.read(_LONGEST_FILE)
    except OSError as error:
        raise SettingsError(f"The app's private key cannot be read from {file}: {error.strerror}.") from error
    try:
        found = load_pem_private_key(held, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(_none(file)) from error
    if not isinstance(found, RSAPrivateKey):
        raise SettingsError(_none(file))
    return found


def _none(file: Path) -> str:
    return f"{file} holds no private key of a GitHub App: generate one in the app's settings and put it there."
