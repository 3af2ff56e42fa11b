"""The keys of this home, the newest first; older ones still open what they closed.

They are in a file for this user alone, or in the keyring of the operating system, and then the file only says so: a
process that cannot reach the keyring, such as one that cron starts, finds that out instead of making other keys.
"""

import json
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from errno import ENOSPC
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sprintlib import permissions
from sprintlib.errors import SettingsError
from sprintlib.locks import file_lock

FILE_NAME = "keys.json"
MOST = 3  # after so many rotations a key is gone, and with it the sessions that it signed
_SERVICE = "sprintlib"
_USABLE = 1  # priority of a keyring that keeps secrets: what the package `keyring` has without one is below
Place = Literal["file", "keyring"]


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
        with _locked(file):
            if not file.is_file():
                _write(file, (_new(),))
    permissions.close(file)
    try:
        found = file.stat()
    except OSError as error:
        raise _no_keys(file) from error
    return _read(file, (found.st_mtime_ns, found.st_size, found.st_ino))


def rotate_keys(data_dir: Path, close_again: Callable[[], object] = lambda: None) -> tuple[Key, ...]:
    """Make a new key that is used from now on; the last ones still count.

    close_again: called when the new key counts and before the oldest goes, to encrypt anew what is encrypted.
    """
    load_keys(data_dir)  # makes the first ones
    file = data_dir / FILE_NAME
    with _locked(file):
        _write(file, (_new(), *load_keys(data_dir)))
        close_again()
        _write(file, load_keys(data_dir)[:MOST])
    return load_keys(data_dir)


def place_of(data_dir: Path) -> Place:
    """Where the keys of a home are."""
    load_keys(data_dir)
    return "keyring" if _name_in_keyring(data_dir / FILE_NAME) else "file"


def move_keys(data_dir: Path, to: Place) -> None:
    """Take the keys to the keyring of the operating system, or back into the file. Raises SettingsError."""
    load_keys(data_dir)  # makes the first ones
    file = data_dir / FILE_NAME
    with _locked(file):
        keys = load_keys(data_dir)
        known = _name_in_keyring(file)
        if to == "keyring" and not known:
            _keyring(are_there=False)
            _replace(file, _in_keyring(f"home-{secrets.token_hex(8)}", keys))
        elif to == "file" and known:
            _replace(file, _rows(keys))
            _keyring().delete_password(_SERVICE, known)


def _new() -> Key:
    return Key(secrets.token_hex(4), secrets.token_bytes(32))


@lru_cache(maxsize=8)
def _read(file: Path, _state: tuple[int, ...]) -> tuple[Key, ...]:
    """The keys, read once for each state of the file."""
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(rows, dict):
            rows = json.loads(_from_keyring(file, rows["keyring"]))
        return tuple(Key(row["id"], urlsafe_b64decode(row["secret"])) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_keys(file) from error


def _no_keys(file: Path) -> SettingsError:
    return SettingsError(
        f"{file} holds no keys: put back a copy, or remove it, which signs everybody out and loses what webhooks "
        "delivered and is kept."
    )


def _name_in_keyring(file: Path) -> str | None:
    rows = json.loads(file.read_text(encoding="utf-8"))
    return str(rows["keyring"]) if isinstance(rows, dict) else None


def _keyring(are_there: bool = True) -> Any:
    """The package `keyring`, where it has somewhere to keep a secret. are_there: whether the keys are in it already."""
    try:
        import keyring
    except ImportError:
        raise SettingsError("Keys in the keyring of the system take its package: run 'pip install keyring'.") from None
    if keyring.get_keyring().priority < _USABLE:
        what_to_do = "sign in to the desktop that has it, or run 'sprint secrets move file' there"
        raise SettingsError(
            "The keyring of the system cannot be reached from here: "
            f"{what_to_do if are_there else 'the keys stay in the file'}."
        )
    return keyring


def _from_keyring(file: Path, name: str) -> str:
    held: str | None = _asking(lambda: _keyring().get_password(_SERVICE, name))
    if held is None:
        raise SettingsError(
            f"The keyring of the system does not have the keys that {file} names: it was moved from another machine, "
            "or they were removed. Remove the file to make new ones."
        )
    return held


def _in_keyring(name: str, keys: tuple[Key, ...]) -> dict[str, str]:
    """Put the keys into the keyring. Returns what the file says then, which differs each time."""
    _asking(lambda: _keyring().set_password(_SERVICE, name, json.dumps(_rows(keys))))
    return {"keyring": name, "newest": keys[0].id}


def _asking(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except SettingsError:
        raise
    except Exception as error:  # each keyring has errors of its own
        raise SettingsError(f"The keyring of the system refuses ({type(error).__name__}): unlock it.") from error


def _rows(keys: tuple[Key, ...]) -> list[dict[str, str]]:
    return [{"id": key.id, "secret": urlsafe_b64encode(key.secret).decode()} for key in keys]


def _write(file: Path, keys: tuple[Key, ...]) -> None:
    name = _name_in_keyring(file) if file.is_file() else None
    _replace(file, _in_keyring(name, keys) if name else _rows(keys))


def _replace(file: Path, rows: Any) -> None:
    partial = file.with_suffix(".partial")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as text:
            json.dump(rows, text)
        partial.replace(file)
    except OSError as error:
        raise _not_written(file, error) from error


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """The only one that writes the keys; whoever comes second waits. Raises SettingsError where nothing is written."""
    try:
        with file_lock(file.with_suffix(".lock"), wait=True):
            yield
    except OSError as error:
        raise _not_written(file, error) from error


def _not_written(file: Path, error: OSError) -> SettingsError:
    remedy = "free some space" if error.errno == ENOSPC else "make its folder writable"
    return SettingsError(f"{file} cannot be written ({error.strerror}): {remedy}.")
