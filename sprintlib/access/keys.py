"""The keys of this home: a file for this user alone, the newest first; older ones still open what they closed."""

import json
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sprintlib import permissions
from sprintlib.errors import SettingsError
from sprintlib.locks import file_lock

FILE_NAME = "keys.json"
MOST = 3  # after so many rotations a key is gone, and with it the sessions that it signed


@dataclass(frozen=True)
class Key:
    """One key. id: public, told in what it signs."""

    id: str
    secret: bytes = field(repr=False)

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose, from which no other's can be told."""
        return HKDF(SHA256(), 32, salt=None, info=f"sprint {purpose}".encode()).derive(self.secret)


def load_keys(data_dir: Path) -> tuple[Key, ...]:
    """The keys of a home, made when they are first asked for. Raises SettingsError."""
    file = data_dir / FILE_NAME
    if not file.is_file():
        with file_lock(file.with_suffix(".lock")):
            if not file.is_file():
                _write(file, (_new(),))
    permissions.close(file)
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
        return tuple(Key(row["id"], urlsafe_b64decode(row["secret"])) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{file} holds no keys: put back a copy, or remove it, which signs everybody out."
        ) from error


def rotate_keys(data_dir: Path) -> tuple[Key, ...]:
    """Make a new key that is used from now on; the last ones still count."""
    before = load_keys(data_dir)
    file = data_dir / FILE_NAME
    with file_lock(file.with_suffix(".lock")):
        _write(file, (_new(), *before)[:MOST])
    return load_keys(data_dir)


def _new() -> Key:
    return Key(secrets.token_hex(4), secrets.token_bytes(32))


def _write(file: Path, keys: tuple[Key, ...]) -> None:
    rows = [{"id": key.id, "secret": urlsafe_b64encode(key.secret).decode()} for key in keys]
    partial = file.with_suffix(".partial")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as text:
            json.dump(rows, text)
        partial.replace(file)
    except OSError as error:
        raise SettingsError(f"{file} cannot be written ({error.strerror}): make its folder writable.") from error
