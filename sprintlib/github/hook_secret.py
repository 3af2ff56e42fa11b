"""Where the secret of the webhooks is kept: in a file that only its owner reads, never in store or settings."""

import os
import secrets
from pathlib import Path

from sprintlib import permissions
from sprintlib.errors import SettingsError
from sprintlib.settings import Settings

VARIABLE = "SPRINT_WEBHOOK_SECRET"
FILE_NAME = "webhook-secret"


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
        held = place.read_text(encoding="utf-8").strip()
        if not held:
            held = secrets.token_hex(32)
            place.write_text(held + "\n", encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SettingsError(f"The webhook secret cannot be kept in {place}: {reason}.") from error
    return held, str(place)
