"""Where the secret of the webhooks is kept: in a file that only its owner reads, never in store or settings.

What we make is encrypted there with the keys of the home; what somebody wrote there themselves is read as it is.
"""

import os
import secrets
from base64 import b64decode, b64encode
from pathlib import Path

from sprintlib import permissions
from sprintlib.access.sealing import Seal
from sprintlib.errors import SealError, SettingsError
from sprintlib.settings import Settings

VARIABLE = "SPRINT_WEBHOOK_SECRET"
FILE_NAME = "webhook-secret"
_SEALED = "encrypted:"
_LONGEST_FILE = 4096


def secret_file(settings: Settings) -> Path:
    """The file that `[webhooks] secret_file` names, else `webhook-secret` in the data folder."""
    name = settings.webhooks.secret_file
    return (settings.home / name).expanduser() if name else settings.data_dir / FILE_NAME


def kept_secret(settings: Settings) -> tuple[str, str]:
    """The secret, made and kept where there is none yet, and where it comes from: the variable, or the file's path.

    Raises SettingsError where the file cannot be read or written.
    """
    given = os.environ.get(VARIABLE, "").strip()
    if given:
        return given, VARIABLE
    place = secret_file(settings)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        permissions.create(place)
        permissions.close(place)
        held = read_secret(place, settings.data_dir)
        if not held:
            held = secrets.token_hex(32)
            _write(place, held, settings.data_dir)
    except OSError as error:
        raise SettingsError(f"The webhook secret cannot be kept in {place}: {error.strerror}.") from error
    return held, str(place)


def read_secret(place: Path, data_dir: Path) -> str:
    """The secret in a file; "" in an empty one. Raises SettingsError."""
    try:
        with place.open(encoding="utf-8") as file:
            held = file.read(_LONGEST_FILE).strip()
        if not held.startswith(_SEALED):
            return held
        return Seal.of(data_dir).open(b64decode(held.removeprefix(_SEALED))).decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SettingsError(f"The webhook secret cannot be read from {place}: {reason}.") from error
    except (SealError, ValueError) as error:
        raise SettingsError(
            f"The webhook secret in {place} is encrypted with a key that this home does not have: remove the file, and "
            "run 'sprint webhooks install' again."
        ) from error


def close_secret_again(settings: Settings) -> None:
    """Encrypt the secret that we keep with the newest key; one that somebody else wrote stays as it is."""
    place = secret_file(settings)
    if place.is_file() and place.read_text(encoding="utf-8", errors="replace").startswith(_SEALED):
        _write(place, read_secret(place, settings.data_dir), settings.data_dir)


def _write(place: Path, secret: str, data_dir: Path) -> None:
    sealed = b64encode(Seal.of(data_dir).close(secret.encode())).decode()
    place.write_text(f"{_SEALED}{sealed}\n", encoding="utf-8")
